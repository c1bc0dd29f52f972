//! Results out of tables: which cell is a figure of which system, on which dataset, in which metric.
//!
//! A table is laid out first (`layout`): values, and the headings over and beside each. The headings are read for names
//! (`heading`), so that one axis is that of systems and the other says what was measured. What a heading leaves open, the
//! caption says, else the sentences that refer to the table, else the whole paper; the further away it is said, the less it
//! is believed. A value whose metric or dataset nobody names is no result.

mod context;
mod heading;
mod layout;
mod ownership;
mod value;
mod words;

use std::collections::HashMap;

use super::record::{CellLocation, ResultClaim};
use crate::document::Table;
use crate::paper::Paper;
use crate::vocabulary::{EntityId, Vocabulary};
pub(super) use context::PaperContext;
use context::TableContext;
pub(super) use heading::Names;
use heading::{Heading, Named, Split};
use layout::{Layout, ValueCell};
use ownership::Ownership;
use value::CellValue;

rule!(
    NO_RESULT,
    r"(?i)(?:^|\s)(?:#|n°|no\.|nb\.)|\b(?:time|times|epochs?|years?|layers?|hidden|sizes?|dim(?:ension)?s?|speed|length|len|steps?|batch|lr|learning rate|memory|vocab(?:ulary)?|tokens?|sentences?|words|documents?|examples|instances|utterances|count|number|freq(?:uency)?|ratio|delta|gains?|improvements?|rank|p-value|std|significance|seconds?|hours?|minutes?|gpus?|distance|threshold|coverage)\b|[Δ∆]"
);
rule!(
    DESCRIPTION,
    r"(?i)\b(?:statistics?|hyper-?\s?parameters?|examples? (?:of|from)|notations?|numbers? of|sizes? of|corpora|settings? (?:of|used)|questionnaire|distribution of)\b"
);
rule!(
    AVERAGE,
    r"(?i)^\(?(?:avg\.?|average|mean|overall|all|total|full|score|scores|results?|performance|value|ours?|model|models?|method|system)\)?\.?$"
);

/// No table of results has more systems; the rest of a larger one is left out.
const MAX_RESULTS: usize = 2_000;

/// A label longer than this is a sentence.
const MAX_SYSTEM_CHARS: usize = 100;

/// The results of all tables of a paper.
pub(super) fn find(names: &Names, paper: &Paper, context: &PaperContext) -> Vec<ResultClaim> {
    let Some(parts) = &paper.document else { return Vec::new() };
    let mut results: Vec<ResultClaim> = Vec::new();
    for (number, table) in (1..).zip(&parts.tables) {
        let Some(reader) = TableReader::new(names, context, table, number) else { continue };
        for result in reader.results() {
            if results.len() < MAX_RESULTS && !results.iter().any(|known| known.repeats(&result)) {
                results.push(result);
            }
        }
    }
    results
}

struct TableReader<'r> {
    table: &'r Table,
    /// From 1.
    number: u32,
    context: TableContext<'r>,
    vocabulary: &'r Vocabulary,
    layout: Layout<'r>,
    /// The headings of each row and column, in the order of the layout.
    rows: Vec<Vec<Heading>>,
    columns: Vec<Vec<Heading>>,
    corner: Heading,
    /// Whether each row is a system; else each column is one.
    systems_in_rows: bool,
}

/// A system of the table.
struct System {
    name: Option<String>,
    ownership: Ownership,
}

/// What a value says, and how far away from it that is said: 1 in its own headings.
struct Found<T> {
    what: T,
    confidence: f32,
}

impl<'r> TableReader<'r> {
    fn new(names: &'r Names, paper: &'r PaperContext<'r>, table: &'r Table, number: u32) -> Option<Self> {
        let tokenized = words::is_tokenized(table);
        let layout = Layout::of(table, tokenized)?;
        let mut known: HashMap<String, Heading> = HashMap::new();
        let mut read = |texts: &[Vec<String>]| -> Vec<Vec<Heading>> {
            let one = |text: &String| known.entry(text.clone()).or_insert_with(|| names.heading(text)).clone();
            let mut one = one;
            texts.iter().map(|texts| texts.iter().map(&mut one).collect()).collect()
        };
        let (rows, columns) = (read(&layout.rows), read(&layout.columns));
        let corner = names.heading(&layout.corner);
        let context = TableContext::of(names, paper, table);
        let systems_in_rows = systems_in_rows(&layout, &rows, &columns);
        let vocabulary = names.extractor.vocabulary();
        Some(Self { table, number, context, vocabulary, layout, rows, columns, corner, systems_in_rows })
    }

    fn results(&self) -> Vec<ResultClaim> {
        if self.is_description() {
            return Vec::new();
        }
        let systems = self.systems();
        self.layout.cells.iter().flat_map(|cell| self.results_of(cell, &systems)).collect()
    }

    /// A table of counts or settings: its caption says so, and no heading names a metric.
    fn is_description(&self) -> bool {
        let mut headings = self.columns.iter().chain(&self.rows).flatten();
        DESCRIPTION.is_match(&self.table.caption) && headings.all(|heading| heading.metrics.is_empty())
    }

    /// Of each row or column that is a system.
    fn systems(&self) -> Vec<System> {
        let axis = if self.systems_in_rows { &self.rows } else { &self.columns };
        let texts = if self.systems_in_rows { &self.layout.rows } else { &self.layout.columns };
        let cites = |at: usize| self.systems_in_rows && self.layout.row_cites[at];
        let of_table: Vec<(&[Heading], bool)> =
            axis.iter().enumerate().map(|(at, headings)| (headings.as_slice(), cites(at))).collect();
        let ownership = ownership::of_all(&of_table, texts);
        let name = |(at, headings): (usize, &Vec<Heading>)| self.system_name(headings, &texts[at]);
        let names = axis.iter().enumerate().map(name);
        names.zip(ownership).map(|(name, ownership)| System { name, ownership }).collect()
    }

    /// The labels that are not what was measured; `Ours` is what the paper calls its system.
    fn system_name(&self, headings: &[Heading], texts: &[String]) -> Option<String> {
        let is_system = |heading: &Heading| !heading.rest.is_empty() || heading.is_own;
        let labels = headings.iter().zip(texts).filter(|(heading, _)| is_system(heading));
        let label = labels.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
        let generic = ownership::is_generic(&label);
        let main = || self.context.paper.main_system.map(str::to_string);
        if label.is_empty() {
            return main();
        }
        if generic && let Some(main) = main() {
            return Some(main);
        }
        Some(crate::text::shorten(&label, MAX_SYSTEM_CHARS).to_string())
    }

    fn results_of(&self, cell: &ValueCell, systems: &[System]) -> Vec<ResultClaim> {
        let (row, column) = (&self.rows[cell.row], &self.columns[cell.column]);
        let measured: Vec<&Heading> = self.measured(row, column);
        let headings =
            if self.systems_in_rows { &self.layout.columns[cell.column] } else { &self.layout.rows[cell.row] };
        let about_nothing = headings.last().is_some_and(|text| NO_RESULT.is_match(text));
        if about_nothing && measured.iter().all(|heading| heading.metrics.is_empty()) {
            return Vec::new();
        }
        let metrics = self.metrics(&measured, cell.values.len());
        let Some(metrics) = metrics else { return Vec::new() };
        let system = &systems[if self.systems_in_rows { cell.row } else { cell.column }];
        let dataset = self.dataset(&measured);
        let results = cell.values.iter().zip(&metrics.what).filter_map(|(value, metric)| {
            let dataset = dataset.as_ref()?;
            plausible(value, metric)
                .then(|| self.result(cell, value, metric, metrics.confidence, dataset, &measured, system))
        });
        results.collect()
    }

    /// The headings that say what was measured, the nearest first: of the other axis, then what a system's labels name.
    fn measured<'h>(&self, row: &'h [Heading], column: &'h [Heading]) -> Vec<&'h Heading> {
        let (other, systems) = if self.systems_in_rows { (column, row) } else { (row, column) };
        other.iter().rev().chain(systems.iter().rev()).collect()
    }

    /// One metric for each value of a cell.
    fn metrics(&self, measured: &[&Heading], values: usize) -> Option<Found<Vec<Named>>> {
        let near = measured.iter().map(|heading| (&heading.metrics, 1.0));
        let further = [
            (&self.corner.metrics, 0.95),
            (&self.context.caption.metrics, 0.85),
            (&self.context.sentences.metrics, 0.65),
        ];
        for (metrics, confidence) in near.chain(further) {
            match metrics.as_slice() {
                [] => {}
                all if all.len() == values => return Some(Found { what: all.to_vec(), confidence }),
                // One over several values says nothing of the others; of several the last is nearest to the value.
                [.., last] if values == 1 && confidence > 0.9 => {
                    return Some(Found { what: vec![last.clone()], confidence: 0.7 });
                }
                // A caption that names several leaves it open.
                _ => return None,
            }
        }
        let usual = self.context.paper.usual_metric.as_ref().filter(|_| values == 1)?;
        Some(Found { what: vec![usual.clone()], confidence: 0.5 })
    }

    fn dataset(&self, measured: &[&Heading]) -> Option<Found<(Named, bool)>> {
        let near = measured.iter().find_map(|heading| heading.datasets.last());
        if let Some(named) = near.or(self.corner.datasets.last()) {
            return Some(Found { what: (named.clone(), true), confidence: 1.0 });
        }
        if let [one] = self.context.caption.datasets.as_slice() {
            return Some(Found { what: (one.clone(), false), confidence: 0.9 });
        }
        // A heading of the measured axis that nothing else is known of is a dataset of its own.
        let unknown = self.unknown_heading(measured);
        if let Some(name) = unknown.filter(|_| self.context.caption.datasets.is_empty()) {
            return Some(Found { what: (Named { entity: None, name }, true), confidence: 0.6 });
        }
        if let Some(first) = self.context.caption.datasets.first() {
            return Some(Found { what: (first.clone(), false), confidence: 0.4 });
        }
        if let [one] = self.context.sentences.datasets.as_slice() {
            return Some(Found { what: (one.clone(), false), confidence: 0.6 });
        }
        let usual = self.context.paper.usual_dataset.as_ref()?;
        Some(Found { what: (usual.clone(), false), confidence: 0.5 })
    }

    /// A heading with words of its own that name no metric: `Restaurant`.
    fn unknown_heading(&self, measured: &[&Heading]) -> Option<String> {
        let axis = if self.systems_in_rows { &self.columns } else { &self.rows };
        let levels = axis.iter().map(Vec::len).max().unwrap_or_default();
        let own_axis =
            measured.iter().take(levels).filter(|heading| heading.metrics.is_empty() && heading.split.is_none());
        let mut words = own_axis.map(|heading| heading.rest.as_str());
        words
            .find(|rest| {
                let few = (1..=4).contains(&rest.split_whitespace().count());
                few && rest.starts_with(char::is_uppercase) && !AVERAGE.is_match(rest)
            })
            .map(str::to_string)
    }

    #[allow(clippy::too_many_arguments)]
    fn result(
        &self,
        cell: &ValueCell,
        value: &CellValue,
        metric: &Named,
        sure_of_metric: f32,
        dataset: &Found<(Named, bool)>,
        measured: &[&Heading],
        system: &System,
    ) -> ResultClaim {
        let (named, from_heading) = &dataset.what;
        let confidence = sure_of_metric * dataset.confidence * system.ownership.confidence;
        let task = self.task(measured, named);
        let entities = [task.clone(), named.entity.clone(), metric.entity.clone()].into_iter().flatten().collect();
        ResultClaim {
            system: system.name.clone(),
            own: system.ownership.is_own,
            task: task
                .as_ref()
                .map(|task| self.vocabulary.get(task).map_or(task.slug(), |task| &task.name).to_string()),
            dataset: Some(named.name.clone()),
            variant: self.variant(measured, *from_heading),
            metric: metric.name.clone(),
            value: value.shown.clone(),
            deviation: value.deviation.clone(),
            is_bold: cell.cell.is_bold,
            confidence: Some((confidence * 100.0).round() / 100.0),
            entities,
            place: None,
            cell: Some(CellLocation {
                table: self.number,
                label: self.table.label.clone(),
                row: u32::try_from(cell.row + 1).unwrap_or(u32::MAX),
                column: u32::try_from(cell.column + 1).unwrap_or(u32::MAX),
                page: self.table.location.as_ref().and_then(|location| location.page()),
            }),
        }
    }

    /// Split, languages and sizes of the headings, else of the caption; and what a heading calls a part of the dataset.
    fn variant(&self, measured: &[&Heading], dataset_in_heading: bool) -> Option<String> {
        let caption = &self.context.caption;
        let mut parts: Vec<String> = Vec::new();
        let settings = measured.iter().rev().flat_map(|heading| &heading.settings);
        parts.extend(settings.cloned());
        if parts.is_empty() {
            parts.extend(caption.settings.iter().take(1).cloned());
        }
        if !dataset_in_heading && let Some(rest) = self.unknown_heading(measured) {
            parts.push(rest);
        }
        let split = measured.iter().find_map(|heading| heading.split).or(self.corner.split).or(caption.split);
        // Test is what results are of unless they say otherwise.
        parts.extend(split.filter(|split| *split != Split::Test).map(|split| split.as_str().to_string()));
        parts.dedup();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn task(&self, measured: &[&Heading], dataset: &Named) -> Option<EntityId> {
        let named = measured.iter().find_map(|heading| heading.tasks.first());
        let named = named.or(self.context.caption.tasks.first());
        if let Some(id) = named.and_then(|named| named.entity.clone()) {
            return Some(id);
        }
        let entity = dataset.entity.as_ref().and_then(|id| self.vocabulary.get(id));
        let of_dataset: Vec<&EntityId> = entity.map(|entity| entity.tasks.iter().collect()).unwrap_or_default();
        let usual = self.context.paper.tasks.iter().filter_map(|task| task.entity.as_ref());
        // Of the tasks of a dataset the one that the paper names.
        let both = usual.clone().find(|task| of_dataset.contains(task));
        both.or(of_dataset.first().copied()).or_else(|| usual.clone().next()).cloned()
    }
}

/// Whether the value can be one of the metric: shares and scores end at a hundred, perplexity begins at one.
fn plausible(value: &CellValue, metric: &Named) -> bool {
    const OUT_OF_HUNDRED: [&str; 16] = [
        "accuracy",
        "f1",
        "bleu",
        "rouge",
        "exact-match",
        "precision",
        "recall",
        "labeled-attachment-score",
        "unlabeled-attachment-score",
        "map",
        "ap",
        "mrr",
        "hit-rate",
        "meteor",
        "error-rate",
        "miou",
    ];
    let slug = metric.entity.as_ref().map_or("", EntityId::slug);
    let sized = value.shown.ends_with(['M', 'B', 'K', 'G']);
    match slug {
        slug if OUT_OF_HUNDRED.contains(&slug) => (0.0..=100.0).contains(&value.number) && !sized,
        "perplexity" => value.number >= 1.0 && !sized,
        _ => true,
    }
}

/// Whether rows are systems: unless columns say of themselves that they are, and rows do not.
fn systems_in_rows(layout: &Layout, rows: &[Vec<Heading>], columns: &[Vec<Heading>]) -> bool {
    let score = |axis: &[Vec<Heading>], used: &dyn Fn(usize) -> bool| {
        let used: Vec<f32> =
            axis.iter().enumerate().filter(|(at, _)| used(*at)).map(|(_, headings)| likeness(headings)).collect();
        if used.is_empty() { 0.0 } else { used.iter().sum::<f32>() / used.len() as f32 }
    };
    let of_rows = score(rows, &|at| layout.cells.iter().any(|cell| cell.row == at));
    let of_columns = score(columns, &|at| layout.cells.iter().any(|cell| cell.column == at));
    of_columns <= of_rows + 0.3
}

/// How much headings look like those of a system, from -1 to 1.
fn likeness(headings: &[Heading]) -> f32 {
    let any = |test: fn(&Heading) -> bool| headings.iter().any(test);
    if any(|heading| heading.is_own || heading.is_cited || heading.is_not_own) {
        1.0
    } else if any(|heading| !heading.metrics.is_empty() || !heading.datasets.is_empty() || heading.split.is_some()) {
        -1.0
    } else if any(|heading| heading.names_system) {
        0.8
    } else {
        0.1
    }
}
