//! Statements of a source beside the text: code, datasets, tasks, methods and results that a curator entered.

use serde::{Deserialize, Serialize};

/// Statements of sources, never mixed with what is extracted from the text.
/// [`SourceLocation::states`](super::SourceLocation::states) lists the keys of the items that each source states.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Declared {
    /// Code repositories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<DeclaredRepository>,
    /// Datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<DeclaredName>,
    /// Tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// Methods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Results of systems on datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<DeclaredResult>,
}

/// A code repository that a source ties to the paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct DeclaredRepository {
    /// Address of the repository.
    pub url: String,
    /// Whether the paper's authors wrote it; `None` if the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<bool>,
    /// The framework as the source writes it: `pytorch`, `tf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
}

/// A dataset that a source ties to the paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct DeclaredName {
    /// Name as the source writes it.
    pub name: String,
    /// Web address, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One row of a results table that names the paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct DeclaredResult {
    /// Name of the task, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Name of the dataset, if it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// Name of the system, if it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The value as the table gives it: `69.48`, `79.9%`.
    pub value: String,
}

impl Declared {
    /// Whether the sources state nothing.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The key of each item, in order.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let repositories = self.repositories.iter().map(DeclaredRepository::key);
        let datasets = self.datasets.iter().map(DeclaredName::key);
        let tasks = self.tasks.iter().map(|task| task_key(task));
        let methods = self.methods.iter().map(|method| method_key(method));
        let results = self.results.iter().map(DeclaredResult::key);
        repositories.chain(datasets).chain(tasks).chain(methods).chain(results)
    }

    /// Adds the statements in `other`. For an item in both, existing details are kept.
    pub fn join(&mut self, other: Self) {
        for repository in other.repositories {
            match self.repositories.iter_mut().find(|known| known.url == repository.url) {
                Some(known) => {
                    known.official = known.official.or(repository.official);
                    known.framework = known.framework.take().or(repository.framework);
                }
                None => self.repositories.push(repository),
            }
        }
        for dataset in other.datasets {
            match self.datasets.iter_mut().find(|known| known.name == dataset.name) {
                Some(known) => known.url = known.url.take().or(dataset.url),
                None => self.datasets.push(dataset),
            }
        }
        add_new(&mut self.tasks, other.tasks);
        add_new(&mut self.methods, other.methods);
        add_new(&mut self.results, other.results);
    }

    /// Keeps the items whose key is wanted. Used when the contribution of a source is removed.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.repositories.retain(|item| wanted(&item.key()));
        self.datasets.retain(|item| wanted(&item.key()));
        self.tasks.retain(|item| wanted(&task_key(item)));
        self.methods.retain(|item| wanted(&method_key(item)));
        self.results.retain(|item| wanted(&item.key()));
    }
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, new: Vec<T>) {
    for item in new {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}

impl DeclaredRepository {
    /// A key that is equal for equal statements.
    pub fn key(&self) -> String {
        format!("repository {}", self.url)
    }
}

impl DeclaredName {
    /// A key that is equal for equal statements.
    pub fn key(&self) -> String {
        format!("dataset {}", self.name)
    }
}

impl DeclaredResult {
    /// A key that is equal for equal statements.
    pub fn key(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_string());
        let (task, dataset, model) = (part(&self.task), part(&self.dataset), part(&self.model));
        format!("result {task} | {dataset} | {model} | {} = {}", self.metric, self.value)
    }
}

pub(crate) fn task_key(name: &str) -> String {
    format!("task {name}")
}

pub(crate) fn method_key(name: &str) -> String {
    format!("method {name}")
}

pub(crate) fn url_key(url: &str) -> String {
    format!("url {url}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_adds_what_is_new_and_keeps_details_that_are_known() {
        let repository = |official, framework: Option<&str>| DeclaredRepository {
            url: "https://github.com/a/b".to_string(),
            official,
            framework: framework.map(str::to_string),
        };
        let mut one = Declared { repositories: vec![repository(Some(true), None)], ..Declared::default() };
        let other = Declared {
            repositories: vec![repository(Some(false), Some("jax"))],
            tasks: vec!["Parsing".to_string()],
            ..Declared::default()
        };
        one.join(other.clone());
        one.join(other);
        assert_eq!(one.repositories, [repository(Some(true), Some("jax"))]);
        assert_eq!(one.keys().collect::<Vec<_>>(), ["repository https://github.com/a/b", "task Parsing"]);
        one.retain(|key| key.starts_with("task"));
        assert_eq!(one.keys().count(), 1);
    }
}
