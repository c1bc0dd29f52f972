//! Which entity of the vocabulary a source means by a name that it declares.

use super::record::DeclaredEntity;
use crate::paper::Declared;
use crate::vocabulary::{Kind, Vocabulary};

/// Kinds that a curator's "method" can be.
const METHOD: [Kind; 3] = [Kind::Method, Kind::Model, Kind::Software];

/// The declared names that the vocabulary has, each once. A curator's column states the kind, so a weak name needs no
/// evidence here. A name that two entities of the kind have means neither.
pub(super) fn resolve(declared: &Declared, vocabulary: &Vocabulary) -> Vec<DeclaredEntity> {
    let mut found: Vec<DeclaredEntity> = Vec::new();
    let mut add = |name: &str, kinds: &[Kind]| {
        let mut named = vocabulary.named(name);
        named.retain(|entity| kinds.contains(&entity.kind()));
        let [entity] = named.as_slice() else { return };
        if !found.iter().any(|known| known.name == name && known.entity == entity.id) {
            found.push(DeclaredEntity { name: name.to_string(), entity: entity.id.clone() });
        }
    };
    for dataset in &declared.datasets {
        add(&dataset.name, &[Kind::Dataset]);
    }
    for task in &declared.tasks {
        add(task, &[Kind::Task]);
    }
    for method in &declared.methods {
        add(method, &METHOD);
    }
    for result in &declared.results {
        add(&result.metric, &[Kind::Metric]);
        if let Some(task) = &result.task {
            add(task, &[Kind::Task]);
        }
        if let Some(dataset) = &result.dataset {
            add(dataset, &[Kind::Dataset]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::DeclaredName;

    #[test]
    fn the_column_tells_which_kind_a_name_means() {
        let vocabulary = Vocabulary::from_texts([
            ("d.toml", "kind = \"dataset\"\nentity = [{ id = \"switch\", name = \"Switch\", weak = [\"Switch\"], context = [\"gate\"] }]"),
            ("m.toml", "kind = \"model\"\nentity = [{ id = \"switch\", name = \"Switch\", weak = [\"Switch\"], context = [\"gate\"] }]"),
        ])
        .unwrap();
        let declared = Declared {
            datasets: vec![DeclaredName { name: "switch".to_string(), url: None }],
            methods: vec!["SWITCH".to_string(), "Unheard".to_string()],
            ..Declared::default()
        };
        let found: Vec<String> =
            resolve(&declared, &vocabulary).iter().map(|d| format!("{}={}", d.name, d.entity)).collect();
        assert_eq!(found, ["switch=dataset/switch", "SWITCH=model/switch"]);
    }
}
