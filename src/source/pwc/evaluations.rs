//! `evaluation-tables`: each element is a task with its tables and its subtasks, which have tables too. Each row has a
//! model's figures on a dataset; the rows of one paper in one element are one record.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::super::facts::{add_repository, date, identify_by_url, titled};
use super::super::json;
use super::super::place::{RecordResult, SkippedRecord};
use crate::paper::{DeclaredResult, Paper};
use crate::text::single_spaced;

#[derive(Deserialize)]
struct EvaluatedTask {
    task: Option<String>,
    subtasks: Option<Vec<EvaluatedTask>>,
    datasets: Option<Vec<EvaluatedDataset>>,
}

#[derive(Deserialize)]
struct EvaluatedDataset {
    #[serde(alias = "subdataset")]
    dataset: Option<String>,
    sota: Option<EvaluationTable>,
    subdatasets: Option<Vec<EvaluatedDataset>>,
}

#[derive(Deserialize)]
struct EvaluationTable {
    rows: Option<Vec<EvaluationRow>>,
}

#[derive(Deserialize)]
struct EvaluationRow {
    model_name: Option<String>,
    paper_title: Option<String>,
    paper_url: Option<String>,
    paper_date: Option<String>,
    code_links: Option<Vec<CodeLink>>,
    metrics: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct CodeLink {
    url: Option<String>,
}

pub(in crate::source) fn read(record: Vec<u8>) -> RecordResult {
    let task: EvaluatedTask = json::parse(&record)?;
    let mut papers = EvaluatedPapers::default();
    papers.task(&task);
    if papers.papers.is_empty() {
        let name = task.task.unwrap_or_default();
        return Err(SkippedRecord::not_a_paper(format!("no table of the task `{name}` names a paper")));
    }
    Ok(papers.papers)
}

#[derive(Default)]
struct EvaluatedPapers {
    papers: Vec<Paper>,
    /// By address and title.
    numbers: HashMap<(String, String), usize>,
}

impl EvaluatedPapers {
    /// The depth that serde_json reads, as a limit.
    fn task(&mut self, task: &EvaluatedTask) {
        for dataset in task.datasets.iter().flatten() {
            self.dataset(task.task.as_deref(), dataset);
        }
        for below in task.subtasks.iter().flatten() {
            self.task(below);
        }
    }

    fn dataset(&mut self, task: Option<&str>, dataset: &EvaluatedDataset) {
        for row in dataset.sota.iter().filter_map(|table| table.rows.as_ref()).flatten() {
            self.row(task, dataset.dataset.as_deref(), row);
        }
        for below in dataset.subdatasets.iter().flatten() {
            self.dataset(task, below);
        }
    }

    fn row(&mut self, task: Option<&str>, dataset: Option<&str>, row: &EvaluationRow) {
        let title = row.paper_title.as_deref().unwrap_or_default();
        let url = row.paper_url.as_deref().unwrap_or_default();
        let key = (url.to_string(), title.to_string());
        let at = match self.numbers.get(&key) {
            Some(at) => *at,
            None => {
                // A row that names no paper is about a model without one.
                let Ok(mut paper) = titled(title) else { return };
                identify_by_url(&mut paper, url);
                paper.published = row.paper_date.as_deref().and_then(date);
                self.papers.push(paper);
                self.numbers.insert(key, self.papers.len() - 1);
                self.papers.len() - 1
            }
        };
        let Some(paper) = self.papers.get_mut(at) else { return };
        for link in row.code_links.iter().flatten().filter_map(|link| link.url.as_deref()) {
            add_repository(paper, link, None, None);
        }
        let named = |name: Option<&str>| name.map(single_spaced).filter(|name| !name.is_empty());
        for (metric, value) in row.metrics.iter().flatten() {
            let value = match value {
                serde_json::Value::String(text) => single_spaced(text),
                serde_json::Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if value.is_empty() || value == "-" {
                continue;
            }
            let result = DeclaredResult {
                task: named(task),
                dataset: named(dataset),
                metric: single_spaced(metric),
                model: named(row.model_name.as_deref()),
                value,
            };
            if !paper.declared.results.contains(&result) {
                paper.declared.results.push(result);
            }
        }
    }
}
