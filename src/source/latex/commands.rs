//! What commands and environments of LaTeX are for, by their names.

/// Commands whose arguments are not text, by the number of arguments. Optional arguments are skipped too.
pub(super) fn silent(name: &str) -> Option<usize> {
    Some(match name.trim_end_matches('*') {
        "label"
        | "vspace"
        | "hspace"
        | "includegraphics"
        | "bibliographystyle"
        | "pagestyle"
        | "thispagestyle"
        | "usepackage"
        | "RequirePackage"
        | "hypersetup"
        | "graphicspath"
        | "geometry"
        | "pagenumbering"
        | "addbibresource"
        | "todo"
        | "phantom"
        | "hphantom"
        | "vphantom"
        | "color"
        | "arrayrulecolor"
        | "rowcolor"
        | "cellcolor"
        | "columncolor"
        | "index"
        | "nocite"
        | "bibliography"
        | "tikzset"
        | "usetikzlibrary"
        | "pgfplotsset"
        | "captionsetup"
        | "newcolumntype"
        | "hyphenation"
        | "documentclass"
        | "documentstyle"
        | "theoremstyle"
        | "includepdf"
        | "date"
        | "keywords"
        | "icmlkeywords"
        | "ccsdesc"
        | "acmConference"
        | "acmDOI"
        | "acmISBN"
        | "acmYear"
        | "copyrightyear"
        | "setcopyright"
        | "orcid"
        | "titlerunning"
        | "authorrunning"
        | "runningtitle"
        | "runningauthor"
        | "icmltitlerunning"
        | "footnotemark"
        | "cmidrule"
        | "cline"
        | "addlinespace"
        | "vskip"
        | "linespread"
        | "enlargethispage"
        | "crefname@"
        | "aclfinalcopy@"
        | "newlength"
        | "newcounter"
        | "stepcounter"
        | "refstepcounter"
        | "usefont@"
        | "bibdata"
        | "PassOptionsToPackage@" => 1,
        "setlength"
        | "addtolength"
        | "setcounter"
        | "addtocounter"
        | "newtheorem"
        | "rule"
        | "fontsize"
        | "definecolor@"
        | "hyperref@"
        | "PassOptionsToPackage"
        | "titlespacing@"
        | "DeclareUnicodeCharacter"
        | "newenvironment@"
        | "colorlet"
        | "setlist@" => 2,
        "definecolor"
        | "crefname"
        | "Crefname"
        | "newenvironment"
        | "renewenvironment"
        | "titleformat@"
        | "DeclareFieldFormat@" => 3,
        _ => return None,
    })
}

/// Commands that print their last argument, by the number of arguments before it.
pub(super) fn shown_last(name: &str) -> Option<usize> {
    Some(match name.trim_end_matches('*') {
        "shortstack" | "makecell" | "thead" | "Centerstack" | "rothead" => 0,
        "textcolor" | "colorbox" | "scalebox" | "raisebox" | "rotatebox" | "parbox" | "hyperref" | "adjustbox"
        | "foreignlanguage" | "hyperlink" | "makebox" => 1,
        "resizebox" | "fcolorbox" | "multirow@" => 2,
        _ => return None,
    })
}

/// Environments whose content is not running text.
pub(super) const SKIPPED: [&str; 16] = [
    "tikzpicture",
    "pgfpicture",
    "algorithm",
    "algorithmic",
    "algorithm2e",
    "lstlisting",
    "CCSXML",
    "comment",
    "keywords",
    "IEEEkeywords",
    "filecontents",
    "thebibliography",
    "axis",
    "prooftree",
    "forest",
    "dependency",
];

pub(super) const TABULARS: [&str; 14] = [
    "tabular",
    "tabular*",
    "tabularx",
    "tabulary",
    "longtable",
    "supertabular",
    "tabu",
    "xltabular",
    "NiceTabular",
    "tblr",
    "longtabu",
    "threeparttable@",
    "tabularray",
    "xtabular",
];

/// Whether an environment is a table or a figure.
pub(super) fn float(kind: &str) -> Option<&'static str> {
    let kind = kind.trim_end_matches('*');
    match kind {
        "table" | "wraptable" | "sidewaystable" | "SCtable" | "longtable" | "subtable" | "margintable" => Some("table"),
        "figure" | "wrapfigure" | "sidewaysfigure" | "SCfigure" | "teaserfigure" | "subfigure" | "marginfigure" => {
            Some("figure")
        }
        _ => None,
    }
}
