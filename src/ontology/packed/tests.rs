use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::ontology::{oa, xsd};

const PAPER: &str = "https://w3id.org/papergraph/paper/arxiv-2407.11062";

fn part(fragment: &str, said: &[(&NamedNode, Term)]) -> Vec<Triple> {
    let part = NamedNode::new_unchecked(format!("{PAPER}#{fragment}"));
    said.iter().map(|(predicate, object)| Triple::new(part.clone(), (*predicate).clone(), object.clone())).collect()
}

fn text(text: &str) -> Term {
    Literal::new_simple_literal(text).into()
}

fn typed(value: &str, datatype: NamedNodeRef<'_>) -> Term {
    Literal::new_typed_literal(value, datatype).into()
}

/// A mention as the mapping writes it.
fn mention(ontology: &Ontology, field: &str, start: u64, words: &str, confidence: &str) -> Vec<Triple> {
    let kg = &ontology.kg;
    let end = start + 4;
    let mut said = vec![
        (rdf::TYPE.into_owned(), Term::from(kg.mention_class.clone())),
        (rdf::TYPE.into_owned(), oa::ANNOTATION.into()),
        (kg.in_paper.clone(), NamedNode::new_unchecked(PAPER).into()),
        (kg.entity.clone(), ontology.base.node("dataset/coco").into()),
        (kg.field.clone(), text(field)),
        (kg.start.clone(), Literal::from(start).into()),
        (kg.end.clone(), Literal::from(end).into()),
        (kg.text.clone(), text(words)),
        (kg.confidence.clone(), typed(confidence, xsd::DECIMAL)),
        (kg.relation.clone(), text("evaluates-on")),
    ];
    if field.starts_with("section-") {
        said.push((kg.in_section.clone(), NamedNode::new_unchecked(format!("{PAPER}#{field}")).into()));
    }
    let said: Vec<(&NamedNode, Term)> = said.iter().map(|(predicate, object)| (predicate, object.clone())).collect();
    part(&format!("mention-{field}-{start}-{end}"), &said)
}

fn set(triples: &[Triple]) -> BTreeSet<String> {
    triples.iter().map(ToString::to_string).collect()
}

/// The triples that stored triples represent.
fn read(packing: &Packing, stored: &[Triple]) -> Vec<Triple> {
    let mut read = Vec::new();
    for triple in stored {
        match packing.kinds().iter().position(|kind| kind.predicate == triple.predicate) {
            Some(kind) => {
                read.extend(packing.unpack(kind, PAPER, &triple.object).unwrap().iter().map(PartTriple::triple));
            }
            None => read.push(triple.clone()),
        }
    }
    read
}

#[test]
fn mentions_become_one_literal_and_come_back() {
    let ontology = Ontology::default();
    let packing = Packing::new(&ontology);
    let mut triples = mention(&ontology, "abstract", 10, "COCO", "0.9");
    triples.extend(mention(&ontology, "title", 0, "COCO", "1"));
    triples.extend(mention(&ontology, "section-12", 7, "\tC\\\n\u{1f}", "0.35"));
    triples.push(Triple::new(NamedNode::new_unchecked(PAPER), rdf::TYPE, ontology.kg.paper_class.clone()));
    let stored = packing.pack(triples.clone());
    assert_eq!(stored.len(), 2, "{stored:?}");
    let back = read(&packing, &stored);
    assert_eq!(back.len(), triples.len());
    assert_eq!(set(&back), set(&triples));
    // The triples of a part are together, and the parts are in the order of their IRIs.
    let subjects: Vec<String> = back.iter().skip(1).map(|triple| triple.subject.to_string()).collect();
    assert!(subjects.is_sorted(), "{subjects:?}");
}

#[test]
fn a_part_of_another_shape_is_stored_as_it_is() {
    let ontology = Ontology::default();
    let packing = Packing::new(&ontology);
    let kg = &ontology.kg;
    let usual = || mention(&ontology, "abstract", 10, "COCO", "0.9");
    let changed = |predicate: &NamedNode, object: Term| {
        let mut triples = usual();
        triples.iter_mut().filter(|triple| triple.predicate == *predicate).for_each(|t| t.object = object.clone());
        triples
    };
    let with = |predicate: &NamedNode, object: Term| {
        let mut triples = usual();
        triples.extend(part("mention-abstract-10-14", &[(predicate, object)]));
        triples
    };
    for triples in [
        changed(&kg.start, Literal::from(11_u64).into()),
        changed(&kg.confidence, typed("0.90", xsd::DECIMAL)),
        changed(&kg.confidence, text("0.9")),
        changed(&kg.entity, NamedNode::new_unchecked("https://example.org/coco").into()),
        changed(&kg.text, Literal::new_language_tagged_literal_unchecked("COCO", "en").into()),
        changed(&kg.in_paper, NamedNode::new_unchecked(format!("{PAPER}x")).into()),
        with(&kg.doi, text("10.1/x")),
        with(&kg.in_section, NamedNode::new_unchecked(format!("{PAPER}#section-1")).into()),
        with(&rdf::TYPE.into_owned(), kg.paper_class.clone().into()),
        usual().into_iter().skip(1).collect(),
        usual().into_iter().filter(|triple| triple.predicate != kg.end).collect(),
    ] {
        let stored = packing.pack(triples.clone());
        assert_eq!(set(&stored), set(&triples));
    }
}

#[test]
fn a_part_may_lack_values_and_have_several() {
    let ontology = Ontology::default();
    let packing = Packing::new(&ontology);
    let kg = &ontology.kg;
    let said = [
        (&rdf::TYPE.into_owned(), kg.source_class.clone().into()),
        (&kg.in_paper, NamedNode::new_unchecked(PAPER).into()),
        (&kg.position, Literal::from(2_u64).into()),
        (&kg.file, text("")),
        (&kg.states, text("title")),
        (&kg.states, text("author Ada")),
    ];
    let triples = part("source-2", &said);
    let stored = packing.pack(triples.clone());
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert_eq!(set(&read(&packing, &stored)), set(&triples));
}

#[test]
fn a_literal_that_nobody_packed_is_an_error() {
    let packing = Packing::new(&Ontology::default());
    let unpack = |literal: Literal| packing.unpack(0, PAPER, &literal.into()).unwrap_err();
    for lines in ["abstract-1-5\tnowhere", "abstract-1-5\tdataset/coco\t\\x", "abstract-1-5\t\t\t\t\t\t\t", "a\t\t\tx"]
    {
        unpack(Literal::new_typed_literal(lines, DATATYPE));
    }
    let later = NamedNode::new_unchecked("urn:papergraph:packed-parts:2");
    assert!(
        unpack(Literal::new_typed_literal("abstract-1-5", later)).contains("not a datatype that this version reads")
    );
}

#[test]
fn what_packed_parts_can_say_is_known() {
    let ontology = Ontology::default();
    let packing = Packing::new(&ontology);
    let kg = &ontology.kg;
    let coco = ontology.base.node("dataset/coco");
    let paper = NamedNode::new_unchecked(PAPER);
    let can = |predicate: Option<&NamedNode>, object: Option<&NamedNode>| {
        packing.can_say(predicate.map(NamedNode::as_ref), object.map(|object| object.as_ref().into()))
    };
    assert!(can(None, None) && can(Some(&kg.text), None) && can(Some(&kg.in_paper), Some(&paper)));
    assert!(can(Some(&kg.entity), Some(&coco)) && can(None, Some(&coco)) && can(None, Some(&kg.mention_class)));
    assert!(!can(Some(&kg.mentions), None) && !can(Some(&kg.in_paper), Some(&coco)));
    assert!(!can(Some(&rdf::TYPE.into_owned()), Some(&kg.paper_class)));
    let mentions = &packing.kinds()[0];
    let holders = packing.holders(mentions, Some(kg.entity.as_ref()), Some(coco.as_ref().into()));
    assert_eq!(holders, PartHolders::TiedBy(kg.mentions.clone()));
    let holders = packing.holders(mentions, None, Some(paper.as_ref().into()));
    assert_eq!(holders, PartHolders::Paper(paper));
}

proptest! {
    #[test]
    fn any_mention_comes_back(field in "title|abstract|section-[1-9]", start: u32, words in ".{0,12}", confidence in "0\\.[0-9]{1,3}|1") {
        let ontology = Ontology::default();
        let packing = Packing::new(&ontology);
        let triples = mention(&ontology, &field, start.into(), &words, &confidence);
        prop_assert_eq!(set(&read(&packing, &packing.pack(triples.clone()))), set(&triples));
    }

    #[test]
    fn any_text_unpacks_or_is_an_error(lines in "(?s).{0,60}") {
        let packing = Packing::new(&Ontology::default());
        for kind in 0..packing.kinds().len() {
            let _ = packing.unpack(kind, PAPER, &Literal::new_typed_literal(lines.as_str(), DATATYPE).into());
        }
    }
}
