//! Pairs predicted entities with labelled ones.
//!
//! Within one paper and one kind, two entities match if their names are equal apart from spelling, if they share
//! surface forms, or if a surface form of one contains one of the other. Better matches are paired first, and each
//! entity is paired at most once.

use std::collections::{HashMap, HashSet};

use super::fold;
use super::labels::LabelledPaper;
use crate::vocabulary::Kind;

/// An entity of one paper: a name, and all its surface forms.
#[derive(Debug, Clone)]
pub(super) struct NamedEntity {
    pub kind: Kind,
    pub name: String,
    /// The id, for predictions. A name without an id is identified by its folded form within the paper.
    pub entity: Option<String>,
    /// Surface forms in the order of the text, each once.
    pub surfaces: Vec<String>,
}

/// Names so generic that careful people label them in one paper and skip them in the next. They count neither for nor
/// against an extraction. The list is that of the labelled set's `score.py`.
const NEUTRAL: &str = "\
    accuracy transformer transformers diffusion diffusionmodel diffusionmodels trainingtime success \
    zero zeroshot fewshot oneshot segmentation classification detection recommendation \
    recommendersystem recommendersystems ranking tracking exploration manipulation regression coding \
    math latency throughput quantization distillation checkpointing adapter softmax crossattention \
    fullattention globalattention kvcache representationlearning sequencemodeling wallclocktime \
    generationquality energyefficiency sensitivity dialoguesystem dialoguesystems dialogsystems github \
    tensor interpolation unsupervisedlearning hardnegatives pseudolabel pseudolabels autoencoder \
    adversarialloss crossvalidation fp8 bf16 fp4 fp16 int8";

/// The entities of a paper in the order of their first mention. Unless `strict`, models count as methods: the field
/// itself does not distinguish them.
pub(super) fn entities_of(labels: &LabelledPaper, strict: bool) -> Vec<NamedEntity> {
    let mut all: Vec<NamedEntity> = Vec::new();
    let mut known: HashMap<(Kind, String), usize> = HashMap::new();
    for mention in &labels.mentions {
        let kind = if mention.kind == Kind::Model && !strict { Kind::Method } else { mention.kind };
        let key = mention.entity.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| fold(&mention.name));
        let at = *known.entry((kind, key)).or_insert_with(|| {
            let (name, entity) = (mention.name.clone(), mention.entity.clone());
            all.push(NamedEntity { kind, name, entity, surfaces: Vec::new() });
            all.len() - 1
        });
        let surfaces = &mut all[at].surfaces;
        if !surfaces.contains(&mention.text) {
            surfaces.push(mention.text.clone());
        }
    }
    all.retain(|entity| !is_neutral(&entity.name) && !entity.surfaces.iter().all(|surface| is_neutral(surface)));
    all
}

fn is_neutral(name: &str) -> bool {
    let name = fold(name);
    NEUTRAL.split(' ').any(|neutral| neutral == name)
}

/// Pairs of indices of gold and predicted entities that match.
pub(super) fn matching_pairs(gold: &[NamedEntity], predicted: &[NamedEntity]) -> Vec<(usize, usize)> {
    let mut ranked: Vec<(u8, usize, usize)> = Vec::new();
    for (i, g) in gold.iter().enumerate() {
        for (j, p) in predicted.iter().enumerate() {
            match rank(g, p) {
                0 => {}
                rank => ranked.push((rank, i, j)),
            }
        }
    }
    // A stable sort: among equal matches, the earlier in the text wins.
    ranked.sort_by_key(|(rank, ..)| std::cmp::Reverse(*rank));
    let (mut gold_taken, mut predicted_taken) = (HashSet::new(), HashSet::new());
    ranked
        .into_iter()
        .filter(|(_, i, j)| {
            let free = !gold_taken.contains(i) && !predicted_taken.contains(j);
            if free {
                gold_taken.insert(*i);
                predicted_taken.insert(*j);
            }
            free
        })
        .map(|(_, i, j)| (i, j))
        .collect()
}

/// The quality of a match: 0 for none; higher is better.
fn rank(gold: &NamedEntity, predicted: &NamedEntity) -> u8 {
    if gold.kind != predicted.kind {
        return 0;
    }
    if fold(&gold.name) == fold(&predicted.name) {
        return 4;
    }
    let lower = |surfaces: &[String]| surfaces.iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
    let (gold, predicted) = (lower(&gold.surfaces), lower(&predicted.surfaces));
    if gold.iter().any(|g| predicted.contains(g)) {
        return 3;
    }
    let inside = gold.iter().any(|g| predicted.iter().any(|p| contains_as_word(g, p) || contains_as_word(p, g)));
    u8::from(inside)
}

/// Whether `whole` contains `part` with no ASCII letter or digit beside it. Both are in lower case.
fn contains_as_word(part: &str, whole: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    whole.char_indices().map(|(i, _)| i).chain([whole.len()]).any(|at| {
        let (before, rest) = whole.split_at(at);
        rest.strip_prefix(part).is_some_and(|after| {
            !before.chars().next_back().is_some_and(is_word) && !after.chars().next().is_some_and(is_word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, surfaces: &[&str]) -> NamedEntity {
        let surfaces = surfaces.iter().map(ToString::to_string).collect();
        NamedEntity { kind: Kind::Dataset, name: name.to_string(), entity: None, surfaces }
    }

    #[test]
    fn the_better_match_is_paired_first_and_each_only_once() {
        let gold = [named("ImageNet", &["ImageNet"]), named("ImageNet-C", &["ImageNet-C"])];
        let predicted = [named("Imagenet C", &["ImageNet-C"]), named("ILSVRC", &["ImageNet"])];
        assert_eq!(matching_pairs(&gold, &predicted), [(1, 0), (0, 1)]);
        assert_eq!(matching_pairs(&gold, &predicted[..1]), [(1, 0)]);
    }

    #[test]
    fn words_are_found_in_others_at_word_boundaries_only() {
        assert!(contains_as_word("coco", "ms coco 2017"));
        assert!(contains_as_word("coco", "coco-stuff"));
        assert!(!contains_as_word("coco", "cocostuff coconut"));
    }

    #[test]
    fn generic_names_do_not_count() {
        let line = r#"{"title": "T", "mentions": [{"name": "Accuracy", "text": "accuracy", "type": "metric"},
            {"name": "Llama", "text": "LLaMA", "type": "model"}]}"#;
        let labels: LabelledPaper = serde_json::from_str(line).unwrap();
        let kinds = |strict| entities_of(&labels, strict).iter().map(|e| e.kind).collect::<Vec<_>>();
        assert_eq!(kinds(false), [Kind::Method]);
        assert_eq!(kinds(true), [Kind::Model]);
    }
}
