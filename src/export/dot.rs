//! The graph as a picture, in the language of GraphViz.
//!
//! The design: a kind is told by its shape *and* its colour (Okabe and Ito's palette, which colour-blind readers can
//! tell apart; the shapes survive a black-and-white printer). What many papers name is written larger. A tie that a
//! sentence states is drawn in strong ink with an arrow; a bare mention is a thin grey line. Up to [`LARGE`] nodes the
//! picture is read like a table, left to right, papers with their titles; beyond, a force layout shows the shape of
//! the field, and papers become dots, whose titles appear when the pointer rests on them (SVG).
//!
//! The layout engine is written into the text, so that `dot -Tsvg` draws every size as it was meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use petgraph::graph::NodeIndex;

use crate::graph::{Check, Graph, Node, Tie};
use crate::ontology::NodeKind;
use crate::text::wrap;
use crate::vocabulary::Kind;

/// Above this number of nodes papers are dots and the layout is by force.
pub const LARGE: usize = 60;

/// Above this number of nodes, more than one step is not drawn in columns.
const STEPS: usize = 25;

/// Papers that stand in one column.
const COLUMN: usize = 12;

/// What stands around the graph in the picture.
#[derive(Debug, Clone, Default)]
pub struct Caption {
    pub title: String,
    /// Nodes that there was no room for.
    pub left_out: usize,
    /// The ids of the nodes in the middle, which are marked.
    pub middle: Vec<String>,
    /// What checks found of repositories and pages, by id.
    pub checks: BTreeMap<String, Check>,
}

/// Writes the graph in DOT.
pub fn to_dot(graph: &Graph, caption: &Caption) -> String {
    let large = graph.node_count() > LARGE;
    let paperless = graph.nodes().all(|(_, node)| node.kind != NodeKind::Paper);
    let wide = graph.node_count() > STEPS && graph.nodes().any(|(_, node)| node.distance > 1);
    let force = large || paperless || wide;
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = Picture { graph, caption, large, force, out: &mut out }.write();
    out
}

struct Picture<'a> {
    graph: &'a Graph,
    caption: &'a Caption,
    /// Papers are dots.
    large: bool,
    /// The layout is by force: without papers, or more than a step from the middle, there is no direction to read in.
    force: bool,
    out: &'a mut String,
}

/// How nodes of a kind look.
struct Look {
    shape: &'static str,
    /// The shape as the legend says it, for readers of a black-and-white print.
    said: &'static str,
    fill: &'static str,
    /// Of the letters, dark on light and light on dark.
    ink: &'static str,
}

const FONT: &str = "Helvetica,Arial,DejaVu Sans,sans-serif";
/// Letters and lines that are neither a kind nor a tie.
const INK: &str = "#333333";

fn look(kind: NodeKind) -> Look {
    let (shape, said, fill, ink) = match kind {
        NodeKind::Paper => ("note", "sheet", "#FAFAF5", "#222222"),
        NodeKind::Entity(Kind::Dataset) => ("cylinder", "cylinder", "#56B4E9", "#111111"),
        NodeKind::Entity(Kind::Model) => ("hexagon", "hexagon", "#E69F00", "#111111"),
        NodeKind::Entity(Kind::Method) => ("ellipse", "ellipse", "#5DC7A5", "#111111"),
        NodeKind::Entity(Kind::Task) => ("octagon", "octagon", "#F0E442", "#111111"),
        NodeKind::Entity(Kind::Metric) => ("box", "rounded", "#CC79A7", "#111111"),
        NodeKind::Entity(Kind::Hardware) => ("box3d", "block", "#D55E00", "#FFFFFF"),
        NodeKind::Entity(Kind::Software) => ("component", "component", "#0072B2", "#FFFFFF"),
        NodeKind::Repository => ("folder", "folder", "#4D4D4D", "#FFFFFF"),
        NodeKind::Page => ("tab", "tab", "#E0E0E0", "#222222"),
    };
    Look { shape, said, fill, ink }
}

/// How a tie looks.
struct Line {
    color: &'static str,
    width: f64,
    style: &'static str,
    arrow: &'static str,
    /// A piece of it in letters, for the legend.
    sample: &'static str,
}

fn line(tie: Tie) -> Line {
    let (color, width, style, arrow) = match tie {
        Tie::Introduces => ("#111111", 2.4, "solid", "normal"),
        Tie::EvaluatesOn => ("#0072B2", 1.5, "solid", "normal"),
        Tie::TrainsOn => ("#009E73", 1.5, "solid", "normal"),
        Tie::BuildsOn => ("#E69F00", 1.5, "solid", "normal"),
        Tie::ComparesWith => ("#D55E00", 1.3, "dashed", "normal"),
        Tie::RunsOn => ("#D55E00", 1.3, "dotted", "normal"),
        Tie::Mentions => ("#C4C4C4", 0.8, "solid", "none"),
        Tie::Repository => ("#4D4D4D", 1.2, "dashed", "vee"),
        Tie::Page => ("#999999", 0.8, "dashed", "vee"),
        Tie::Broader => ("#555555", 1.2, "solid", "onormal"),
        Tie::ForTask => ("#555555", 1.2, "dotted", "vee"),
        Tie::Related => ("#888888", 1.0, "solid", "none"),
    };
    let sample = match (style, arrow) {
        ("dashed", _) => "╌╌▶",
        ("dotted", _) => "┈┈▶",
        (_, "none") => "───",
        (_, "onormal") => "──▷",
        _ if width > 2.0 => "━━▶",
        _ => "──▶",
    };
    Line { color, width, style, arrow, sample }
}

impl Picture<'_> {
    fn write(&mut self) -> std::fmt::Result {
        writeln!(self.out, "digraph papergraph {{")?;
        self.frame()?;
        let right = self.right();
        for (index, node) in self.graph.nodes() {
            self.node(index, node)?;
        }
        for (from, to, link) in self.graph.links() {
            let Some(tie) = link.ties.strongest(&[]) else { continue };
            let Line { color, mut width, style, arrow, .. } = line(tie);
            let mut said = tie.words().to_string();
            if tie == Tie::Related {
                width = (1.0 + link.weight).ln().clamp(0.6, 4.0);
                said = format!("{} papers name both", link.weight);
            }
            let (from, to) = (from.index(), to.index());
            // An edge that is written backwards puts its paper on the right.
            let (ends, head) = if right.contains(&from) {
                (format!("n{to} -> n{from}"), format!("dir=back, arrowtail={arrow}"))
            } else {
                (format!("n{from} -> n{to}"), format!("arrowhead={arrow}"))
            };
            writeln!(
                self.out,
                "  {ends} [{head}, color=\"{color}\", penwidth={width:.1}, style={style}, tooltip=\"{said}\"];"
            )?;
        }
        writeln!(self.out, "}}")
    }

    /// The papers that stand on the right: every second one, where there are too many for one column.
    fn right(&self) -> BTreeSet<usize> {
        let papers =
            self.graph.nodes().filter(|(_, node)| node.kind == NodeKind::Paper).map(|(index, _)| index.index());
        let papers: Vec<usize> = papers.collect();
        if self.force || papers.len() <= COLUMN {
            BTreeSet::new()
        } else {
            papers.into_iter().skip(1).step_by(2).collect()
        }
    }

    fn frame(&mut self) -> std::fmt::Result {
        writeln!(
            self.out,
            "  graph [labelloc=t, fontname=\"{FONT}\", fontcolor=\"{INK}\", bgcolor=white, pad=0.3, \
             outputorder=edgesfirst,"
        )?;
        if self.force {
            writeln!(
                self.out,
                "         layout=sfdp, overlap=prism, overlap_scaling=-6, K={}, repulsiveforce=1.6, splines=false, \
                 sep=\"+6\", esep=\"+2\", start=7,",
                if self.large { 0.9 } else { 0.6 }
            )?;
        } else {
            writeln!(self.out, "         layout=dot, rankdir=LR, ranksep=1.1, nodesep=0.12, splines=true,")?;
        }
        self.head()?;
        writeln!(self.out, "  node [fontname=\"{FONT}\", style=filled, color=\"#555555\", penwidth=0.8];")?;
        writeln!(self.out, "  edge [fontname=\"{FONT}\", arrowsize=0.6];")
    }

    /// Title and legend, as one table: the only place that every layout engine keeps free of nodes. The legend has the
    /// kinds and ties of this picture, and no others.
    fn head(&mut self) -> std::fmt::Result {
        let (title, text) = match (self.large, self.force) {
            (true, _) => (30, 16),
            (_, true) => (24, 13),
            _ => (18, 10),
        };
        let kinds: BTreeSet<NodeKind> = self.graph.nodes().map(|(_, node)| node.kind).collect();
        let ties: BTreeSet<Tie> = self.graph.links().filter_map(|(_, _, link)| link.ties.strongest(&[])).collect();
        writeln!(
            self.out,
            "         label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"2\">"
        )?;
        let lines: Vec<String> = wrap(&self.caption.title, 70, 2).iter().map(|line| markup(line)).collect();
        let lines = lines.join("<br/>");
        // A row without text is an error to GraphViz.
        let title_row = format!("<tr><td><font point-size=\"{title}\"><b>{lines}</b></font></td></tr>");
        writeln!(self.out, "           {}", if lines.trim().is_empty() { "<tr><td></td></tr>" } else { &title_row })?;
        if self.caption.left_out > 0 {
            writeln!(
                self.out,
                "           <tr><td><font point-size=\"{text}\">the {} most important nodes; {} more are left \
                 out</font></td></tr>",
                self.graph.node_count(),
                self.caption.left_out
            )?;
        }
        write!(
            self.out,
            "           <tr><td><table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"4\"><tr>"
        )?;
        for kind in kinds {
            let Look { said, fill, ink, .. } = look(kind);
            let said = match kind {
                NodeKind::Paper if self.large => "circle",
                NodeKind::Repository | NodeKind::Page if self.large => "square",
                _ => said,
            };
            write!(
                self.out,
                "<td bgcolor=\"{fill}\" border=\"1\" style=\"rounded\"><font color=\"{ink}\" \
                 point-size=\"{text}\"><b>{kind}</b> <i>{said}</i></font></td>"
            )?;
        }
        if self.graph.node_count() == 0 {
            write!(self.out, "<td></td>")?;
        }
        writeln!(self.out, "</tr></table></td></tr>")?;
        let mut said = Vec::new();
        for tie in ties {
            let Line { color, sample, .. } = line(tie);
            said.push(format!("<font color=\"{color}\"><b>{sample}</b></font> {}", tie.words()));
        }
        if !said.is_empty() {
            let said = said.join("     ");
            writeln!(self.out, "           <tr><td><font point-size=\"{text}\">{said}</font></td></tr>")?;
        }
        writeln!(self.out, "         </table>>];")
    }

    fn node(&mut self, index: NodeIndex, node: &Node) -> std::fmt::Result {
        let Look { shape, fill, ink, .. } = look(node.kind);
        let degree = self.graph.degree(index);
        let middle = self.caption.middle.contains(&node.id);
        let name = escape(&node.label);
        write!(self.out, "  n{} [", index.index())?;
        let paper = matches!(node.kind, NodeKind::Paper);
        let aside = paper || matches!(node.kind, NodeKind::Repository | NodeKind::Page);
        if self.large && aside && !middle {
            let side = if paper { 0.16 } else { 0.12 };
            let shape = if paper { "circle" } else { "square" };
            write!(
                self.out,
                "label=\"\", shape={shape}, width={side}, height={side}, fixedsize=true, fillcolor=\"{fill}\""
            )?;
        } else {
            let label = match (node.kind, node.date) {
                (NodeKind::Paper, Some(date)) => format!("{} ({})", wrapped(&node.label, 42, 2), date.year()),
                (NodeKind::Paper, None) => wrapped(&node.label, 42, 2),
                (NodeKind::Repository | NodeKind::Page, _) => wrapped(&node.label, 30, 3),
                _ => wrapped(&node.label, 20, 3),
            };
            // Twice the ties, two points more: the eye compares areas, and names must stay readable.
            let size = 10.0 + 2.0 * (degree.max(1) as f64).log2();
            let size = if aside { 10.0 } else { size.clamp(10.0, 24.0) };
            // The slanting sides of a hexagon leave room beside the letters already.
            let margin = match shape {
                "hexagon" | "octagon" => "0.03,0.03",
                _ => "0.10,0.05",
            };
            write!(
                self.out,
                "label=\"{label}\", shape={shape}, fillcolor=\"{fill}\", fontcolor=\"{ink}\", fontsize={size:.0}, \
                 margin=\"{margin}\""
            )?;
            if node.kind == NodeKind::Entity(Kind::Metric) {
                write!(self.out, ", style=\"filled,rounded\"")?;
            }
        }
        if middle {
            write!(self.out, ", penwidth=3, color=\"#111111\"")?;
        }
        if let Some(url) = url(node) {
            write!(self.out, ", URL=\"{}\"", escape(&url))?;
        }
        writeln!(self.out, ", tooltip=\"{name}\", id=\"{}\"];", escape(&node.id))
    }
}

/// Where a click on a node leads, in SVG.
fn url(node: &Node) -> Option<String> {
    let key = node.id.split_once('/')?.1;
    match node.kind {
        NodeKind::Paper => {
            Some(format!("https://arxiv.org/abs/{}", key.parse::<crate::paper::PaperId>().ok()?.as_arxiv()?))
        }
        NodeKind::Repository => Some(format!("https://{}", node.label)),
        NodeKind::Page if node.label.starts_with("http") => Some(node.label.clone()),
        _ => None,
    }
}

/// The text in a few lines, as a label.
fn wrapped(text: &str, width: usize, lines: usize) -> String {
    let lines: Vec<String> = wrap(text, width, lines).iter().map(|line| escape(line)).collect();
    lines.join("\\n")
}

/// A text as the inside of a quoted string that is shown as it is.
///
/// GraphViz reads backslashes as escapes (`\N` is the node's name) and HTML entities (`&lt;`) in labels; both are
/// told apart from the text. Control signs, and signs that turn the direction of everything behind them, are dropped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' | '\t' | '\r' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A text inside an HTML-like label. Brackets and ampersands are told apart from markup, and what [`escape`] drops is
/// dropped.
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(escape(r#"a "b" \N & <c>"#), r#"a \"b\" \\N &amp; <c>"#);
        assert_eq!(escape("end\\"), "end\\\\");
        assert_eq!(escape("a\nb\u{0}\u{202e}c"), "a bc");
    }

    #[test]
    fn the_legend_shows_what_is_there_and_nothing_else() {
        let mut graph = Graph::default();
        let mut node = |id: &str, kind| graph.add_node(Node::new(kind, id, id));
        let paper = node("paper/x", NodeKind::Paper);
        let dataset = node("dataset/x", NodeKind::Entity(Kind::Dataset));
        graph.tie(paper, dataset, Tie::EvaluatesOn);
        let dot = to_dot(&graph, &Caption { title: "T".into(), left_out: 3, ..Caption::default() });
        assert!(dot.contains("</font> evaluates on") && !dot.contains("</font> trains on"), "{dot}");
        assert!(dot.contains("shape=cylinder") && !dot.contains("shape=hexagon"), "{dot}");
        assert!(dot.contains("3 more are left out"), "{dot}");
    }
}
