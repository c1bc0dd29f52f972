//! Finds results in tables: which cell is a figure of which system, on which dataset, in which metric.
//!
//! First, `layout` finds the values and the headings above and beside each. Then `heading` finds names in the headings,
//! so that one axis has the systems and the other says what was measured. If a heading does not say something, the
//! caption does, else the sentences that refer to the table, else the whole paper. The further away a statement is, the
//! lower its confidence. A value without a metric or dataset is not a result.

mod boards;
mod context;
mod heading;
mod labels;
mod layout;
mod outliers;
mod ownership;
mod per_dataset;
mod short;
mod unstated;
mod value;
mod words;

use std::collections::HashMap;

use super::record::{CellLocation, ResultClaim};
use crate::document::Table;
use crate::paper::Paper;
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};
pub(super) use boards::doubt;
pub(super) use context::PaperContext;
use context::TableContext;
pub(super) use heading::NameMeanings;
use heading::{Heading, HeadingName, Split};
use layout::{TableLayout, ValueCell};
use ownership::{Ownership, PrintedSystem, TableOwners};
use value::CellValue;

rule!(
    NO_RESULT,
    r"(?i)(?:^|\s)(?:#|n°|no\.|nb\.)|\b(?:time|times|epochs?|years?|layers?|hidden|sizes?|dim(?:ension)?s?|speed|length|len|steps?|batch|lr|learning rate|memory|vocab(?:ulary)?|tokens?|sentences?|words|documents?|examples|instances|utterances|count|number|freq(?:uency)?|ratio|delta|gains?|improvements?|rank|p-value|std|significance|seconds?|hours?|minutes?|gpus?|distance|threshold|coverage|shares?|percentages?|proportions?)\b|improv\.|^(?:row|index|id|cov)s?\.?$|[Δ∆]"
);
// A setting that is counted, not a measured quantity: `18 layers`.
rule!(
    COUNTED,
    r"(?i)\b\d[\d.,]*[km]?[- ]?(?:layers?|hidden|epochs?|steps?|tokens?|sentences?|words|documents?|examples|instances|utterances|seconds?|hours?|minutes?|gpus?|dim(?:ension)?s?)\b"
);
// A value that no system reached, but people did, or a system that is given part of the answer.
rule!(
    BOUND,
    r"(?i)^(?:the )?(?:oracle|gold|ground[- ]?truth|humans?|upper[- ]bound|topline|annotators?|inter-?annotator)\b|\b(?:upper[- ]bound|ground[- ]truth)\b|\(oracle\)|\bhuman (?:performance|level|agreement|annotators?|ceiling|experts?)\b"
);
// What people judge, without a metric.
rule!(
    JUDGED,
    r"(?i)^(?:fluency|adequacy|informativeness|coherence|relevance|consistency|naturalness|grammaticality|readability|faithfulness|usefulness|helpfulness|engagingness|appropriateness|conciseness|diversity|empathy|(?:overall )?quality|preference|wins?|ties?|loss(?:es)?|lose|kappa)$"
);
// The label of a row that compares others: a gain, a test of significance.
rule!(
    COMPARISON,
    r"(?i)^(?:%|\(%\))?\s?(?:our |relative |rel\. |absolute |abs\. |average |avg\. )?(?:improv(?:\.|ements?)?|gains?|delta|[Δ∆]|diff(?:\.|erences?)?|p[- ]?values?|t-test|std(?:\.|ev)?|standard deviation|error reduction|significance)\s?(?:\(.{0,12}\)|[↑↓%])?$"
);
// The label of a row that is a setting of one system, such as in a table of an architecture.
rule!(
    SETTING_LABEL,
    r"(?i)^(?:(?:n|num|max|min)[_. -]|(?:number|no\.) of |#\s?)?(?:(?:batch|hidden|embedding|vocab(?:ulary)?|context|sequence|window|kernel|beam|model|layer|head|filter|learning|dropout)[ _-]?)?(?:sizes?|dim(?:ension)?s?|layers?|heads?|lengths?|len|epochs?|steps?|rates?|optimi[sz]er|lr|(?:hidden )?units?|params|parameters)(?:\s?\(.{0,12}\))?$"
);
rule!(
    DESCRIPTION,
    r"(?i)^(?:the |model |network |detailed )*architectures?\b|\b(?:statistics?|hyper-?\s?parameters?|examples? (?:of|from)|notations?|numbers? of|sizes? of|corpora|settings? (?:of|used)|architecture details|questionnaire|distribution of)\b"
);
rule!(
    AVERAGE,
    r"(?i)^\(?(?:avg\.?|average|mean|overall|all|total|full|score|scores|results?|performance|value|ours?|model|models?|method|system)\)?\.?$"
);

rule!(PART_OF_DATASET, r"^[a-z][a-z-]+(?:\s[a-z-]{3,})?$");
// What follows the name of a dataset in a heading and distinguishes a part: `MNLI-m`, `ARC-c`.
rule!(INDEX_OF_DATASET, r"^[-–_]\s?(?P<index>[A-Za-z]{1,2}|\d{1,2})$");
rule!(YEAR, r"^(?:19|20)\d\d$");

// The heading of a summary.
rule!(MEAN, r"(?i)^\(?(?:avg\.?|average|mean)\)?\.?$");

// Capitals with an index, as in short forms of metrics.
rule!(INDEXED, r"(?:^|\s)[A-Z]{1,4}(?:\s?[-@]\s?\d{1,3}|\d{1,2}@\d{1,3})$");

rule!(
    ON_THE_WAY,
    r"(?i)\b(?:ablation|ablated|effects? of|impacts? of|influence of|contributions? of|varying|different (?:numbers?|sizes?|values?|settings|lengths?|depths?|features?|parameters?)|error analysis|sensitivity|human evaluation|per[- ](?:genre|domain|language)|examples?)\b"
);
// A table can have both: "Comparison with existing approaches and ablation study".
rule!(
    COMPARES_OTHERS,
    r"(?i)\bcompar(?:isons?|ed)\b[^.]*\b(?:state[- ]of[- ]the[- ]art|sota|existing|previous|other)\b"
);
// Above values of single classes. They are no results on the dataset.
rule!(
    BREAKDOWN,
    r"(?i)\bbreakdowns?\b|\b(?:per|by|each)[- ](?:\w+[- ])?(?:class|categor(?:y|ies)|label|relation|type|tag)(?:es|s)?\b|\b(?:class|category|label|relation|type|tag)[- ]?wise\b"
);
rule!(SIZE, r"^(?P<label>.*\S)\s(?P<size>\d+(?:\.\d+)?[MB])\b[\s\-–—]*$");

// A heading that only counts the layers of a network.
rule!(LAYERS, r"(?i)^\d{1,4}[- ]?layers?$");
// The words of a caption before its dataset: `FooNet on`.
rule!(LEADING_NAME, r"^\s*((?:[A-Z][\w.+-]*\s){0,2}[A-Z][\w.+-]*)\son\s(?:the\s)?[A-Z0-9]");
rule!(REDUCED, r"(?i)(?:^|[\s(-])w/o\b");
// A label with which a converter joined the numbers of other columns: `FooNet 4187 740`.
rule!(RUN_TOGETHER, r"\S(?:\s\d[\d.,]*){2,}$");

rule!(
    GENERIC,
    r"(?i)(?:^|\s)(?:methods?|models?|systems?|approach(?:es)?|baselines?|datasets?|data|results?|scores?|full|avg\.?|average|overall|[-–—.]+)(?:\s|$)"
);

/// No table of results has more systems; the rest of a larger table is left out.
const MAX_RESULTS: usize = 2_000;

/// The least confidence of a metric that the table itself names.
const SURE_METRIC: f32 = 0.8;

/// Confidence of a result without a dataset: the paper may name one where we do not look.
const DATASET_UNSTATED: f32 = 0.85;

/// The least confidence of an ownership that the labels of a system state.
const SURE_LABEL: f32 = 0.9;

/// A longer label is a sentence.
const MAX_SYSTEM_CHARS: usize = 100;

/// The results of all tables of a paper.
pub(super) fn find(names: &NameMeanings, paper: &Paper, context: &PaperContext) -> Vec<ResultClaim> {
    let Some(parts) = &paper.document else { return Vec::new() };
    let labels = labels::inferred(&parts.tables, &paper.sections);
    let numbered = (1..).zip(&parts.tables).zip(&labels);
    let readers: Vec<TableReader> = numbered
        .filter_map(|((number, table), label)| TableReader::new(names, context, table, number, label))
        .collect();
    let printed: Vec<Vec<PrintedSystem>> = readers.iter().map(TableReader::printed_systems).collect();
    let mut owners = TableOwners::default();
    printed.iter().for_each(|systems| owners.add(systems));
    let mut results: Vec<ResultClaim> = Vec::new();
    for (reader, printed) in readers.iter().zip(printed) {
        for result in reader.results(printed, &owners) {
            if results.len() < MAX_RESULTS && !results.iter().any(|known| known.repeats(&result)) {
                results.push(result);
            }
        }
    }
    results
}

struct TableReader<'r> {
    table: &'r Table,
    /// Number of the table, from 1.
    number: u32,
    context: TableContext<'r>,
    vocabulary: &'r Vocabulary,
    layout: TableLayout<'r>,
    /// The headings of each row and column, in the order of the layout.
    rows: Vec<Vec<Heading>>,
    columns: Vec<Vec<Heading>>,
    corner: Heading,
    /// Whether each row is a system; else each column is one.
    systems_in_rows: bool,
    /// For each place on the other axis, whether its values are counts.
    counts: Vec<bool>,
    /// Whether half of the headings over values name a metric, or more.
    has_metric_headings: bool,
    /// Whether labels of systems can be datasets. A single one among others is a system with the name of its dataset.
    labels_name_datasets: bool,
}

/// A system of the table.
struct TableSystem {
    name: Option<String>,
    /// Whether its label is a sentence, such as an example in a table of outputs.
    is_sentence: bool,
    /// Whether its label is only a number, a setting that was varied, and nothing else says whose it is.
    is_number: bool,
    /// Whether it is no system: a bound such as people or an oracle, a comparison of others, a setting.
    is_no_system: bool,
    /// Whether its label says that a part is missing: `Ours w/o RL`.
    is_reduced: bool,
    /// Whether its label has the numbers of other columns, so that its values can be in the wrong columns.
    is_run_together: bool,
    /// The size at the end of its label, `24M`.
    size: Option<CellValue>,
    ownership: Ownership,
}

/// The dataset of a value.
#[derive(Clone)]
struct NamedDataset {
    named: HeadingName,
    /// Whether a heading names it; then other words of the heading are not part of it.
    in_heading: bool,
}

/// The headings that say what a value is, the nearest first.
struct Measured<'h> {
    all: Vec<&'h Heading>,
    /// Number of those on the other axis than the systems; the labels of the system follow them.
    levels: usize,
}

impl<'h> Measured<'h> {
    fn over(&self) -> &[&'h Heading] {
        &self.all[..self.levels]
    }

    fn labels(&self) -> &[&'h Heading] {
        &self.all[self.levels..]
    }
}

impl<'h> std::ops::Deref for Measured<'h> {
    type Target = [&'h Heading];

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

/// A value's property, and a factor for how far away it is stated: 1 in its own headings.
struct WithConfidence<T> {
    what: T,
    confidence: f32,
}

impl<'r> TableReader<'r> {
    /// `label`: the label by which the text refers to the table.
    fn new(
        names: &'r NameMeanings,
        paper: &'r PaperContext<'r>,
        table: &'r Table,
        number: u32,
        label: &str,
    ) -> Option<Self> {
        let tokenized = words::is_tokenized(table);
        let layout = TableLayout::of(table, tokenized)?;
        let mut known: HashMap<String, Heading> = HashMap::new();
        let mut read = |texts: &[Vec<String>]| -> Vec<Vec<Heading>> {
            let one = |text: &String| known.entry(text.clone()).or_insert_with(|| names.heading(text)).clone();
            let mut one = one;
            texts.iter().map(|texts| texts.iter().map(&mut one).collect()).collect()
        };
        let (mut rows, mut columns) = (read(&layout.rows), read(&layout.columns));
        heading::agree_on_rouge(&mut rows);
        heading::agree_on_rouge(&mut columns);
        heading::agree_on_captions(names, &mut columns, &layout.columns);
        name_short_forms(&mut rows, paper);
        name_short_forms(&mut columns, paper);
        let corner = names.heading(&layout.corner);
        let context = TableContext::of(names, paper, table, label, &layout.banner);
        let systems_in_rows = systems_in_rows(&layout, &rows, &columns);
        if systems_in_rows {
            take_cited_metrics(&mut rows, &layout.row_cites);
        }
        let labels = if systems_in_rows { &rows } else { &columns };
        let of_dataset = labels.iter().filter(|label| label.iter().any(|heading| !heading.datasets.is_empty())).count();
        let labels_name_datasets = of_dataset > 1 || labels.len() < 3;
        let vocabulary = names.extractor.vocabulary();
        let measured = if systems_in_rows { &columns } else { &rows };
        let counts = counts(&layout, measured, systems_in_rows);
        let has_metric_headings = has_metric_headings(&layout, measured, systems_in_rows);
        Some(Self {
            table,
            number,
            context,
            vocabulary,
            layout,
            rows,
            columns,
            corner,
            systems_in_rows,
            counts,
            has_metric_headings,
            labels_name_datasets,
        })
    }

    fn results(&self, printed: Vec<PrintedSystem>, owners: &TableOwners) -> Vec<ResultClaim> {
        if self.is_description() {
            return Vec::new();
        }
        let systems = self.systems(printed, owners);
        let mut results: Vec<ResultClaim> =
            self.layout.cells.iter().flat_map(|cell| self.results_of(cell, &systems)).collect();
        outliers::doubt(&mut results, self.vocabulary);
        results.extend(self.sizes(&systems, &results));
        results
    }

    /// A table of counts or settings: its caption says so, and no heading names a metric.
    fn is_description(&self) -> bool {
        let mut headings = self.columns.iter().chain(&self.rows).flatten();
        DESCRIPTION.is_match(&self.table.caption) && headings.all(|heading| heading.metrics.is_empty())
    }

    /// The sign for a removed or added part before the label of a system.
    fn sign(&self, at: usize) -> Option<char> {
        self.layout.row_signs.get(at).copied().flatten().filter(|_| self.systems_in_rows)
    }

    /// The headings of the systems.
    fn system_axis(&self) -> (&[Vec<Heading>], &[Vec<String>]) {
        if self.systems_in_rows { (&self.rows, &self.layout.rows) } else { (&self.columns, &self.layout.columns) }
    }

    /// Each row or column that is a system, as it is printed.
    fn printed_systems<'s>(&'s self) -> Vec<PrintedSystem<'s>> {
        let (axis, texts) = self.system_axis();
        let marks = self.context.marks_of_others.as_slice();
        let is_marked = |at: usize| texts[at].last().is_some_and(|label| label.contains(marks));
        let cites = |at: usize| is_marked(at) || self.systems_in_rows && self.layout.row_cites[at];
        let (mut has_values, mut is_bold) = (vec![false; axis.len()], vec![false; axis.len()]);
        for cell in &self.layout.cells {
            let at = if self.systems_in_rows { cell.row } else { cell.column };
            has_values[at] = true;
            is_bold[at] |= cell.cell.is_bold;
        }
        let printed = |(at, headings): (usize, &'s Vec<Heading>)| PrintedSystem {
            headings,
            texts: &texts[at],
            cites: cites(at),
            is_part: self.sign(at).is_some(),
            is_bold: is_bold[at],
            has_values: has_values[at],
            is_of_title: headings.last().is_some_and(|label| self.context.paper.is_of_title(label)),
            owner: texts[at].last().and_then(|label| self.context.paper.owner(words::name_of_label(label))),
        };
        axis.iter().enumerate().map(printed).collect()
    }

    /// For each row or column that is a system.
    fn systems(&self, mut printed: Vec<PrintedSystem>, owners: &TableOwners) -> Vec<TableSystem> {
        let (axis, texts) = self.system_axis();
        for system in &mut printed {
            system.owner = system.owner.or_else(|| owners.of(system));
        }
        let ownership = ownership::of_all(&printed, self.context.paper.introduces_system);
        let name = |(at, headings): (usize, &Vec<Heading>)| {
            let name = self.system_name(headings, &texts[at])?;
            let sign = self.sign(at).filter(|sign| !name.starts_with(*sign));
            Some(sign.map_or(name.clone(), |sign| format!("{sign} {name}")))
        };
        let names = axis.iter().enumerate().map(name);
        let systems = names.zip(ownership).zip(texts);
        let system = |((name, ownership), texts): ((Option<String>, Ownership), &Vec<String>)| {
            let label = texts.last().map_or("", String::as_str);
            let size = self.systems_in_rows.then(|| SIZE.captures(label)).flatten();
            TableSystem {
                is_sentence: is_sentence(label),
                is_number: ownership.confidence < SURE_LABEL
                    && !label.is_empty()
                    && !label.contains(char::is_alphabetic),
                is_no_system: [&BOUND, &COMPARISON, &SETTING_LABEL].iter().any(|rule| rule.is_match(label)),
                is_reduced: REDUCED.is_match(label),
                is_run_together: RUN_TOGETHER.is_match(label),
                size: size.and_then(|found| value::values(&found["size"]).pop()),
                name: name.map(|name| SIZE.replace(&name, "$label").into_owned()),
                ownership,
            }
        };
        systems.map(system).collect()
    }

    /// The labels that do not say what was measured; `Ours` is replaced by the paper's name for its system.
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
        Some(crate::text::shorten(&label, MAX_SYSTEM_CHARS).clone())
    }

    fn results_of(&self, cell: &ValueCell, systems: &[TableSystem]) -> Vec<ResultClaim> {
        let (row, column) = (&self.rows[cell.row], &self.columns[cell.column]);
        let measured = self.measured(row, column);
        let headings =
            if self.systems_in_rows { &self.layout.columns[cell.column] } else { &self.layout.rows[cell.row] };
        let is_nothing = |text: &String| JUDGED.is_match(text) || NO_RESULT.is_match(&COUNTED.replace_all(text, " "));
        let about_nothing = headings.last().is_some_and(is_nothing);
        if about_nothing && measured.iter().all(|heading| heading.metrics.is_empty()) {
            return Vec::new();
        }
        let system = &systems[if self.systems_in_rows { cell.row } else { cell.column }];
        if system.is_sentence || system.is_no_system || self.is_of_unknown_metric(&measured) {
            return Vec::new();
        }
        let names_metric = measured.first().is_some_and(|heading| !heading.metrics.is_empty());
        let is_count = self.counts[if self.systems_in_rows { cell.column } else { cell.row }];
        if !names_metric && is_count || self.is_average_of_several(&measured) {
            return Vec::new();
        }
        let dataset = self.dataset(&measured);
        let metrics = self.metrics(&measured, dataset.as_ref().map(|dataset| &dataset.what), cell.values.len());
        let Some(metrics) = metrics else { return Vec::new() };
        let dataset = dataset.or_else(|| self.dataset_of_metric(metrics.what.first()?));
        // A metric that only the rest of the paper names does not make this a table of results, but directions do.
        let is_direction = measured.first().is_some_and(|heading| heading.is_direction);
        if dataset.is_none() && metrics.confidence < SURE_METRIC && !is_direction {
            return Vec::new();
        }
        let plausible = cell.values.iter().zip(&metrics.what).filter(|(value, metric)| plausible(value, metric));
        let sure = metrics.confidence;
        plausible
            .map(|(value, metric)| self.result(cell, value, metric, sure, dataset.as_ref(), &measured, system))
            .collect()
    }

    /// The numbers of parameters of systems whose labels end with them, for each dataset on which a system was
    /// measured.
    fn sizes(&self, systems: &[TableSystem], results: &[ResultClaim]) -> Vec<ResultClaim> {
        let sized = systems.iter().filter(|system| system.size.is_some()).count();
        if sized < 2 {
            return Vec::new();
        }
        let of = |result: &ResultClaim| {
            let row = usize::try_from(result.cell.as_ref()?.row).ok()?.checked_sub(1)?;
            let size = systems.get(row)?.size.as_ref()?;
            let mut entities = result.entities.clone();
            entities.retain(|entity| entity.kind() != Kind::Metric);
            let cell = result.cell.clone().map(|cell| CellLocation { column: 1, ..cell });
            let (metric, value) = ("params".to_string(), size.shown.clone());
            Some(ResultClaim { metric, value, cell, entities, deviation: None, is_bold: false, ..result.clone() })
        };
        results.iter().filter_map(of).collect()
    }

    /// The headings that say what was measured, the nearest first: those of the other axis, then names in a system's
    /// labels.
    fn measured<'h>(&self, row: &'h [Heading], column: &'h [Heading]) -> Measured<'h> {
        let (other, systems) = if self.systems_in_rows { (column, row) } else { (row, column) };
        Measured { all: other.iter().rev().chain(systems.iter().rev()).collect(), levels: other.len() }
    }

    /// One metric for each value of a cell.
    fn metrics(
        &self,
        measured: &Measured,
        dataset: Option<&NamedDataset>,
        values: usize,
    ) -> Option<WithConfidence<Vec<HeadingName>>> {
        let levels = measured.levels;
        // `ROUGE+Novel` is a system; `F1` in its own column is a metric.
        let is_label = |at: usize, heading: &Heading| at >= levels && heading.rest.contains(char::is_alphabetic);
        let (labels, near): (Vec<_>, Vec<_>) =
            measured.iter().enumerate().partition(|(at, heading)| is_label(*at, heading));
        let near = near.into_iter().map(|(_, heading)| (&heading.metrics, 1.0));
        let labels: Vec<_> = labels.into_iter().map(|(_, heading)| (&heading.metrics, 0.6)).collect();
        let has_label = labels.iter().any(|(metrics, _)| !metrics.is_empty());
        let caption = self.metrics_of_caption(measured, dataset, has_label);
        let near = near.chain([(&self.corner.metrics, 0.95)]).map(|(metrics, sure)| (metrics.as_slice(), sure));
        let labels = labels.into_iter().map(|(metrics, sure)| (metrics.as_slice(), sure));
        let sentences = [(self.context.sentences.metrics.as_slice(), 0.8)];
        // `NN-4` under a caption that names a metric can be another metric.
        let sure_of_caption = match caption {
            _ if measured.first().is_some_and(|heading| INDEXED.is_match(&heading.rest)) => 0.6,
            [_] => 0.9,
            _ => 0.85,
        };
        for (metrics, confidence) in near.chain([(caption, sure_of_caption)]).chain(labels).chain(sentences) {
            match metrics {
                [] => {}
                // ROUGE is several metrics, and a heading says which.
                [one] if one.name == "ROUGE" && values == 1 && confidence < 1.0 => {
                    return Some(WithConfidence { what: vec![one.clone()], confidence: 0.3 });
                }
                all if all.len() == values => return Some(WithConfidence { what: all.to_vec(), confidence }),
                // A heading over several values says nothing about the others; of several headings, the last is nearest
                // to the value.
                [.., last] if values == 1 && confidence > 0.9 => {
                    return Some(WithConfidence { what: vec![last.clone()], confidence: 0.5 });
                }
                _ => return None,
            }
        }
        if values != 1 {
            return None;
        }
        let of_task =
            self.usual_of_task(measured, dataset).map(|metric| WithConfidence { what: vec![metric], confidence: 0.7 });
        let usual = self.context.paper.usual_metric();
        let usual = usual.filter(|usual| usual.named.name != "ROUGE");
        of_task.or_else(|| {
            usual.map(|usual| WithConfidence { what: vec![usual.named.clone()], confidence: usual.confidence })
        })
    }

    /// The metrics that the caption gives for a value. `has_label`: whether a label of its system names one.
    fn metrics_of_caption(
        &self,
        measured: &Measured,
        dataset: Option<&NamedDataset>,
        has_label: bool,
    ) -> &[HeadingName] {
        let (caption, of_datasets) = (&self.context.caption.metrics, &self.context.metrics_of_datasets);
        if !of_datasets.is_empty() {
            let texts = measured.over().iter().map(|heading| heading.text.as_str());
            let named = dataset.map(|dataset| dataset.named.name.as_str());
            return of_datasets.get(texts.chain(named)).unwrap_or_default();
        }
        // A caption that names several metrics does not decide, unless a label does.
        if has_label && caption.len() > 1 { &[] } else { caption }
    }

    /// The usual metric for results of the task if nothing names one. The paper names it somewhere.
    fn usual_of_task(&self, measured: &Measured, dataset: Option<&NamedDataset>) -> Option<HeadingName> {
        let slug = unstated::usual_metric(&self.task(measured, dataset.map(|dataset| &dataset.named))?)?;
        let is_it = |metric: &&HeadingName| metric.entity.as_ref().is_some_and(|entity| entity.slug() == slug);
        self.context.paper.metrics().iter().find(is_it).cloned()
    }

    /// Whether the heading over the value names no metric while headings beside it do: what the value counts is
    /// unknown.
    fn is_of_unknown_metric(&self, measured: &Measured) -> bool {
        let Some(nearest) = measured.over().first() else { return false };
        let names_metric = |heading: &Heading| !heading.metrics.is_empty();
        let says_else = names_metric(nearest)
            || !nearest.datasets.is_empty()
            || nearest.split.is_some()
            || !nearest.settings.is_empty()
            || nearest.tasks.is_empty() && AVERAGE.is_match(&nearest.rest)
            || !nearest.rest.contains(char::is_alphabetic);
        !says_else && self.has_metric_headings
    }

    /// The headings over values: those of the columns if systems are in rows, else those of the rows.
    fn measured_axis(&self) -> &[Vec<Heading>] {
        if self.systems_in_rows { &self.columns } else { &self.rows }
    }

    /// Whether the value is an average over several metrics, or over several datasets that have no name together.
    fn is_average_of_several(&self, measured: &Measured) -> bool {
        let is_mean = |heading: &&Heading| heading.datasets.is_empty() && MEAN.is_match(&heading.rest);
        let names_metric = |heading: &&Heading| !heading.metrics.is_empty();
        let nearest = measured.first().is_some_and(|heading| is_mean(heading) && !names_metric(heading));
        // "Average" can be over headings of metrics.
        let over = measured.over().iter().any(|heading| is_mean(heading) && !names_metric(heading));
        let axis = self.measured_axis();
        let several = |names: fn(&Heading) -> &[HeadingName]| {
            let mut names = axis.iter().flatten().flat_map(names).map(|named| &named.name);
            names.next().is_some_and(|first| names.any(|name| name != first))
        };
        let has_metrics = || several(|heading| &heading.metrics) || !self.context.metrics_of_datasets.is_empty();
        let has_datasets = || several(|heading| &heading.datasets);
        // The average of the datasets in a caption is theirs together.
        let is_open = || self.context.caption.datasets.is_empty();
        nearest && (has_metrics() || is_open() && has_datasets()) || over && !nearest && has_datasets()
    }

    fn dataset(&self, measured: &Measured) -> Option<WithConfidence<NamedDataset>> {
        let found = |named: &HeadingName, in_heading: bool, confidence: f32| {
            Some(WithConfidence { what: NamedDataset { named: named.clone(), in_heading }, confidence })
        };
        let of_axis = measured.over().iter().find_map(|heading| heading.datasets.last());
        // A label with a dataset and other words names what a system was made from.
        let is_only_dataset = |heading: &&&Heading| !heading.rest.contains(char::is_alphabetic);
        let mut of_label = measured.labels().iter().filter(is_only_dataset);
        let near = of_axis
            .or_else(|| of_label.find_map(|heading| heading.datasets.last()).filter(|_| self.labels_name_datasets));
        if let Some(named) = near.or(self.corner.datasets.last()) {
            return found(self.edition(named), true, 1.0);
        }
        let unknown = self.unknown_heading(measured);
        if let Some(named) = unknown.as_ref().and_then(|name| dataset_of_short_form(name, self.context.paper)) {
            return found(named, true, 0.8);
        }
        let caption = &self.context.caption;
        if let [one] = caption.datasets.as_slice() {
            return found(one, false, 0.95);
        }
        // Next to headings that are datasets, an unknown heading is a dataset too, else part of one.
        let axis = self.measured_axis();
        let beside_datasets = axis.iter().flatten().any(|heading| !heading.datasets.is_empty());
        let unknown =
            unknown.filter(|name| !heading::is_direction(name)).map(|name| HeadingName { entity: None, name });
        if beside_datasets && let Some(unknown) = &unknown {
            return found(unknown, true, 0.6);
        }
        if let Some(first) = caption.datasets.first() {
            return found(first, false, 0.5);
        }
        // "NER F1" belongs to the paper's dataset for that task.
        let of_task = measured.iter().find_map(|heading| self.dataset_of_task(heading.tasks.last()?));
        if let Some(named) = of_task {
            return found(&named, false, 0.7);
        }
        if let [one] = self.context.sentences.datasets.as_slice() {
            return found(one, false, 0.8);
        }
        if let Some(name) = &self.context.unlisted_dataset {
            return found(&HeadingName { entity: None, name: name.clone() }, false, 0.75);
        }
        if let [one] = self.context.around.as_slice() {
            return found(one, false, 0.7);
        }
        let usual = self.context.paper.usual_dataset.as_ref();
        usual
            .and_then(|usual| found(&usual.named, false, usual.confidence))
            .or_else(|| unknown.and_then(|unknown| found(&unknown, true, 0.6)))
    }

    /// The dataset that a heading calls by the name of its series: `CoNLL` under "Results on CoNLL 2003". `CIFAR-100` is
    /// no edition of `CIFAR-10`.
    fn edition<'h>(&'h self, named: &'h HeadingName) -> &'h HeadingName {
        let series = squeeze(&named.name);
        if series.ends_with(|c: char| c.is_ascii_digit()) {
            return named;
        }
        let is_edition = |other: &&HeadingName| {
            let number = squeeze(&other.name).strip_prefix(series.as_str()).map(str::to_string);
            number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        };
        let is_of_series = |other: &&HeadingName| {
            let entity = other.entity.as_ref().and_then(|id| self.vocabulary.get(id));
            entity.is_some_and(|entity| named.entity.as_ref().is_some_and(|series| entity.broader.contains(series)))
        };
        let mut of_caption = self.context.caption.datasets.iter().filter(is_edition);
        let mut of_paper = self.context.paper.datasets().filter(is_edition).filter(is_of_series);
        let only = |all: &mut dyn Iterator<Item = &'h HeadingName>| {
            let first = all.next()?;
            all.next().is_none().then_some(first)
        };
        only(&mut of_caption).or_else(|| only(&mut of_paper)).unwrap_or(named)
    }

    /// The paper's most frequent dataset of a task.
    fn dataset_of_task(&self, task: &HeadingName) -> Option<HeadingName> {
        self.context.paper.named_dataset_of_task(task.entity.as_ref()?, self.vocabulary).cloned()
    }

    /// The dataset of a table that names none: the paper's usual one among those with a task that has this metric.
    fn dataset_of_metric(&self, metric: &HeadingName) -> Option<WithConfidence<NamedDataset>> {
        let metric = metric.entity.as_ref()?.slug();
        let has_metric = |(named, _): &&(HeadingName, usize)| {
            let entity = named.entity.as_ref().and_then(|id| self.vocabulary.get(id));
            entity.is_some_and(|entity| entity.tasks.iter().any(|task| unstated::has_metric(task, metric)))
        };
        let all: Vec<&(HeadingName, usize)> = self.context.paper.dataset_counts().iter().filter(has_metric).collect();
        let named = context::usual(&all)?.clone();
        Some(WithConfidence { what: NamedDataset { named, in_heading: false }, confidence: 0.6 })
    }

    /// A heading with its own words that names no metric: `Restaurant`.
    fn unknown_heading(&self, measured: &Measured) -> Option<String> {
        let is_unknown = |heading: &&&Heading| {
            let of_system = heading.names_system || heading.is_own || heading.is_not_own || heading.is_cited;
            !of_system
        };
        let own_axis = measured.over().iter().filter(is_unknown);
        let mut words = own_axis.map(|heading| GENERIC.replace_all(&heading.rest, " ").trim().to_string());
        words.find(|rest| {
            let few = (1..=4).contains(&rest.split_whitespace().count());
            few && rest.starts_with(char::is_uppercase) && rest.len() > 1 && !AVERAGE.is_match(rest)
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn result(
        &self,
        cell: &ValueCell,
        value: &CellValue,
        metric: &HeadingName,
        sure_of_metric: f32,
        dataset: Option<&WithConfidence<NamedDataset>>,
        measured: &Measured,
        system: &TableSystem,
    ) -> ResultClaim {
        let ownership = self.ownership(measured, system);
        let sure_of_dataset = dataset.map_or(DATASET_UNSTATED, |dataset| dataset.confidence);
        let confidence =
            sure_of_metric * sure_of_dataset * ownership.confidence * self.is_final_result(measured, system);
        let in_heading = dataset.is_some_and(|dataset| dataset.what.in_heading);
        let dataset = dataset.map(|dataset| &dataset.what.named);
        let task = self.task(measured, dataset);
        let entity = dataset.and_then(|dataset| dataset.entity.clone());
        let entities = [task.clone(), entity, metric.entity.clone()].into_iter().flatten().collect();
        ResultClaim {
            system: system.name.clone(),
            own: ownership.is_own,
            task: task
                .as_ref()
                .map(|task| self.vocabulary.get(task).map_or(task.slug(), |task| &task.name).to_string()),
            dataset: dataset.map(|dataset| dataset.name.clone()),
            variant: self.variant(measured, in_heading),
            metric: self.metric_without_other_split(metric, measured),
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

    /// The metric's name without the word `test` that a caption adds, if the heading is about other data.
    fn metric_without_other_split(&self, metric: &HeadingName, measured: &Measured) -> String {
        let is_other = matches!(self.split(measured), Some(Split::Development | Split::Train));
        let plain = metric.name.strip_prefix("test ").or(metric.name.strip_prefix("Test "));
        plain.filter(|_| is_other).unwrap_or(&metric.name).to_string()
    }

    /// What the label of the system, or a heading over the value, says about it: `Previous work`, `Our models`.
    fn ownership(&self, measured: &Measured, system: &TableSystem) -> Ownership {
        let mut over = measured.over().iter();
        let anothers = over.clone().any(|heading| heading.is_not_own && !heading.is_own);
        let ours = over.any(|heading| heading.is_own && !heading.is_not_own && heading.own_name.is_none());
        let is_open = system.ownership.is_own || system.ownership.confidence < 0.9;
        match system.ownership {
            _ if anothers => Ownership { is_own: false, confidence: 0.9 },
            _ if ours && is_open => Ownership { is_own: true, confidence: 0.9 },
            ownership => ownership,
        }
    }

    /// Confidence that the value is a final result of the paper and not an intermediate one: development data, a
    /// setting that was varied, a removed part.
    fn is_final_result(&self, measured: &Measured, system: &TableSystem) -> f32 {
        let of_split = match self.split(measured) {
            None | Some(Split::Test) => 1.0,
            Some(Split::Development) => 0.5,
            Some(Split::Train) => 0.4,
        };
        let of_caption = match self.table.caption.as_str() {
            caption if BREAKDOWN.is_match(caption) => 0.3,
            caption if ON_THE_WAY.is_match(caption) && !COMPARES_OTHERS.is_match(caption) => 0.5,
            _ => 1.0,
        };
        let is_varied = system.is_number || Self::number(measured).is_some_and(|number| !YEAR.is_match(number));
        let of_label = if is_varied || system.is_reduced || system.is_run_together { 0.5 } else { 1.0 };
        of_split * of_caption * of_label
    }

    /// The number over a value: a setting that was varied, such as a share of the training data.
    fn number<'h>(measured: &'h Measured) -> Option<&'h str> {
        let nearest = measured.over().first()?;
        let is_named = !nearest.metrics.is_empty() || !nearest.datasets.is_empty();
        let nearest = Some(nearest.rest.as_str()).filter(|_| !is_named)?;
        let is_number = nearest.contains(|c: char| c.is_ascii_digit()) && !nearest.contains(char::is_alphabetic);
        is_number.then_some(nearest)
    }

    /// The number over a value with the words that say what it is, if the corner has them: `Layer 6`.
    fn numbered(&self, measured: &Measured) -> Option<String> {
        let number = Self::number(measured)?;
        let words = &self.corner.rest;
        let is_of_number = !words.is_empty() && words.split_whitespace().count() <= 3 && !GENERIC.is_match(words);
        Some(if is_of_number { format!("{words} {number}") } else { number.to_string() })
    }

    /// The index behind the name of the dataset in a heading.
    fn index_of_dataset(measured: &Measured) -> Option<String> {
        let heading = measured.over().iter().find(|heading| !heading.datasets.is_empty())?;
        INDEX_OF_DATASET.captures(&heading.rest).map(|found| found["index"].to_string())
    }

    fn split(&self, measured: &Measured) -> Option<Split> {
        measured.iter().find_map(|heading| heading.split).or(self.corner.split).or(self.context.caption.split)
    }

    /// Split, languages and sizes in the headings, else in the caption; and a heading's name for a part of the dataset.
    fn variant(&self, measured: &Measured, dataset_in_heading: bool) -> Option<String> {
        let caption = &self.context.caption;
        let mut parts: Vec<String> = Vec::new();
        let settings = measured.iter().rev().flat_map(|heading| &heading.settings);
        parts.extend(settings.cloned());
        if parts.is_empty() {
            parts.extend(caption.settings.iter().take(1).cloned());
        }
        let is_said = |rest: &String| parts.iter().any(|part| part.eq_ignore_ascii_case(rest));
        let is_new = |rest: &String| !is_said(rest) && (parts.is_empty() || !heading::is_direction(rest));
        let unknown = self.unknown_heading(measured).filter(is_new);
        if !dataset_in_heading && let Some(rest) = unknown {
            parts.push(rest);
        } else if let Some(setting) = self.setting(measured) {
            parts.push(setting);
        }
        parts.extend(self.part_of_dataset(measured));
        parts.extend(Self::index_of_dataset(measured));
        parts.extend(self.numbered(measured));
        let split = self.split(measured);
        // Results are on the test split unless they say otherwise.
        parts.extend(split.filter(|split| *split != Split::Test).map(|split| split.as_str().to_string()));
        parts.dedup();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The part of the dataset in a heading in lower case, next to headings of other parts: `clean` beside `other`.
    fn part_of_dataset(&self, measured: &Measured) -> Option<String> {
        let is_part = |heading: &Heading| {
            let names = !heading.metrics.is_empty() || !heading.datasets.is_empty() || !heading.tasks.is_empty();
            PART_OF_DATASET.is_match(&heading.rest)
                && !names
                && !heading.names_system
                && !AVERAGE.is_match(&heading.rest)
        };
        let part = measured.over().iter().find(|heading| is_part(heading))?;
        let axis = self.measured_axis();
        let others = axis.iter().flatten().any(|heading| is_part(heading) && heading.rest != part.rest);
        others.then(|| part.rest.clone())
    }

    /// What a system was combined with, according to a heading over the value: a network, a number of layers. Else the
    /// network with which the caption begins: `FooNet on ImageNet`.
    fn setting(&self, measured: &Measured) -> Option<String> {
        let of_heading = measured.over().iter().find_map(|heading| {
            let says_else = !heading.metrics.is_empty() || !heading.datasets.is_empty() || heading.is_own;
            let is_others = heading.is_cited || heading.is_not_own;
            let is_setting = heading.names_system && !is_others || LAYERS.is_match(&heading.rest);
            let few = heading.rest.split_whitespace().count() <= 4;
            (is_setting && few && !says_else).then(|| heading.rest.clone())
        });
        of_heading.or_else(|| {
            let name = LEADING_NAME.captures(&self.table.caption)?.get(1)?.as_str();
            let system = self.context.caption.first_system.as_deref()?;
            name.contains(system).then(|| name.to_string())
        })
    }

    fn task(&self, measured: &Measured, dataset: Option<&HeadingName>) -> Option<EntityId> {
        let named = measured.iter().find_map(|heading| heading.tasks.first());
        let named = named.or(self.context.caption.tasks.first());
        if let Some(id) = named.and_then(|named| named.entity.clone()) {
            return Some(id);
        }
        let entity = dataset.and_then(|dataset| self.vocabulary.get(dataset.entity.as_ref()?));
        let of_dataset: Vec<&EntityId> = entity.map(|entity| entity.tasks.iter().collect()).unwrap_or_default();
        let usual = self.context.paper.tasks().iter().filter_map(|task| task.entity.as_ref());
        // Among the tasks of a dataset, the one that the paper names.
        let both = usual.clone().find(|task| of_dataset.contains(task));
        both.or(of_dataset.first().copied()).or_else(|| usual.clone().next()).cloned()
    }
}

/// The only dataset of the paper for which a heading can be a short form.
fn dataset_of_short_form<'p>(heading: &str, paper: &'p PaperContext) -> Option<&'p HeadingName> {
    let mut all = paper.datasets().filter(|named| short::is_short_form(heading, &named.name));
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Names the datasets of headings that are short forms, if one axis has those of several: `SE2`, `SE13`. One alone can
/// be a system.
fn name_short_forms(axis: &mut [Vec<Heading>], paper: &PaperContext) {
    let short_form = |heading: &Heading| {
        let is_of_system = heading.names_system || heading.is_own || heading.is_cited || heading.is_not_own;
        let names = !heading.metrics.is_empty() || !heading.datasets.is_empty();
        let is_one_word = heading.rest.starts_with(char::is_uppercase) && !heading.rest.contains(' ');
        (is_one_word && !is_of_system && !names).then(|| dataset_of_short_form(&heading.rest, paper)).flatten()
    };
    let found: Vec<&HeadingName> = axis.iter().flatten().filter_map(&short_form).collect();
    if found.iter().all(|named| named.name == found[0].name) {
        return;
    }
    for heading in axis.iter_mut().flatten() {
        if let Some(named) = short_form(heading) {
            heading.datasets.push(named.clone());
            heading.rest.clear();
        }
    }
}

/// A label that cites a reference is the name of a system, even if a metric has the same name: `LAS [12]`.
fn take_cited_metrics(rows: &mut [Vec<Heading>], cites: &[bool]) {
    for (headings, cites) in rows.iter_mut().zip(cites) {
        if let Some(label) = headings.last_mut().filter(|label| *cites || label.is_cited)
            && !label.metrics.is_empty()
        {
            label.metrics.clear();
            label.rest.clone_from(&label.text);
        }
    }
}

/// Whether the metric can have this value: shares and scores end at a hundred, perplexity begins at one.
fn plausible(value: &CellValue, metric: &HeadingName) -> bool {
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

/// For each column, or each row if columns are systems, whether its values are counts: two or more whole numbers, while
/// most values under headings that name a metric are not whole.
fn counts(layout: &TableLayout, axis: &[Vec<Heading>], is_column: bool) -> Vec<bool> {
    // The numbers of all values and of whole ones.
    let mut tallies = vec![(0_usize, 0_usize); axis.len()];
    for cell in &layout.cells {
        let is_whole = cell.values.iter().all(|value| !value.shown.contains(['.', '%']));
        let (all, whole) = &mut tallies[if is_column { cell.column } else { cell.row }];
        *all += 1;
        *whole += usize::from(is_whole);
    }
    let names_metric = |headings: &[Heading]| headings.last().is_some_and(|heading| !heading.metrics.is_empty());
    let of_metrics = tallies.iter().zip(axis).filter(|(_, headings)| names_metric(headings));
    let (all, whole) = of_metrics.fold((0, 0), |(all, whole), (of_one, _)| (all + of_one.0, whole + of_one.1));
    let are_broken = all > whole * 2;
    tallies.iter().map(|&(all, whole)| are_broken && all >= 2 && whole == all).collect()
}

/// Whether half of the headings over values name a metric, or more.
fn has_metric_headings(layout: &TableLayout, axis: &[Vec<Heading>], is_column: bool) -> bool {
    let mut has_values = vec![false; axis.len()];
    for cell in &layout.cells {
        has_values[if is_column { cell.column } else { cell.row }] = true;
    }
    let of_values = axis.iter().zip(has_values).filter(|(_, has_values)| *has_values);
    let last: Vec<&Heading> = of_values.filter_map(|(headings, _)| headings.last()).collect();
    let named = last.iter().filter(|heading| !heading.metrics.is_empty()).count();
    named > 0 && named * 2 >= last.len()
}

/// Whether rows are systems: they are, unless columns are marked as systems and rows are not.
fn systems_in_rows(layout: &TableLayout, rows: &[Vec<Heading>], columns: &[Vec<Heading>]) -> bool {
    let score = |axis: &[Vec<Heading>], used: &dyn Fn(usize) -> bool| {
        let has_own_group = axis.iter().any(|headings| over_metric(headings).any(|heading| heading.is_own));
        let used = axis.iter().enumerate().filter(|(at, _)| used(*at));
        let used: Vec<f32> = used.map(|(_, headings)| likeness(headings, has_own_group)).collect();
        if used.is_empty() { 0.0 } else { used.iter().sum::<f32>() / used.len() as f32 }
    };
    let of_rows = score(rows, &|at| layout.cells.iter().any(|cell| cell.row == at));
    let of_columns = score(columns, &|at| layout.cells.iter().any(|cell| cell.column == at));
    of_columns <= of_rows + 0.3
}

/// Whether a label is running text: many words, most of them in lower case.
fn is_sentence(label: &str) -> bool {
    let words: Vec<&str> = label.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).collect();
    let small =
        words.iter().filter(|word| word.chars().all(|c| c.is_lowercase() || matches!(c, '\'' | ',' | '.'))).count();
    words.len() >= 9 && small * 4 >= words.len() * 3
}

/// The headings over one that names a metric, without those of datasets: `FooNet` over `MSE` and `MAE`.
fn over_metric(headings: &[Heading]) -> impl Iterator<Item = &Heading> {
    let over = headings.split_last().filter(|(last, _)| !last.metrics.is_empty()).map(|(_, over)| over);
    over.unwrap_or_default().iter().filter(|heading| heading.datasets.is_empty())
}

/// How much headings look like headings of systems, from -1 to 1. `has_own_group`: whether the paper's own system is
/// over metrics on the same axis; then the others over metrics are systems too.
fn likeness(headings: &[Heading], has_own_group: bool) -> f32 {
    // A number is a setting.
    if headings.last().is_some_and(|label| !label.rest.is_empty() && !label.rest.contains(char::is_alphabetic)) {
        return -0.5;
    }
    let any = |test: fn(&Heading) -> bool| headings.iter().any(test);
    let measures = any(|heading| {
        !heading.metrics.is_empty() || !heading.datasets.is_empty() || heading.split.is_some() || heading.is_direction
    });
    let is_system = any(|heading| heading.is_own || heading.is_cited || heading.is_not_own);
    let is_over_metric =
        over_metric(headings).any(|heading| heading.names_system || has_own_group && !heading.rest.is_empty());
    if is_system && measures {
        0.0
    } else if measures && is_over_metric {
        -0.1
    } else if is_system {
        1.0
    } else if measures {
        -1.0
    } else if any(|heading| heading.names_system) {
        0.8
    } else {
        0.1
    }
}
