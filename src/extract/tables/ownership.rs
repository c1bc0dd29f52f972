//! Whose a system of a table is: the paper's own, or another's.

use super::heading::Heading;

rule!(
    GENERIC,
    r"(?i)^(?:ours?|our (?:model|method|approach|system|full model|best)|this (?:work|paper)|proposed(?: (?:model|method|approach))?|full(?: model)?)(?:\s?[-–(*†].*)?$"
);
rule!(PART, r"(?i)^\s*(?:[-–—+−]|w/o?\b|without\b|with\b|no\b|only\b|full\b|all\b|remove\b|\+|-)");

/// Whether a system is the paper's own, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ownership {
    pub is_own: bool,
    pub confidence: f32,
}

/// Whether a label only says that the system is the paper's.
pub(super) fn is_generic(label: &str) -> bool {
    GENERIC.is_match(label.trim())
}

/// What a label says by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Own,
    Others,
    /// A system with a name that the paper did not make.
    Named,
    /// A part taken away or added.
    Part,
    Nothing,
}

/// A row or column that is a system, as the table prints it.
pub(super) struct Printed<'t> {
    pub headings: &'t [Heading],
    pub texts: &'t [String],
    /// Whether its labels cite a reference.
    pub cites: bool,
    /// Whether one of its values is in bold type.
    pub is_bold: bool,
}

/// Of each system of a table.
pub(super) fn of_all(systems: &[Printed]) -> Vec<Ownership> {
    let said: Vec<Said> = systems.iter().map(said_by).collect();
    let has = |what: Said| said.contains(&what);
    let own = |confidence| Ownership { is_own: true, confidence };
    let others = |confidence| Ownership { is_own: false, confidence };
    let of = |(said, printed): (&Said, &Printed)| match said {
        Said::Own => own(0.95),
        Said::Others => others(0.95),
        Said::Part if has(Said::Own) => own(0.75),
        // Where own systems are called so, the others are not.
        Said::Named | Said::Nothing if has(Said::Own) => others(0.8),
        // Where other systems are cited, those that are not are the paper's: it prints its best in bold type.
        Said::Nothing | Said::Part if has(Said::Others) && printed.is_bold => own(0.85),
        Said::Named if has(Said::Others) && printed.is_bold => own(0.75),
        Said::Nothing | Said::Part if has(Said::Others) => own(0.65),
        Said::Named if has(Said::Others) || has(Said::Nothing) || has(Said::Part) => others(0.6),
        // Nobody is called anything: such a table can be one of classes or settings.
        Said::Named | Said::Nothing | Said::Part => own(if printed.is_bold { 0.6 } else { 0.35 }),
    };
    said.iter().zip(systems).map(of).collect()
}

fn said_by(Printed { headings, texts, cites, .. }: &Printed) -> Said {
    let any = |test: fn(&Heading) -> bool| headings.iter().any(test);
    let cited = *cites || any(|heading| heading.is_cited);
    let ours = texts
        .iter()
        .any(|text| text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| w == "ours" || w == "our"));
    if ours && !any(|heading| heading.is_not_own && heading.own_name.is_none()) {
        return Said::Own;
    }
    if cited || any(|heading| heading.is_not_own) {
        return Said::Others;
    }
    if any(|heading| heading.is_own) {
        return Said::Own;
    }
    if texts.last().is_some_and(|text| PART.is_match(text)) {
        return Said::Part;
    }
    if any(|heading| heading.names_system) { Said::Named } else { Said::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[Heading]) -> Vec<bool> {
        let texts: Vec<String> = labels.iter().map(|heading| heading.rest.clone()).collect();
        let printed = |(heading, text)| Printed {
            headings: std::slice::from_ref(heading),
            texts: std::slice::from_ref(text),
            cites: false,
            is_bold: false,
        };
        let systems: Vec<Printed> = labels.iter().zip(&texts).map(printed).collect();
        of_all(&systems).iter().map(|ownership| ownership.is_own).collect()
    }

    fn heading(rest: &str) -> Heading {
        Heading { rest: rest.to_string(), ..Heading::default() }
    }

    #[test]
    fn ours_is_own_and_what_is_cited_is_not() {
        let cited = Heading { is_cited: true, ..heading("Kim et al., 2015") };
        assert_eq!(
            of(&[cited.clone(), heading("Ours"), heading("LSTM"), heading("- char")]),
            [false, true, false, true]
        );
        // No row is called own: the one that cites nobody is.
        assert_eq!(of(&[cited, heading("BiFoo")]), [false, true]);
    }

    #[test]
    fn labels_that_say_only_ours_are_generic() {
        for label in ["Ours", "our model", "Ours (ensemble)", "This work", "Proposed method"] {
            assert!(is_generic(label), "{label}");
        }
        assert!(!is_generic("FooNet (ours)"));
    }
}
