//! The ontology as a document for people: `docs/ontology.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oxigraph::model::{NamedNodeRef, NamedOrBlankNode, Quad, Term};

use super::{Ontology, PREFIXES, owl, rdf, rdfs, schema};

/// What the ontology says about one term.
struct DescribedTerm<'q> {
    name: &'q str,
    quads: Vec<&'q Quad>,
}

impl Ontology {
    /// Every class and property with its meaning, in Markdown.
    ///
    /// # Errors
    /// Only if the shipped ontology is broken, which a test rules out.
    pub fn document(&self) -> Result<String, String> {
        let quads = self.ontology_quads()?;
        let namespace = self.base.namespace();
        let mut terms: BTreeMap<&str, Vec<&Quad>> = BTreeMap::new();
        for quad in &quads {
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
                && let Some(name) = subject.as_str().strip_prefix(&namespace)
            {
                terms.entry(name).or_default().push(quad);
            }
        }
        let terms: Vec<DescribedTerm<'_>> =
            terms.into_iter().map(|(name, quads)| DescribedTerm { name, quads }).collect();
        let is = |term: &DescribedTerm<'_>, class: NamedNodeRef<'_>| {
            term.objects(rdf::TYPE).any(|object| matches!(object, Term::NamedNode(node) if node.as_ref() == class))
        };
        let mut out = String::from(HEAD);
        let _ = writeln!(
            out,
            "Terms of our own are written `kg:`, which means <{namespace}>.\n\n| prefix | IRI |\n|---|---|"
        );
        for (prefix, iri) in PREFIXES {
            let _ = writeln!(out, "| `{prefix}` | <{iri}> |");
        }
        out.push_str("\n## Classes\n\n| class | meaning | is a |\n|---|---|---|\n");
        for class in terms.iter().filter(|term| is(term, owl::CLASS)) {
            let parents = self.list(class.objects(rdfs::SUB_CLASS_OF));
            let _ = writeln!(out, "| `kg:{}` | {} | {parents} |", class.name, class.comment());
        }
        for (heading, kind, note) in [
            ("From node to node", owl::OBJECT_PROPERTY, "Where several classes are given, it is one of them."),
            ("From node to value", owl::DATATYPE_PROPERTY, "Texts are `xsd:string`, without a language."),
        ] {
            let _ = writeln!(
                out,
                "\n## {heading}\n\n{note}\n\n| property | of | to | meaning | is a |\n|---|---|---|---|---|"
            );
            for property in terms.iter().filter(|term| is(term, kind)) {
                let of = property.objects(rdfs::DOMAIN).chain(property.objects(schema::DOMAIN_INCLUDES));
                let to = property.objects(rdfs::RANGE).chain(property.objects(schema::RANGE_INCLUDES));
                let parents = self.list(property.objects(rdfs::SUB_PROPERTY_OF));
                let (of, to) = (self.list(of), self.list(to));
                let _ = writeln!(out, "| `kg:{}` | {of} | {to} | {} | {parents} |", property.name, property.comment());
            }
        }
        Ok(out)
    }

    fn list<'t>(&self, terms: impl Iterator<Item = &'t Term>) -> String {
        let mut names: Vec<String> = terms
            .map(|term| match term {
                Term::NamedNode(node) => format!("`{}`", self.base.shorten(node.as_str())),
                other => other.to_string(),
            })
            .collect();
        names.sort_unstable();
        names.join(", ")
    }
}

impl<'q> DescribedTerm<'q> {
    fn objects<'s>(&'s self, predicate: NamedNodeRef<'s>) -> impl Iterator<Item = &'q Term> + 's {
        self.quads.iter().filter(move |quad| quad.predicate.as_ref() == predicate).map(|quad| &quad.object)
    }

    fn comment(&self) -> String {
        let comment = self.objects(rdfs::COMMENT).find_map(|object| match object {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        });
        comment.unwrap_or_default().replace('|', "\\|")
    }
}

const HEAD: &str = "\
# The ontology

What the graph says, and in which terms. The tables of this file are written from `vocab/ontology.ttl`. To change them, change
that file and run `kg vocab ontology --format markdown > docs/ontology.md`. `vocab/shapes.ttl` says the same to SHACL engines.

## How the graph is made

- **Papers, entities, repositories, pages, cited works, authors, organisations and venues** are nodes. The IRI of a node is the
  graph's base and the id of the node, for example `dataset/coco`. The kinds of entities are dataset, model, method, task, metric, hardware, software and unknown (a name whose kind its paper does not say).
- **A paper is tied to what it names by one triple**: `?paper kg:usesDataset dataset:coco`. Each such pair also has
  `kg:mentions`, and a stronger relation (`kg:evaluatesOn`, `kg:comparesWith` …) where the sentence says more, so that
  no inference is needed.
- **Evidence** belongs to the paper, as parts whose IRI is the paper's with a fragment: a `kg:Mention` for each place that
  names an entity (field, start and end in code points, words, confidence, relation), what the paper introduces, results
  and hardware (with field, start and end too), links, and what sources declare. `?part kg:inPaper ?paper` finds them all.
- **Entities** carry `rdfs:label`, `skos:prefLabel`, `skos:altLabel`, `skos:broader`, `foaf:homepage`, `dcterms:source` (the
  paper that introduces them) and `owl:sameAs` (Wikidata, Hugging Face). **Papers** carry `dcterms:title`,
  `dcterms:abstract`, `dcterms:creator`, `dcterms:issued` with the precision that is known (`xsd:gYear`,
  `xsd:gYearMonth` or `xsd:date`), `prov:wasDerivedFrom` (a `kg:Source` with file and line) and `owl:sameAs` (arXiv, DOI).
- **Named graphs** beside the data: `BASE/ontology` (this ontology), `BASE/build` (a description of the build: VoID
  statistics of classes, properties and links; PROV-O of when, by which program and from which inputs it was made),
  `BASE/graph/checks` (every check of a link) and `BASE/graph/user` (statements of `kg update`). Queries without FROM or
  GRAPH look in the data and in the user's graph.

## Namespaces

";
