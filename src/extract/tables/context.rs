//! What is said around a table: its caption, the sentences that refer to it, and the paper.

use std::collections::HashMap;

use super::super::mentions::Span;
use super::super::reading::Reading;
use super::super::record::Field;
use super::heading::{Heading, Named, Names};
use super::words::caption_words;
use crate::document::Table;
use crate::text::is_word_char;
use crate::vocabulary::{EntityId, Kind};

/// A name is the paper's usual one if it occurs this many times as often as the next.
const USUAL: usize = 2;

/// What the whole paper says of its results.
pub(in crate::extract) struct PaperContext<'p> {
    /// All fields, each with its decided names.
    fields: &'p [(&'p Reading<'p>, &'p [Span])],
    pub main_system: Option<&'p str>,
    pub(super) usual_metric: Option<Named>,
    pub(super) usual_dataset: Option<Named>,
    /// The most frequent first.
    pub(super) tasks: Vec<Named>,
    pub(super) datasets: Vec<Named>,
}

/// What is said of one table.
pub(super) struct TableContext<'r> {
    pub paper: &'r PaperContext<'r>,
    pub caption: Heading,
    pub sentences: Heading,
}

impl<'p> PaperContext<'p> {
    pub fn of(fields: &'p [(&'p Reading<'p>, &'p [Span])], main_system: Option<&'p str>) -> Self {
        let usual = |kind| match frequent(fields, kind).as_slice() {
            [] => None,
            [(first, times), rest @ ..] => {
                rest.first().is_none_or(|(_, next)| *times >= USUAL * next).then(|| first.clone())
            }
        };
        let usual = |kind| only_one_of_abstract(fields, kind).or_else(|| usual(kind));
        let all = |kind| frequent(fields, kind).into_iter().map(|(named, _)| named).collect();
        let (tasks, datasets) = (all(Kind::Task), all(Kind::Dataset));
        Self {
            fields,
            main_system,
            usual_metric: usual(Kind::Metric),
            usual_dataset: usual(Kind::Dataset),
            tasks,
            datasets,
        }
    }

    /// What the sentences that mention `Table 2` name.
    fn referring(&self, label: &str) -> Heading {
        let mut all = Heading::default();
        if label.is_empty() {
            return all;
        }
        for (reading, spans) in self.fields {
            for (at, _) in reading.text.match_indices(label) {
                let behind = reading.text[at + label.len()..].chars().next();
                if behind.is_some_and(is_word_char) {
                    continue;
                }
                let sentence = reading.sentences.around(at);
                for span in spans.iter().filter(|span| sentence.contains(&span.range.start)) {
                    let list = match span.entity.kind() {
                        Kind::Metric => &mut all.metrics,
                        Kind::Dataset => &mut all.datasets,
                        Kind::Task => &mut all.tasks,
                        _ => continue,
                    };
                    if !list.iter().any(|known| known.name == span.name) {
                        list.push(Named { entity: Some(span.entity.clone()), name: span.name.clone() });
                    }
                }
            }
        }
        all
    }
}

impl<'r> TableContext<'r> {
    pub fn of(names: &Names, paper: &'r PaperContext<'r>, table: &Table) -> Self {
        let caption = names.caption(&caption_words(&table.caption));
        Self { paper, caption, sentences: paper.referring(&table.label) }
    }
}

/// What title and abstract name, if it is one of the kind.
fn only_one_of_abstract(fields: &[(&Reading, &[Span])], kind: Kind) -> Option<Named> {
    let in_front = fields.iter().filter(|(reading, _)| matches!(reading.field, Field::Title | Field::Abstract));
    let mut names = in_front.flat_map(|(_, spans)| spans.iter()).filter(|span| span.entity.kind() == kind);
    let first = names.next()?;
    let named = || Named { entity: Some(first.entity.clone()), name: first.name.clone() };
    names.all(|span| span.entity == first.entity).then(named)
}

/// Names of a kind with their counts in the paper, the most frequent first.
fn frequent(fields: &[(&Reading, &[Span])], kind: Kind) -> Vec<(Named, usize)> {
    let mut counts: HashMap<&EntityId, (usize, &str)> = HashMap::new();
    for span in fields.iter().flat_map(|(_, spans)| spans.iter()).filter(|span| span.entity.kind() == kind) {
        counts.entry(&span.entity).or_insert((0, &span.name)).0 += 1;
    }
    let mut all: Vec<(Named, usize)> = counts
        .into_iter()
        .map(|(id, (times, name))| (Named { entity: Some(id.clone()), name: name.to_string() }, times))
        .collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    all
}
