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

/// Of each system of a table; each with its labels and whether they cite a reference.
pub(super) fn of_all(systems: &[(&[Heading], bool)], texts: &[Vec<String>]) -> Vec<Ownership> {
    let said: Vec<Said> =
        systems.iter().zip(texts).map(|((headings, cites), texts)| said_by(headings, *cites, texts)).collect();
    let has = |what: Said| said.contains(&what);
    let own = |confidence| Ownership { is_own: true, confidence };
    let others = |confidence| Ownership { is_own: false, confidence };
    let of = |said: &Said| match said {
        Said::Own => own(0.95),
        Said::Others => others(0.95),
        Said::Part if has(Said::Own) => own(0.85),
        // Where own systems are called so, the others are not.
        Said::Named | Said::Nothing if has(Said::Own) => others(0.7),
        Said::Named if has(Said::Nothing) || has(Said::Part) => others(0.6),
        // Where other systems are cited, those that are not are the paper's.
        Said::Named | Said::Nothing | Said::Part if has(Said::Others) => own(0.7),
        Said::Named | Said::Nothing | Said::Part => own(0.6),
    };
    said.iter().map(of).collect()
}

fn said_by(headings: &[Heading], cites: bool, texts: &[String]) -> Said {
    let any = |test: fn(&Heading) -> bool| headings.iter().any(test);
    let cited = cites || any(|heading| heading.is_cited);
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
        let systems: Vec<(&[Heading], bool)> =
            labels.iter().map(|heading| (std::slice::from_ref(heading), false)).collect();
        let texts: Vec<Vec<String>> = labels.iter().map(|heading| vec![heading.rest.clone()]).collect();
        of_all(&systems, &texts).iter().map(|ownership| ownership.is_own).collect()
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
