//! The kinds of parts that are packed, and the columns of each. Changing them changes the format: the version in
//! [`super::DATATYPE`] goes up.

use oxigraph::model::{NamedNode, NamedNodeRef};

use super::cell::{ImpliedFact, ValueForm};
use super::{HIDDEN, PackedColumn, PartKind, SharedTerm};
use crate::ontology::{KgTerms, oa};

pub(super) fn all(kg: &KgTerms) -> Vec<PartKind> {
    let mentions = [
        (&kg.field, ValueForm::Implied(ImpliedFact::Field)),
        (&kg.start, ValueForm::Implied(ImpliedFact::Start)),
        (&kg.end, ValueForm::Implied(ImpliedFact::End)),
        (&kg.in_section, ValueForm::Implied(ImpliedFact::Section)),
        (&kg.entity, ValueForm::Node),
        (&kg.text, ValueForm::Text),
        (&kg.confidence, ValueForm::Decimal),
        (&kg.relation, ValueForm::Text),
        (&kg.variant, ValueForm::Text),
    ];
    let sources = [
        (&kg.position, ValueForm::Implied(ImpliedFact::Position)),
        (&kg.file, ValueForm::Text),
        (&kg.line, ValueForm::Integer),
        (&kg.format, ValueForm::Text),
        (&kg.states, ValueForm::Text),
    ];
    let contributions = [
        (&kg.entity, ValueForm::Node),
        (&kg.name, ValueForm::Text),
        (&kg.kind_stated, ValueForm::Boolean),
        (&kg.field, ValueForm::Text),
        (&kg.start, ValueForm::Integer),
        (&kg.end, ValueForm::Integer),
    ];
    let devices = [
        (&kg.name, ValueForm::Text),
        (&kg.entity, ValueForm::Node),
        (&kg.count, ValueForm::Integer),
        (&kg.memory_gb, ValueForm::Integer),
        (&kg.field, ValueForm::Text),
        (&kg.start, ValueForm::Integer),
        (&kg.end, ValueForm::Integer),
    ];
    let results = [
        (&kg.system, ValueForm::Text),
        (&kg.own, ValueForm::Boolean),
        (&kg.task_name, ValueForm::Text),
        (&kg.on_task, ValueForm::Node),
        (&kg.dataset_name, ValueForm::Text),
        (&kg.on_dataset, ValueForm::Node),
        (&kg.metric_name, ValueForm::Text),
        (&kg.by_metric, ValueForm::Node),
        (&kg.value, ValueForm::Text),
        (&kg.variant, ValueForm::Text),
        (&kg.deviation, ValueForm::Text),
        (&kg.confidence, ValueForm::Decimal),
        (&kg.field, ValueForm::Text),
        (&kg.start, ValueForm::Integer),
        (&kg.end, ValueForm::Integer),
        (&kg.in_table, ValueForm::Text),
        (&kg.row, ValueForm::Integer),
        (&kg.column, ValueForm::Integer),
        (&kg.page, ValueForm::Integer),
    ];
    let links = [
        (&kg.position, ValueForm::Implied(ImpliedFact::Position)),
        (&kg.target, ValueForm::Node),
        (&kg.url, ValueForm::Text),
        (&kg.name, ValueForm::Text),
        (&kg.stated_in, ValueForm::Text),
    ];
    vec![
        kind("mention-", &[kg.mention_class.as_ref(), oa::ANNOTATION], &mentions),
        kind("source-", &[kg.source_class.as_ref()], &sources),
        kind("introduces-", &[kg.contribution_class.as_ref()], &contributions),
        kind("hardware-", &[kg.hardware_use_class.as_ref()], &devices),
        kind("result-", &[kg.result_class.as_ref()], &results),
        kind("text-link-", &[kg.link_class.as_ref()], &links),
        kind("text-page-", &[kg.link_class.as_ref()], &links),
    ]
}

fn kind(prefix: &'static str, classes: &[NamedNodeRef<'_>], columns: &[(&NamedNode, ValueForm)]) -> PartKind {
    PartKind {
        prefix,
        predicate: NamedNode::new_unchecked(format!("{HIDDEN}{}", prefix.trim_end_matches('-'))),
        classes: classes.iter().map(|class| SharedTerm::new(class.into_owned())).collect(),
        columns: columns
            .iter()
            .map(|(predicate, form)| PackedColumn { predicate: SharedTerm::new((*predicate).clone()), form: *form })
            .collect(),
    }
}
