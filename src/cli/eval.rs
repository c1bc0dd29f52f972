use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::collection::Collection;
use crate::eval::{self, ConfusionCounts, ExtractionScores, LabelledPaper, MeasureCounts, ScoreMeasure, ScoredError};
use crate::extract::ConfidenceLimits;
use crate::text::beginning;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::input::{self, InputArgs};
use super::{CommandContext, table};

/// Measure the extraction against labels that people made
///
/// GOLD holds one labelled paper a line: title, mentions (text, name, type), introduces, repos, pages, hardware,
/// results and code, as `kg extract` prints them. The papers of the INPUTs are read as `kg extract` reads them and
/// paired with the labels by title; papers without labels do not count.
///
/// Within a paper, an entity counts as found when one of the same kind has its name, or shares or contains its words.
/// Models count as methods, except in the strict figures. "id consistency" is the share of linked entities whose name
/// has the same id in all papers.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EvalArgs {
    /// Labelled papers, JSON Lines
    #[arg(value_name = "GOLD")]
    gold: PathBuf,
    #[command(flatten)]
    inputs: InputArgs,
    /// The INPUTs are output of `kg extract`: score it unchanged
    #[arg(long, conflicts_with_all = ["from", "as_of"])]
    predicted: bool,
    /// List false negatives (-) and false positives (+), worst papers first: a kind, introduces, repos, pages,
    /// hardware-use, results or code
    #[arg(long, value_name = "KIND", conflicts_with = "folds")]
    errors: Option<ScoreMeasure>,
    /// Also split the papers into N parts by a hash of their titles, and show how F1 varies
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::PLAIN), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg eval gold.jsonl listing.txt
  kg eval gold.jsonl listing.txt --errors dataset
  kg eval gold.jsonl listing.txt --folds 5
  kg extract listing.txt > papers.jsonl; kg eval gold.jsonl --predicted papers.jsonl
  kg eval gold.jsonl listing.txt --format json | jq '.figures.dataset.f1'";

/// With more folds than this, only the extremes are shown; the columns would not fit on a page.
const FOLD_COLUMNS: usize = 6;

impl EvalArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let gold = read(&self.gold)?;
        if gold.is_empty() {
            return Err(CommandFailure::new(format!("{} holds no labelled paper", self.gold.display())));
        }
        let predicted = self.predictions(context)?;
        let scores = eval::score_extractions(&gold, &predicted);
        let folds: Vec<ExtractionScores> = match self.folds {
            Some(n) => eval::split_by_title(&gold, n.into())
                .iter()
                .map(|part| eval::score_extractions(part, &predicted))
                .collect(),
            None => Vec::new(),
        };
        if scores.found < scores.papers {
            context.say(&format!("{} of {} labelled papers found in the inputs", scores.found, scores.papers));
        }
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => format::json(&mut out, &self.answer(&scores, &folds))?,
            _ if folds.is_empty() => self.table(&mut out, &scores)?,
            _ => table_of_folds(&mut out, &scores, &folds)?,
        }
        out.flush()?;
        Ok(())
    }

    fn predictions(&self, context: &CommandContext) -> Result<Vec<LabelledPaper>, CommandFailure> {
        if self.predicted {
            let files: Result<Vec<_>, _> = self.inputs.paths().iter().map(|path| read(path)).collect();
            return Ok(files?.concat());
        }
        let mut collection = Collection::default();
        let reading = self.inputs.read_into(&mut collection, context)?;
        if reading.skipped > 0 {
            context.say(&input::skipped(reading.skipped));
        }
        let extractions = input::extract(collection, context.vocabulary()?, ConfidenceLimits::default(), context)?;
        Ok(extractions.iter().map(LabelledPaper::from).collect())
    }

    fn table(&self, out: &mut dyn Write, scores: &ExtractionScores) -> Result<(), CommandFailure> {
        let heading = ["", "P", "R", "F1", "found", "wrong", "missed"].map(str::to_string);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for figure in &scores.figures {
            let ConfusionCounts { found, wrong, missed } = figure.counts;
            let mut row = vec![figure.measure.to_string()];
            row.extend([figure.counts.precision(), figure.counts.recall(), Some(figure.counts.f1())].map(three));
            row.extend([found, wrong, missed].map(|n| n.to_string()));
            rows.push(row);
        }
        if let Some(consistency) = scores.id_consistency {
            rows.push(vec!["id consistency".to_string(), three(Some(consistency))]);
        }
        table::print(out, &heading, &rows, table::width())?;
        if let Some(measure) = self.errors {
            writeln!(out)?;
            let misses = scores.misses(measure);
            if misses.is_empty() {
                writeln!(out, "no errors of {measure}")?;
            }
            let heading = ["", &measure.to_string(), "words", "paper"].map(str::to_string);
            let rows: Vec<Vec<String>> = misses
                .iter()
                .map(|m| {
                    vec![
                        m.sign.to_string(),
                        m.name.clone(),
                        m.surfaces.join(", "),
                        beginning(&m.title, 60).into_owned(),
                    ]
                })
                .collect();
            table::print(out, &heading, &rows, table::width())?;
        }
        Ok(())
    }

    fn answer(&self, scores: &ExtractionScores, folds: &[ExtractionScores]) -> EvalAnswer {
        let spread = |figure: &MeasureCounts| {
            let (f1_mean, f1_deviation) = mean_and_deviation(&f1_of_folds(folds, figure.measure));
            (figure.measure.to_string(), F1Spread { f1_mean, f1_deviation })
        };
        let error = |miss: &ScoredError| LabelError {
            sign: miss.sign.to_string(),
            name: miss.name.clone(),
            words: miss.surfaces.clone(),
            title: miss.title.clone(),
        };
        EvalAnswer {
            all: MeasuredPapers::of(scores),
            folds: (!folds.is_empty()).then(|| folds.iter().map(MeasuredPapers::of).collect()),
            spread: (!folds.is_empty()).then(|| scores.figures.iter().map(spread).collect()),
            errors: self.errors.map(|measure| scores.misses(measure).into_iter().map(error).collect()),
        }
    }
}

/// What `kg eval --format json` prints.
#[derive(Serialize, JsonSchema)]
pub(super) struct EvalAnswer {
    #[serde(flatten)]
    all: MeasuredPapers,
    /// The same figures for each part of the papers (`--folds`).
    #[serde(skip_serializing_if = "Option::is_none")]
    folds: Option<Vec<MeasuredPapers>>,
    /// The variation of F1 between the parts, by measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<BTreeMap<String, F1Spread>>,
    /// False negatives and false positives (`--errors`), worst papers first.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<LabelError>>,
}

/// The figures of some labelled papers.
#[derive(Serialize, JsonSchema)]
struct MeasuredPapers {
    /// The number of labelled papers.
    papers: usize,
    /// How many of them the inputs have.
    found: usize,
    /// The share of linked entities whose name has the same id in all papers.
    id_consistency: Option<f64>,
    /// By measure: a kind, `ALL ENTITIES`, `introduces`, `repos`, `pages`, `hardware use`, `results`, `code`.
    figures: BTreeMap<String, MeasuredFigure>,
}

/// Precision, recall and the counts behind them.
#[derive(Serialize, JsonSchema)]
struct MeasuredFigure {
    /// `null` if nothing was extracted.
    precision: Option<f64>,
    /// `null` if nothing is labelled.
    recall: Option<f64>,
    f1: f64,
    found: usize,
    wrong: usize,
    missed: usize,
}

/// The variation of F1 between parts of the papers.
#[derive(Serialize, JsonSchema)]
struct F1Spread {
    f1_mean: Option<f64>,
    /// The sample standard deviation.
    f1_deviation: Option<f64>,
}

/// A difference between labels and extraction.
#[derive(Serialize, JsonSchema)]
struct LabelError {
    /// `-` for a false negative, `+` for a false positive.
    sign: String,
    name: String,
    /// The words of the text.
    words: Vec<String>,
    /// The title of the paper.
    title: String,
}

impl MeasuredPapers {
    fn of(scores: &ExtractionScores) -> Self {
        let figure = |figure: &MeasureCounts| {
            let counts = figure.counts;
            let ConfusionCounts { found, wrong, missed } = counts;
            let (precision, recall, f1) = (counts.precision(), counts.recall(), counts.f1());
            (figure.measure.to_string(), MeasuredFigure { precision, recall, f1, found, wrong, missed })
        };
        Self {
            papers: scores.papers,
            found: scores.found,
            id_consistency: scores.id_consistency,
            figures: scores.figures.iter().map(figure).collect(),
        }
    }
}

fn read(path: &Path) -> Result<Vec<LabelledPaper>, CommandFailure> {
    let shown = path.display();
    let labels = if path == Path::new("-") {
        eval::read_labels(io::stdin().lock())
    } else {
        let file = File::open(path).map_err(|e| CommandFailure::new(format!("cannot open {shown}: {e}")))?;
        eval::read_labels(BufReader::new(file))
    };
    labels.map_err(|e| {
        CommandFailure::new(format!("{shown}:{e}"))
            .help("a labelled paper is an object with `title`, `mentions` and so on, as `kg extract` prints it")
    })
}

/// F1 of each measure in each fold, with mean and standard deviation.
fn table_of_folds(
    out: &mut dyn Write,
    scores: &ExtractionScores,
    folds: &[ExtractionScores],
) -> Result<(), CommandFailure> {
    let columns = folds.len() <= FOLD_COLUMNS;
    let mut heading = ["F1", "all", "mean", "±"].map(str::to_string).to_vec();
    if columns {
        heading.extend((1..=folds.len()).map(|i| format!("fold {i}")));
    } else {
        heading.extend(["least", "most"].map(str::to_string));
    }
    let mut rows = Vec::new();
    for figure in &scores.figures {
        let values = f1_of_folds(folds, figure.measure);
        let present: Vec<f64> = values.iter().flatten().copied().collect();
        let (mean, deviation) = mean_and_deviation(&values);
        let mut row = vec![figure.measure.to_string(), three(Some(figure.counts.f1())), three(mean), three(deviation)];
        if columns {
            row.extend(values.iter().map(|value| three(*value)));
        } else {
            row.push(three(present.iter().copied().reduce(f64::min)));
            row.push(three(present.iter().copied().reduce(f64::max)));
        }
        rows.push(row);
    }
    let mut papers = vec!["papers".to_string(), scores.papers.to_string(), String::new(), String::new()];
    if columns {
        papers.extend(folds.iter().map(|fold| fold.papers.to_string()));
    }
    rows.push(papers);
    Ok(table::print(out, &heading, &rows, table::width())?)
}

/// `None` for a fold in which neither the labels nor the extraction have anything for this measure.
fn f1_of_folds(folds: &[ExtractionScores], measure: ScoreMeasure) -> Vec<Option<f64>> {
    folds
        .iter()
        .map(|fold| fold.get(measure).filter(|c| c.found + c.wrong + c.missed > 0).map(ConfusionCounts::f1))
        .collect()
}

/// Mean and sample standard deviation of the values that exist.
fn mean_and_deviation(values: &[Option<f64>]) -> (Option<f64>, Option<f64>) {
    let values: Vec<f64> = values.iter().flatten().copied().collect();
    if values.is_empty() {
        return (None, None);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (Some(mean), (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()))
}

fn three(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_string(), |value| format!("{value:.3}"))
}
