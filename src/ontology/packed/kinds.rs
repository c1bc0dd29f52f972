//! The kinds of parts that are packed, and the columns of each. Changing them changes the format: the version in
//! [`super::DATATYPE`] goes up.

use oxigraph::model::{NamedNode, NamedNodeRef};

use super::cell::{Fact, Form};
use super::{Column, HIDDEN, PartKind, SharedTerm};
use crate::ontology::{KgTerms, oa};

pub(super) fn all(kg: &KgTerms) -> Vec<PartKind> {
    let mentions = [
        (&kg.field, Form::Implied(Fact::Field)),
        (&kg.start, Form::Implied(Fact::Start)),
        (&kg.end, Form::Implied(Fact::End)),
        (&kg.in_section, Form::Implied(Fact::Section)),
        (&kg.entity, Form::Node),
        (&kg.text, Form::Text),
        (&kg.confidence, Form::Decimal),
        (&kg.relation, Form::Text),
        (&kg.variant, Form::Text),
    ];
    let sources = [
        (&kg.position, Form::Implied(Fact::Position)),
        (&kg.file, Form::Text),
        (&kg.line, Form::Integer),
        (&kg.format, Form::Text),
        (&kg.states, Form::Text),
    ];
    let contributions = [
        (&kg.entity, Form::Node),
        (&kg.name, Form::Text),
        (&kg.kind_stated, Form::Boolean),
        (&kg.field, Form::Text),
        (&kg.start, Form::Integer),
        (&kg.end, Form::Integer),
    ];
    let devices = [
        (&kg.name, Form::Text),
        (&kg.entity, Form::Node),
        (&kg.count, Form::Integer),
        (&kg.memory_gb, Form::Integer),
        (&kg.field, Form::Text),
        (&kg.start, Form::Integer),
        (&kg.end, Form::Integer),
    ];
    let results = [
        (&kg.system, Form::Text),
        (&kg.own, Form::Boolean),
        (&kg.task_name, Form::Text),
        (&kg.on_task, Form::Node),
        (&kg.dataset_name, Form::Text),
        (&kg.on_dataset, Form::Node),
        (&kg.metric_name, Form::Text),
        (&kg.by_metric, Form::Node),
        (&kg.value, Form::Text),
        (&kg.variant, Form::Text),
        (&kg.deviation, Form::Text),
        (&kg.confidence, Form::Decimal),
        (&kg.field, Form::Text),
        (&kg.start, Form::Integer),
        (&kg.end, Form::Integer),
        (&kg.in_table, Form::Text),
        (&kg.row, Form::Integer),
        (&kg.column, Form::Integer),
        (&kg.page, Form::Integer),
    ];
    let links = [
        (&kg.position, Form::Implied(Fact::Position)),
        (&kg.target, Form::Node),
        (&kg.url, Form::Text),
        (&kg.name, Form::Text),
        (&kg.stated_in, Form::Text),
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

fn kind(prefix: &'static str, classes: &[NamedNodeRef<'_>], columns: &[(&NamedNode, Form)]) -> PartKind {
    PartKind {
        prefix,
        predicate: NamedNode::new_unchecked(format!("{HIDDEN}{}", prefix.trim_end_matches('-'))),
        classes: classes.iter().map(|class| SharedTerm::new(class.into_owned())).collect(),
        columns: columns
            .iter()
            .map(|(predicate, form)| Column { predicate: SharedTerm::new((*predicate).clone()), form: *form })
            .collect(),
    }
}
