//! Decides whose a system in a table is: the paper's own, or another paper's.

use super::context::Owner;
use super::heading::Heading;

rule!(
    GENERIC,
    r"(?i)^(?:ours?|our (?:model|method|approach|system|full model|best)|this (?:work|paper)|proposed(?: (?:model|method|approach))?|full(?: model)?)(?:\s?[-–(*†].*)?$"
);
// Above or before a label: what the system was given.
rule!(GIVEN, r"(?i)\b(?:oracle|gold|ground[- ]?truth|optimal)\b");
// A system of others that the paper ran: "our implementation", "re-implemented".
rule!(
    REDONE,
    r"(?i)\b(?:our (?:own )?(?:impl\w*|re-?impl\w*|re-?run|runs?|reproduction|baselines?)|re-?implement\w*|reimpl\w*|reproduced|retrained)\b"
);
rule!(PART, r"(?i)^\s*(?:[-–—+−]|w/o?\b|without\b|with\b|no\b|only\b|full\b|all\b|remove\b|\+|-)");

/// Whether a system is the paper's own, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ownership {
    pub is_own: bool,
    pub confidence: f32,
}

/// Whether a label only says that the system is the paper's own.
pub(super) fn is_generic(label: &str) -> bool {
    GENERIC.is_match(label.trim())
}

/// What a label alone says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LabelStatement {
    Own,
    Others,
    /// A system with a name that does not come from the paper.
    Named,
    /// A removed or added part.
    Part,
    Nothing,
}

/// A row or column that is a system, as the table prints it.
#[derive(Clone, Copy)]
pub(super) struct PrintedSystem<'t> {
    pub headings: &'t [Heading],
    pub texts: &'t [String],
    /// Whether its labels cite a reference.
    pub cites: bool,
    /// Whether its label begins with a sign for a removed or added part.
    pub is_part: bool,
    /// Whether one of its values is in bold type.
    pub is_bold: bool,
    /// Whether it has a value: rows of headings have none, and say nothing about the others.
    pub has_values: bool,
    /// The owner according to the running text.
    pub owner: Option<Owner>,
}

/// For each system of a table.
pub(super) fn of_all(systems: &[PrintedSystem]) -> Vec<Ownership> {
    let said: Vec<LabelStatement> = systems.iter().map(said_by).collect();
    let has =
        |what: LabelStatement| said.iter().zip(systems).any(|(said, printed)| *said == what && printed.has_values);
    let own = |confidence| Ownership { is_own: true, confidence };
    let others = |confidence| Ownership { is_own: false, confidence };
    let of = |(said, printed): (&LabelStatement, &PrintedSystem)| match said {
        LabelStatement::Own => own(0.95),
        LabelStatement::Others => others(0.95),
        LabelStatement::Part if has(LabelStatement::Own) => own(0.75),
        // If own systems are marked, the others are not the paper's.
        LabelStatement::Named | LabelStatement::Nothing if has(LabelStatement::Own) => others(0.8),
        // If other systems are cited, those that are not cited are the paper's: it prints its best in bold type.
        LabelStatement::Nothing | LabelStatement::Part if has(LabelStatement::Others) && printed.is_bold => own(0.85),
        LabelStatement::Named if has(LabelStatement::Others) && printed.is_bold => own(0.75),
        LabelStatement::Nothing | LabelStatement::Part if has(LabelStatement::Others) => own(0.65),
        LabelStatement::Named
            if has(LabelStatement::Others) || has(LabelStatement::Nothing) || has(LabelStatement::Part) =>
        {
            others(0.6)
        }
        // Nothing is marked. A known name can be another's; the rest is the paper's, if it is a system and not a class
        // or setting.
        LabelStatement::Named => own(if printed.is_bold { 0.6 } else { 0.35 }),
        LabelStatement::Nothing | LabelStatement::Part => own(if printed.is_bold { 0.78 } else { 0.5 }),
    };
    let mut all: Vec<Ownership> = said.iter().zip(systems).map(of).collect();
    if has(LabelStatement::Others) && !has(LabelStatement::Own) {
        of_families(systems, &said, &mut all);
    }
    all
}

/// If other systems are cited, the systems of one family have one owner: `FooNet-50` is the paper's if `FooNet-152` is,
/// and so is the only family without a citation.
fn of_families(systems: &[PrintedSystem], said: &[LabelStatement], all: &mut [Ownership]) {
    let families: Vec<Option<String>> = systems.iter().map(|printed| family(printed.texts.last()?)).collect();
    let cited: Vec<&String> = families
        .iter()
        .zip(said)
        .filter(|(_, said)| **said == LabelStatement::Others)
        .filter_map(|(family, _)| family.as_ref())
        .collect();
    let is_free = |at: usize| {
        matches!(said[at], LabelStatement::Named | LabelStatement::Nothing)
            && systems[at].has_values
            && families[at].as_ref().is_some_and(|own| !cited.contains(&own))
    };
    let own: Vec<&String> = (0..systems.len())
        .filter(|at| is_free(*at) && all[*at].is_own && systems[*at].is_bold)
        .filter_map(|at| families[at].as_ref())
        .collect();
    let mut free: Vec<&String> =
        (0..systems.len()).filter(|at| is_free(*at)).filter_map(|at| families[at].as_ref()).collect();
    free.sort_unstable();
    free.dedup();
    let many_cited = said.iter().filter(|said| **said == LabelStatement::Others).count() >= 3;
    let only_one = many_cited && free.len() == 1;
    let belongs =
        |at: usize| is_free(at) && families[at].as_ref().is_some_and(|family| only_one || own.contains(&family));
    let confident: Vec<usize> = (0..systems.len()).filter(|at| belongs(*at)).collect();
    for at in confident {
        all[at] = Ownership { is_own: true, confidence: all[at].confidence.max(0.75) };
    }
}

/// The name that systems of one family share: `FooNet-50` and `FooNet (large)` are both `foonet`.
fn family(label: &str) -> Option<String> {
    let end = label.find(|c: char| !c.is_alphabetic()).unwrap_or(label.len());
    (label[..end].chars().count() >= 3).then(|| label[..end].to_lowercase())
}

fn said_by(PrintedSystem { headings, texts, cites, is_part, owner, .. }: &PrintedSystem) -> LabelStatement {
    let any = |test: fn(&Heading) -> bool| headings.iter().any(test);
    let cited = *cites || any(|heading| heading.is_cited) || texts.iter().any(|text| REDONE.is_match(text));
    let ours = texts
        .iter()
        .filter(|text| !REDONE.is_match(text))
        .any(|text| text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| w == "ours" || w == "our"));
    if ours && !any(|heading| heading.is_not_own && heading.own_name.is_none()) {
        return LabelStatement::Own;
    }
    // The paper's own name is stronger than a heading over it: "Oracle retrieval".
    if !cited && headings.last().is_some_and(|label| label.own_name.is_some() && !label.is_not_own) {
        return LabelStatement::Own;
    }
    let last = headings.len().saturating_sub(1);
    let is_others = |(at, heading): (usize, &Heading)| {
        heading.is_not_own && (at == last || !texts.get(at).is_some_and(|text| GIVEN.is_match(text)))
    };
    if cited || headings.iter().enumerate().any(is_others) {
        return LabelStatement::Others;
    }
    if any(|heading| heading.is_own) {
        return LabelStatement::Own;
    }
    match owner {
        Some(Owner::Paper) if !any(|heading| heading.names_system) => return LabelStatement::Own,
        Some(Owner::Another) => return LabelStatement::Others,
        _ => {}
    }
    if *is_part || texts.last().is_some_and(|text| PART.is_match(text)) {
        return LabelStatement::Part;
    }
    if any(|heading| heading.names_system) { LabelStatement::Named } else { LabelStatement::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[Heading]) -> Vec<bool> {
        let texts: Vec<String> = labels.iter().map(|heading| heading.rest.clone()).collect();
        let printed = |(heading, text)| PrintedSystem {
            headings: std::slice::from_ref(heading),
            texts: std::slice::from_ref(text),
            cites: false,
            is_part: false,
            is_bold: false,
            has_values: true,
            owner: None,
        };
        let systems: Vec<PrintedSystem> = labels.iter().zip(&texts).map(printed).collect();
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
        // No row is marked as own: the row without a citation is.
        assert_eq!(of(&[cited, heading("BiFoo")]), [false, true]);
    }

    #[test]
    fn the_only_family_that_nobody_is_cited_for_is_own() {
        let cited = |rest: &str| Heading { is_cited: true, ..heading(rest) };
        let named = |rest: &str| Heading { names_system: true, ..heading(rest) };
        let labels =
            [cited("BarNet [3]"), cited("BazNet [4]"), cited("QuxNet [5]"), named("FooNet-50"), named("FooNet-152")];
        assert_eq!(of(&labels), [false, false, false, true, true]);
        let labels =
            [cited("BarNet [3]"), cited("BazNet [4]"), named("BarNet-50"), named("FooNet-152"), named("QuxNet")];
        assert_eq!(of(&labels), [false, false, false, false, false]);
    }

    #[test]
    fn a_row_of_headings_says_nothing_about_the_systems() {
        let named = Heading { names_system: true, ..heading("BarNet") };
        let (headings, texts) = ([named], ["BarNet".to_string()]);
        let system = PrintedSystem {
            headings: &headings,
            texts: &texts,
            cites: false,
            is_part: false,
            is_bold: false,
            has_values: true,
            owner: None,
        };
        let empty = PrintedSystem { headings: &[], texts: &[], has_values: false, ..system };
        // Nothing is marked, so the paper ran it itself.
        assert!(of_all(&[empty, system]).last().unwrap().is_own);
    }

    #[test]
    fn what_the_text_cites_and_what_the_paper_ran_again_is_not_own() {
        let of_text = |label: &str, owner: Option<Owner>| {
            let (headings, texts) = ([heading(label)], [label.to_string()]);
            let printed = |owner| PrintedSystem {
                headings: &headings,
                texts: &texts,
                cites: false,
                is_part: false,
                is_bold: false,
                has_values: true,
                owner,
            };
            said_by(&printed(owner))
        };
        assert!(of_text("BarNet", Some(Owner::Another)) == LabelStatement::Others);
        assert!(of_text("FooNet", Some(Owner::Paper)) == LabelStatement::Own);
        assert!(of_text("BarNet, our impl.", None) == LabelStatement::Others);
        assert!(of_text("FooNet, ours", None) == LabelStatement::Own);
        assert!(of_text("FooNet", None) == LabelStatement::Nothing);
    }

    #[test]
    fn labels_that_say_only_ours_are_generic() {
        for label in ["Ours", "our model", "Ours (ensemble)", "This work", "Proposed method"] {
            assert!(is_generic(label), "{label}");
        }
        assert!(!is_generic("FooNet (ours)"));
    }
}
