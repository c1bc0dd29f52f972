//! The labels of a paper, by a person or by an extraction: the part of the record that is scored.

use std::collections::HashMap;
use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use crate::extract::Extraction;
use crate::vocabulary::Kind;

/// The scored part of one paper's record. Only extractions have ids; labels by people have none.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct LabelledPaper {
    pub title: String,
    #[serde(default)]
    pub(super) mentions: Vec<LabelledMention>,
    #[serde(default)]
    pub(super) introduces: Vec<LabelledName>,
    #[serde(default)]
    pub(super) repos: Vec<String>,
    #[serde(default)]
    pub(super) pages: Vec<String>,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) hardware: Vec<LabelledDevice>,
    #[serde(default)]
    pub(super) results: Vec<LabelledResult>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LabelledMention {
    #[serde(default)]
    pub entity: Option<String>,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LabelledName {
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LabelledDevice {
    pub name: String,
    #[serde(default)]
    pub count: Option<f64>,
    #[serde(default)]
    pub memory_gb: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LabelledResult {
    #[serde(default)]
    pub dataset: Option<String>,
    pub metric: String,
    /// Usually a string; records from other programs have numbers too.
    #[serde(default)]
    pub value: Value,
}

impl LabelledResult {
    pub(super) fn value(&self) -> String {
        match &self.value {
            Value::String(value) => value.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

impl From<&Extraction> for LabelledPaper {
    fn from(extraction: &Extraction) -> Self {
        Self {
            title: extraction.paper.title.clone(),
            mentions: extraction
                .mentions
                .iter()
                .map(|m| LabelledMention {
                    entity: Some(m.entity.to_string()),
                    name: m.name.clone(),
                    kind: m.kind,
                    text: m.text.clone(),
                })
                .collect(),
            introduces: extraction.introduces.iter().map(|c| LabelledName { name: c.name.clone() }).collect(),
            repos: extraction.repos.iter().map(ToString::to_string).collect(),
            pages: extraction.pages.clone(),
            code: Some(extraction.code.as_str().to_string()),
            hardware: extraction
                .hardware
                .iter()
                .map(|h| LabelledDevice {
                    name: h.name.clone(),
                    count: h.count.map(f64::from),
                    memory_gb: h.memory_gb.map(f64::from),
                })
                .collect(),
            results: extraction
                .results
                .iter()
                .map(|r| LabelledResult {
                    dataset: r.dataset.clone(),
                    metric: r.metric.clone(),
                    value: Value::String(r.value.clone()),
                })
                .collect(),
        }
    }
}

/// A line without labels. It is an error, because scores with a missing line would mislead.
#[derive(Debug, thiserror::Error)]
#[error("{line}: {message}")]
pub(crate) struct LabelsError {
    /// Line number, from 1.
    pub line: usize,
    pub message: String,
}

/// Reads JSON Lines of labels or extraction records. If two lines have the same title, the later one replaces the
/// first.
///
/// # Errors
/// If a line cannot be read or holds no labels; the error names the first such line.
pub(crate) fn read_labels(reader: impl BufRead) -> Result<Vec<LabelledPaper>, LabelsError> {
    let mut all: Vec<LabelledPaper> = Vec::new();
    let mut by_title: HashMap<String, usize> = HashMap::new();
    for (i, line) in reader.lines().enumerate() {
        let fail = |message: String| LabelsError { line: i + 1, message };
        let line = line.map_err(|e| fail(format!("cannot read: {e}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let labels: LabelledPaper = serde_json::from_str(line.trim()).map_err(|e| {
            let message = e.to_string();
            fail(format!("not a labelled paper: {}", message.split(" at line ").next().unwrap_or(&message)))
        })?;
        match by_title.entry(title_key(&labels.title)) {
            std::collections::hash_map::Entry::Occupied(known) => all[*known.get()] = labels,
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(all.len());
                all.push(labels);
            }
        }
    }
    Ok(all)
}

/// The key by which papers are paired: the title's words of ASCII letters and digits, in lower case.
pub(super) fn title_key(title: &str) -> String {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named() {
        let text = "{\"title\": \"A\"}\n\n{\"title\": \"B\", \"mentions\": [{\"name\": \"x\", \"text\": \"x\", \"type\": \"city\"}]}";
        let error = read_labels(text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("3: not a labelled paper: unknown variant `city`"), "{error}");
    }

    #[test]
    fn the_later_of_two_lines_holds() {
        let labels = read_labels("{\"title\": \"A b\"}\n{\"title\": \"A-B\", \"code\": \"link\"}".as_bytes()).unwrap();
        assert_eq!(labels.len(), 1);
        assert_eq!(labels[0].code.as_deref(), Some("link"));
    }
}
