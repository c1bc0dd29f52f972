//! Decides whose a system in a table is: the paper's own, or another paper's.

use std::collections::HashMap;

use super::context::Owner;
use super::heading::Heading;
use super::words::name_of_label;
use crate::vocabulary::squeeze;

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
// A baseline that is no work of others.
rule!(TRIVIAL, r"(?i)^\W*(?:random|majority|chance|constant|most[- ]frequent|humans?|none)\b");
// A label that begins or ends with it is of the paper, even if a converter joined it with a citation of another row.
rule!(THIS_PAPER, r"(?i)^\W*this (?:paper|work)\b|\b(?:this (?:paper|work)|ours)\W*$");
// A label that ends with it is of the paper, even if a converter put text before it.
rule!(
    OUR_SYSTEM,
    r"(?i)\bour\s(?:full\s|best\s|final\s)?(?:models?|methods?|systems?|approach|parsers?|taggers?|networks?)(?:\s?\([^()]*\))?\W*$"
);
rule!(OF_BEFORE, r"(?i)\b(?:baselines?|previous|prior|existing|random|majority)\b");
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
    /// Whether its labels cite a reference, or have a sign for systems of others.
    pub cites: bool,
    /// Whether its label begins with a sign for a removed or added part.
    pub is_part: bool,
    /// Whether one of its values is in bold type.
    pub is_bold: bool,
    /// Whether it has a value: rows of headings have none, and say nothing about the others.
    pub has_values: bool,
    /// Whether the paper's title names the system.
    pub is_of_title: bool,
    /// The owner according to the running text.
    pub owner: Option<Owner>,
}

/// Whose the systems are according to labels that say so, by name. A label in one table says whose the system is in the
/// other tables.
#[derive(Default)]
pub(super) struct TableOwners(HashMap<String, Option<Owner>>);

impl TableOwners {
    /// Adds the systems of one table.
    pub(super) fn add(&mut self, systems: &[PrintedSystem]) {
        for system in systems {
            let owner = match said_by(system) {
                LabelStatement::Own => Owner::Paper,
                LabelStatement::Others => Owner::Another,
                _ => continue,
            };
            // In "FooNet | BarNet", where BarNet is the opponent, the first label is the paper's.
            let own_name = |heading: &Heading| heading.own_name.is_some();
            let is_beside_own = system.headings.iter().any(own_name) && !system.headings.last().is_some_and(own_name);
            if let Some(name) = shared_name(system).filter(|_| !is_beside_own) {
                // Two labels that disagree say nothing.
                let known = self.0.entry(name).or_insert(Some(owner));
                *known = known.filter(|known| *known == owner);
            }
        }
    }

    /// The owner of a system that another label names.
    pub(super) fn of(&self, system: &PrintedSystem) -> Option<Owner> {
        self.0.get(&shared_name(system)?).copied().flatten()
    }
}

/// The name by which other tables print the system too.
fn shared_name(system: &PrintedSystem) -> Option<String> {
    let name = name_of_label(system.texts.last()?);
    let is_name = name.chars().filter(|c| c.is_alphabetic()).count() >= 3 && name.chars().any(char::is_uppercase);
    (is_name && !is_generic(name)).then(|| squeeze(name))
}

/// For each system of a table. `introduces_system`: whether the paper introduces a system at all.
pub(super) fn of_all(systems: &[PrintedSystem], introduces_system: bool) -> Vec<Ownership> {
    let said: Vec<LabelStatement> = systems.iter().map(said_by).collect();
    let has =
        |what: LabelStatement| said.iter().zip(systems).any(|(said, printed)| *said == what && printed.has_values);
    // A table without names of systems is about the paper's own.
    let with_values = systems.iter().filter(|printed| printed.has_values);
    let is_nameless = with_values.flat_map(|printed| printed.headings).all(|heading| heading.rest.is_empty());
    let is_trivial = |printed: &PrintedSystem| printed.texts.last().is_some_and(|label| TRIVIAL.is_match(label));
    let mut others_printed =
        said.iter().zip(systems).filter(|(said, printed)| **said == LabelStatement::Others && printed.has_values);
    let cites_nobody = others_printed.all(|(_, printed)| is_trivial(printed));
    let has_bold = said.iter().zip(systems).any(|(said, printed)| *said == LabelStatement::Nothing && printed.is_bold);
    let own = |confidence| Ownership { is_own: true, confidence };
    let others = |confidence| Ownership { is_own: false, confidence };
    let of = |(said, printed): (&LabelStatement, &PrintedSystem)| match said {
        LabelStatement::Own => own(0.95),
        LabelStatement::Others => others(0.95),
        LabelStatement::Part if has(LabelStatement::Own) => own(0.75),
        // If own systems are marked, the others are not the paper's.
        LabelStatement::Named | LabelStatement::Nothing if has(LabelStatement::Own) => others(0.8),
        LabelStatement::Nothing if is_nameless => own(0.75),
        // "Sentence Compression with LSTMs" is about its own LSTM.
        LabelStatement::Named if printed.is_of_title => own(if printed.is_bold { 0.75 } else { 0.65 }),
        // A paper that introduces no system measured those for which it cites nobody.
        LabelStatement::Named | LabelStatement::Nothing if cites_nobody && !introduces_system => {
            own(if printed.is_bold { 0.75 } else { 0.68 })
        }
        // If other systems are cited, those that are not cited are the paper's: it prints its best in bold type.
        LabelStatement::Nothing | LabelStatement::Part if has(LabelStatement::Others) && printed.is_bold => own(0.85),
        LabelStatement::Named if has(LabelStatement::Others) && printed.is_bold => own(0.75),
        // Beside those in bold type, the rest are baselines that the paper ran.
        LabelStatement::Nothing if has(LabelStatement::Others) && has_bold => others(0.55),
        LabelStatement::Nothing | LabelStatement::Part if has(LabelStatement::Others) => own(0.65),
        LabelStatement::Named
            if has(LabelStatement::Others) || has(LabelStatement::Nothing) || has(LabelStatement::Part) =>
        {
            others(0.6)
        }
        // Nothing is marked. A known name can be another's; the rest is the paper's, if it is a system and not a class or setting.
        LabelStatement::Named if printed.is_bold => own(0.6),
        LabelStatement::Named => others(0.6),
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
    let is_of_this = |label: &String| {
        let names_us = THIS_PAPER.is_match(label) || OUR_SYSTEM.is_match(label);
        names_us && !REDONE.is_match(label) && !OF_BEFORE.is_match(label)
    };
    if texts.last().is_some_and(is_of_this) {
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
            is_of_title: false,
            owner: None,
        };
        let systems: Vec<PrintedSystem> = labels.iter().zip(&texts).map(printed).collect();
        of_all(&systems, true).iter().map(|ownership| ownership.is_own).collect()
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

    /// Whether each is own: its label, and whether it is cited, a known name, and bold.
    fn of_printed(labels: &[(&str, bool, bool, bool)], introduces_system: bool) -> Vec<bool> {
        let heading = |(rest, is_cited, names_system, _): &(&str, bool, bool, bool)| Heading {
            is_cited: *is_cited,
            names_system: *names_system,
            ..heading(rest)
        };
        let headings: Vec<Heading> = labels.iter().map(heading).collect();
        let texts: Vec<String> = headings.iter().map(|heading| heading.rest.clone()).collect();
        let printed = |(at, (_, _, _, is_bold)): (usize, &(&str, bool, bool, bool))| PrintedSystem {
            headings: &headings[at..=at],
            texts: &texts[at..=at],
            cites: false,
            is_part: false,
            is_bold: *is_bold,
            has_values: true,
            is_of_title: false,
            owner: None,
        };
        let systems: Vec<PrintedSystem> = labels.iter().enumerate().map(printed).collect();
        of_all(&systems, introduces_system).iter().map(|ownership| ownership.is_own).collect()
    }

    #[test]
    fn beside_bold_rows_the_rest_are_baselines() {
        let cited = ("BarNet [3]", true, false, false);
        assert_eq!(
            of_printed(&[cited, ("Zork", false, false, true), ("Quux", false, false, false)], true),
            [false, true, false]
        );
        // Nothing is in bold type.
        assert_eq!(of_printed(&[cited, ("Quux", false, false, false)], true), [false, true]);
    }

    #[test]
    fn known_names_without_a_mark_are_own_if_the_paper_introduces_no_system() {
        let labels = [("ResNet", false, true, false), ("VGG", false, true, false)];
        assert_eq!(of_printed(&labels, true), [false, false]);
        assert_eq!(of_printed(&labels, false), [true, true]);
    }

    #[test]
    fn a_table_without_names_of_systems_is_about_the_papers_own() {
        assert_eq!(of_printed(&[("", false, false, false), ("", false, false, false)], true), [true, true]);
    }

    #[test]
    fn labels_say_whose_a_system_is_in_other_tables_unless_they_disagree() {
        let label = |rest: &str, is_cited: bool| (Heading { is_cited, ..heading(rest) }, vec![rest.to_string()]);
        let system = |(heading, texts): &'static (Heading, Vec<String>)| PrintedSystem {
            headings: std::slice::from_ref(heading),
            texts,
            cites: false,
            is_part: false,
            is_bold: false,
            has_values: true,
            is_of_title: false,
            owner: None,
        };
        let print = |rest: &str, is_cited: bool| system(Box::leak(Box::new(label(rest, is_cited))));
        let mut owners = TableOwners::default();
        owners.add(&[print("Zorker (Bar et al., 2015)", true), print("Quuxer (ours)", false)]);
        assert!(owners.of(&print("Zorker", false)) == Some(Owner::Another));
        assert!(owners.of(&print("Quuxer", false)) == Some(Owner::Paper));
        assert!(owners.of(&print("Foo", false)).is_none());
        owners.add(&[print("Zorker (ours)", false)]);
        assert!(owners.of(&print("Zorker", false)).is_none());
    }

    #[test]
    fn a_row_of_headings_says_nothing_about_the_systems() {
        let cited = Heading { is_cited: true, ..heading("BarNet [3]") };
        let (headings, texts) = ([cited, heading("Zork")], ["BarNet [3]".to_string(), "Zork".to_string()]);
        let printed = |at: usize, has_values| PrintedSystem {
            headings: &headings[at..=at],
            texts: &texts[at..=at],
            cites: false,
            is_part: false,
            is_bold: false,
            has_values,
            is_of_title: false,
            owner: None,
        };
        let alone = of_all(&[printed(1, true)], true)[0];
        // A system of others beside it, with values, makes it more certain.
        assert_eq!(of_all(&[printed(0, false), printed(1, true)], true)[1], alone);
        assert_ne!(of_all(&[printed(0, true), printed(1, true)], true)[1], alone);
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
                is_of_title: false,
                owner,
            };
            said_by(&printed(owner))
        };
        assert!(of_text("BarNet", Some(Owner::Another)) == LabelStatement::Others);
        assert!(of_text("FooNet", Some(Owner::Paper)) == LabelStatement::Own);
        assert!(of_text("BarNet, our impl.", None) == LabelStatement::Others);
        assert!(of_text("FooNet, ours", None) == LabelStatement::Own);
        assert!(of_text("Bar et al. (2015) ‡ This paper", None) == LabelStatement::Own);
        assert!(of_text("A baseline, this paper", None) != LabelStatement::Own);
        assert!(of_text("improve state-of-the-art performance by Our model (single)", None) == LabelStatement::Own);
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
