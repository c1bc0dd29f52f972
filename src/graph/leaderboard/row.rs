use std::sync::Arc;

use crate::graph::Node;
use crate::index::StatedRepository;
use crate::liveness::Verdict;
use crate::paper::PartialDate;

/// One result of a board.
#[derive(Debug, Clone)]
pub struct BoardRow {
    /// The paper that states it.
    pub paper: Arc<Node>,
    pub system: Option<String>,
    /// Whether it is a result of the paper's own system; a result that a source states is.
    pub own: bool,
    /// As written: `69.48`, `81.2%`.
    pub value: String,
    /// The number in the value; as a percentage if the board has percentages.
    pub number: Option<f64>,
    pub deviation: Option<String>,
    pub source: ResultSource,
    /// Name of the part of the paper that states it: `result-2`.
    pub(super) part: String,
    /// Confidence that a table states it, 0 to 1.
    pub confidence: Option<f32>,
    /// The paper's code; `None` if it names no repository, or if the code was not read.
    pub code: Option<ResultCode>,
    /// The paper's repositories.
    pub(super) repositories: Arc<[StatedRepository]>,
    /// Number of further rows of the same system that were merged into it: worse figures of the paper, or other papers
    /// that cite the figure.
    pub repeated: usize,
}

/// Where a result is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultSource {
    /// A sentence of the paper in readable form, and its field: `abstract`, `section-3`. `None` if it was not read.
    Sentence { field: String, text: Option<String> },
    /// A cell of the paper: `Table 2, row 5`.
    Table(String),
    /// Sources that state it, as `file:line`; empty if they were not read.
    Stated(Vec<String>),
}

/// A repository of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultCode {
    pub url: String,
    /// Whether the paper or a source says that it is the authors' own.
    pub is_official: bool,
    /// Outcome of the last check; `None` if there was none.
    pub verdict: Option<Verdict>,
    pub is_dead: bool,
}

impl ResultCode {
    /// Whether it is the authors' own and was alive at the last check.
    pub fn is_runnable(&self) -> bool {
        self.is_official && !self.is_dead && self.verdict.is_some_and(Verdict::is_live)
    }

    /// `official, alive`, `unofficial, not checked`.
    pub fn state(&self) -> String {
        let whose = if self.is_official { "official" } else { "unofficial" };
        let verdict = match (self.is_dead, self.verdict) {
            (true, _) => "dead".to_string(),
            (false, Some(verdict)) => verdict.to_string(),
            (false, None) => "not checked".to_string(),
        };
        format!("{whose}, {verdict}")
    }
}

impl BoardRow {
    pub fn new(paper: impl Into<Arc<Node>>, value: String) -> Self {
        Self {
            number: number(&value),
            paper: paper.into(),
            system: None,
            own: true,
            value,
            deviation: None,
            source: ResultSource::Sentence { field: String::new(), text: None },
            part: String::new(),
            confidence: None,
            code: None,
            repositories: Arc::default(),
            repeated: 0,
        }
    }

    /// Where the result is stated: `Table 2, row 5`, `abstract`, `file:line`.
    pub fn place(&self) -> String {
        match &self.source {
            ResultSource::Sentence { field, .. } => field.clone(),
            ResultSource::Table(place) => place.clone(),
            ResultSource::Stated(sources) => sources.join("; "),
        }
    }

    /// The sentence that states it; `None` for a table or a source.
    pub fn sentence(&self) -> Option<&str> {
        match &self.source {
            ResultSource::Sentence { text, .. } => text.as_deref(),
            ResultSource::Table(_) | ResultSource::Stated(_) => None,
        }
    }

    /// When the result certainly existed: for a system of others, the date of the paper that cites it.
    pub fn since(&self) -> Option<PartialDate> {
        self.paper.date
    }

    /// The number without its spelling, for comparing.
    pub(super) fn figure(&self) -> String {
        self.number.map_or_else(|| self.value.clone(), |number| format!("{number:.6}"))
    }
}

/// Converts fractions to percentages if most values of the board are percentages: 0.812 next to 79.5 is 81.2.
pub(super) fn bring_to_percent(rows: &mut [BoardRow]) {
    let numbers: Vec<f64> = rows.iter().filter_map(|row| row.number).collect();
    let percentages = numbers.iter().filter(|n| **n > 1.5 && **n <= 100.0).count();
    let fractions = numbers.iter().filter(|n| (0.0..=1.0).contains(*n)).count();
    if percentages <= fractions || percentages + fractions < numbers.len() {
        return;
    }
    for row in rows {
        // `0.9%` is marked as a percentage and stays below one.
        let is_fraction = row.value.contains('.') && !row.value.contains('%');
        row.number = row.number.map(|n| if is_fraction && (0.0..=1.0).contains(&n) { n * 100.0 } else { n });
    }
}

/// The number at the beginning of a value: 81.2 in `81.2%`, 1024 in `1,024`, 24 in `24M`.
fn number(value: &str) -> Option<f64> {
    let value = value.trim().replace(',', "");
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+')).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::NodeKind;

    #[test]
    fn a_value_is_read_up_to_its_unit() {
        assert_eq!(number("81.2%"), Some(81.2));
        assert_eq!(number("1,024 ms"), Some(1024.0));
        assert_eq!(number("-0.3"), Some(-0.3));
        assert_eq!(number("state of the art"), None);
    }

    #[test]
    fn fractions_among_percentages_are_percentages() {
        let rows = |values: &[&str]| {
            let row = |value: &&str| {
                BoardRow::new(Node::new(NodeKind::Paper, String::new(), String::new()), value.to_string())
            };
            let mut rows: Vec<BoardRow> = values.iter().map(row).collect();
            bring_to_percent(&mut rows);
            rows.into_iter().filter_map(|row| row.number).collect::<Vec<_>>()
        };
        assert_eq!(rows(&["79.5", "0.812", "77.0"]), [79.5, 81.2, 77.0]);
        assert_eq!(rows(&["0.5", "0.812", "77.0"]), [0.5, 0.812, 77.0]);
        assert_eq!(rows(&["120.1", "0.9", "77.0"]), [120.1, 0.9, 77.0]);
    }
}
