//! Where a paper was published and which organisations it comes from, as triples.
//!
//! Venues and organisations of the shipped lists are described by the lists. A venue or organisation outside the lists
//! is a node only if a source states it as a venue or an institution. How the sources of a paper write it is kept in
//! one literal, from which the node is described.

use std::collections::BTreeMap;

use oxigraph::model::{Literal, NamedNode, Triple};

use super::entity::NodeTriples;
use super::paper::{PaperWriter, text_literal};
use super::{NodeKind, Ontology, name_key, rdf, rdfs, schema, skos};
use crate::builtin::{organizations, venues};
use crate::paper::{Paper, PaperId, slug, spoken_name};
use crate::vocabulary::{Organization, OrganizationKind, VenueSeries};

/// Formats whose field for the venue may hold other things: citations in full, awards, headers of PDFs.
const LOOSE_VENUES: [&str; 9] =
    ["arxiv-json", "arxiv-atom", "arxiv-oai", "markdown", "tei", "arxiv-html", "pdf", "latex", "text"];

/// Longest name of a venue or organisation outside the lists, in letters. Longer texts are sentences.
const LONGEST_NAME: usize = 160;

impl PaperWriter<'_> {
    pub(super) fn origins(&mut self) {
        let kg = &self.ontology.kg;
        let paper = &self.extraction.paper;
        let mut stated: BTreeMap<String, String> = BTreeMap::new();
        if let Some(venue) = PaperVenue::of(paper) {
            let series = format!("venue/{}", venue.series);
            let edition = venue.year.map(|year| (year, format!("{series}-{year}")));
            if let Some(name) = venue.name {
                stated.extend(edition.iter().map(|(year, id)| (id.clone(), format!("{name} {year}"))));
                stated.insert(series.clone(), name);
            }
            match edition {
                Some((_, edition)) => {
                    self.comes_from(&kg.published_in, &edition);
                    self.comes_from(&kg.in_series, &series);
                }
                None => self.comes_from(&kg.published_in, &series),
            }
        }
        for (id, name) in organizations_of(paper) {
            let id = format!("organization/{id}");
            self.comes_from(&kg.affiliated_with, &id);
            stated.extend(name.map(|name| (id, name)));
        }
        for (key, name) in self.extraction.author_keys.iter().zip(paper.authors.iter().flatten()) {
            stated.extend(key.as_ref().map(|key| (format!("author/{key}"), spoken_name(name))));
        }
        if !stated.is_empty() {
            let json = super::works::json_of(&stated);
            self.about(kg.stated_names.as_ref(), Literal::new_typed_literal(json, rdf::JSON));
        }
    }

    fn comes_from(&mut self, predicate: &NamedNode, id: &str) {
        let node = self.ontology.base.node(id);
        self.about(predicate.as_ref(), node.clone());
        self.out.described.insert(node);
    }
}

/// The venue of one paper.
struct PaperVenue {
    /// The part of the id of the series after `venue/`.
    series: String,
    /// The year, if each year is a venue of its own.
    year: Option<u16>,
    /// The name, if no list has the series.
    name: Option<String>,
}

impl PaperVenue {
    fn of(paper: &Paper) -> Option<Self> {
        let ids = std::iter::once(&paper.id).chain(&paper.identifiers);
        if let Some((series, year)) = ids.filter_map(PaperId::as_acl).find_map(|id| venues().of_anthology(id)) {
            let year = series.kind.has_editions().then_some(year);
            return Some(Self { series: series.id.clone(), year, name: None });
        }
        let found = venues().of_name(paper.venue.as_deref()?)?;
        let year = found.year.or(paper.published.map(|date| date.year())).filter(|_| found.has_editions);
        if let Some(series) = found.series {
            return Some(Self { series: series.id.clone(), year, name: None });
        }
        let is_stated = paper.sources.iter().any(|source| {
            source.states.iter().any(|field| field == "venue") && !LOOSE_VENUES.contains(&source.format.as_str())
        });
        let lower = found.name.to_lowercase();
        // Preprints have no venue, and a thesis is written at an organisation.
        let is_venue = !lower.contains("arxiv") && !is_institution(&found.name) && lower != "corr";
        let fits = is_stated && is_venue && found.name.chars().count() <= LONGEST_NAME;
        fits.then(|| Self { series: slug(&found.name), year, name: Some(found.name) })
    }
}

/// The organisations of a paper by the part of their ids after `organization/`, with their names if no list has them.
fn organizations_of(paper: &Paper) -> BTreeMap<String, Option<String>> {
    let list = organizations();
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut known = |one: &Organization| {
        let mut next = Some(one);
        while let Some(one) = next.filter(|one| found.insert(one.id.clone(), None).is_none()) {
            next = one.parent.as_deref().and_then(|parent| list.get(parent));
        }
    };
    let mut unlisted: Vec<String> = Vec::new();
    if let Some(name) = paper.organization.as_deref() {
        let said = without_handle(name);
        match list.named(said).or_else(|| list.named(name)) {
            Some(one) => known(one),
            None => {
                let parts = list.in_affiliation(said);
                parts.iter().for_each(|one| known(one));
                // A listing names one organisation; a longer text is a line of affiliations.
                if parts.is_empty() && !said.contains([',', ';']) {
                    unlisted.push(said.to_string());
                }
            }
        }
    }
    for author in paper.document.iter().flat_map(|document| &document.authors) {
        for affiliation in &author.affiliations {
            list.in_affiliation(affiliation).into_iter().for_each(&mut known);
        }
        for name in &author.institutions {
            let parts = list.in_affiliation(name);
            parts.iter().for_each(|one| known(one));
            if parts.is_empty() && is_institution(name) {
                unlisted.push(name.clone());
            }
        }
    }
    for name in unlisted {
        let has_letters = name.chars().filter(|c| c.is_alphabetic()).count() > 1;
        if has_letters && name.chars().count() <= LONGEST_NAME {
            found.entry(slug(&name)).or_insert(Some(name));
        }
    }
    found
}

/// `Netflix` from `netflix Netflix`: listings print the handle of an account before its name.
fn without_handle(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(' ') {
        Some((handle, name)) if is_handle(handle) && is_handle_of(handle, name) => name.trim(),
        _ => text,
    }
}

fn is_handle(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && word.len() > 1
}

/// Whether a handle is made from the name: with the same letters, or with part of them.
fn is_handle_of(handle: &str, name: &str) -> bool {
    let letters = |text: &str| name_key(text).replace(['-', '_', '.', '/', '+'], "");
    let (handle, name) = (letters(handle), letters(name));
    !handle.is_empty() && !name.is_empty() && (name.contains(&handle) || handle.contains(&name))
}

/// Whether a text can be the name of an institution: not a department, street, town or country.
fn is_institution(text: &str) -> bool {
    const KINDS: [&str; 24] = [
        "universi",
        "institut",
        "college",
        "academy",
        "akadem",
        "hospital",
        "corporation",
        "inc",
        "ltd",
        "gmbh",
        "llc",
        "company",
        "foundation",
        "polytech",
        "politec",
        "hochschule",
        "école",
        "ecole",
        "laborator",
        "centre",
        "center",
        "ministry",
        "council",
        "agency",
    ];
    const UNITS: [&str; 14] = [
        "department",
        "dept",
        "dept.",
        "school",
        "faculty",
        "division",
        "section",
        "chair",
        "unit",
        "program",
        "programme",
        "group",
        "team",
        "graduate",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|word| !word.is_empty());
    let first = words.clone().next().unwrap_or_default();
    let names_one =
        words.any(|word| KINDS.iter().any(|kind| if kind.len() > 3 { word.starts_with(kind) } else { word == *kind }));
    names_one && !UNITS.contains(&first) && !text.contains(|c: char| c.is_ascii_digit())
}

/// The series and the year of a venue's id: `acl` and 2021 of `venue/acl-2021`.
fn edition_of(id: &str) -> Option<(&str, u16)> {
    let (series, year) = id.strip_prefix("venue/")?.rsplit_once('-')?;
    let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
    if is_year { Some((series, year.parse().ok()?)) } else { None }
}

/// Whether the id is that of a venue in one year.
pub(crate) fn is_edition(id: &str) -> bool {
    edition_of(id).is_some()
}

impl Ontology {
    /// The triples about a venue or organisation: from the shipped list or, if none has it, with the name that papers
    /// give it. Empty without either.
    pub fn origin_triples(&self, node: &NamedNode, name: Option<&str>) -> Vec<Triple> {
        let Some((kind, id)) = self.base.kind(node.as_str()).zip(self.base.id(node.as_str())) else {
            return Vec::new();
        };
        let mut about = NodeTriples { node, triples: Vec::new() };
        let listed = match kind {
            NodeKind::Venue => self.listed_venue(id, &mut about),
            NodeKind::Organization => self.listed_organization(id, &mut about),
            _ => false,
        };
        let class = self.node_class(kind).clone();
        match (listed, name) {
            (true, _) => about.add(rdf::TYPE, class),
            (false, Some(name)) => {
                about.add(rdf::TYPE, class);
                about.add(self.kg.listed.as_ref(), Literal::from(false));
                self.names(&mut about, [name]);
                if let Some((series, year)) = edition_of(id) {
                    self.edition(&mut about, series, year);
                }
            }
            (false, None) => about.triples.clear(),
        }
        about.triples
    }

    fn listed_venue(&self, id: &str, about: &mut NodeTriples<'_>) -> bool {
        let key = id.strip_prefix("venue/").unwrap_or_default();
        if let Some(series) = venues().get(key) {
            let others = series.names().filter(|name| *name != series.label());
            self.names(about, std::iter::once(series.label()).chain(others));
            self.of_series(about, series);
            return true;
        }
        let Some((key, year)) = edition_of(id) else { return false };
        let Some(series) = venues().get(key) else { return false };
        let labels = [series.label(), series.name.as_str()].map(|name| format!("{name} {year}"));
        self.names(about, labels.iter().map(String::as_str));
        self.edition(about, key, year);
        true
    }

    fn of_series(&self, about: &mut NodeTriples<'_>, series: &VenueSeries) {
        if let Some(dblp) = &series.dblp {
            about.same_as(&format!("https://dblp.org/streams/{dblp}"));
        }
        for issn in &series.issn {
            about.add(schema::ISSN, text_literal(issn));
        }
    }

    fn edition(&self, about: &mut NodeTriples<'_>, series: &str, year: u16) {
        about.add(self.kg.year.as_ref(), Literal::from(i64::from(year)));
        about.add(self.kg.in_series.as_ref(), self.base.node(&format!("venue/{series}")));
    }

    fn listed_organization(&self, id: &str, about: &mut NodeTriples<'_>) -> bool {
        let Some(one) = id.strip_prefix("organization/").and_then(|id| organizations().get(id)) else { return false };
        self.names(about, one.names());
        about.add(
            rdf::TYPE,
            match one.kind {
                OrganizationKind::University => schema::COLLEGE_OR_UNIVERSITY,
                OrganizationKind::Company => schema::CORPORATION,
                OrganizationKind::Institute => schema::RESEARCH_ORGANIZATION,
                OrganizationKind::Government => schema::GOVERNMENT_ORGANIZATION,
                OrganizationKind::Nonprofit => schema::NGO,
            }
            .into_owned(),
        );
        if let Some(country) = &one.country {
            about.add(schema::ADDRESS_COUNTRY, text_literal(country));
        }
        if let Some(ror) = &one.ror {
            about.same_as(ror);
        }
        if let Some(parent) = &one.parent {
            about.add(schema::PARENT_ORGANIZATION, self.base.node(&format!("organization/{parent}")));
        }
        true
    }

    /// The first name is shown; the node is found by all of them.
    pub(super) fn names<'n>(&self, about: &mut NodeTriples<'_>, names: impl IntoIterator<Item = &'n str>) {
        let (mut shown, mut keys) = (Vec::new(), Vec::new());
        for name in names {
            if !shown.contains(&name) {
                about.add(if shown.is_empty() { rdfs::LABEL } else { skos::ALT_LABEL }, text_literal(name));
                shown.push(name);
            }
            let key = name_key(name);
            if !key.is_empty() && !keys.contains(&key) {
                about.add(self.kg.key.as_ref(), text_literal(&key));
                keys.push(key);
            }
        }
    }
}

/// The names in a value of `kg:statedNames`, by id. Empty if the value is not of that form.
pub(crate) fn read_stated_names(json: &str) -> BTreeMap<String, String> {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocumentAuthor;

    fn published(venue: &str, format: &str) -> Paper {
        let mut paper = Paper::titled("T");
        paper.venue = Some(venue.to_string());
        paper.published = Some("2021-05".parse().unwrap());
        paper.read_from("f", 1, format)
    }

    #[test]
    fn a_venue_that_no_list_has_needs_a_source_with_a_field_for_venues() {
        let venue = |venue: &str, format: &str| PaperVenue::of(&published(venue, format)).map(|v| (v.series, v.year));
        let workshop = "Proceedings of the 3rd Workshop on Quux Lamps";
        assert_eq!(venue(workshop, "bibtex"), Some(("workshop-on-quux-lamps".to_string(), Some(2021))));
        assert_eq!(venue("Letters of Quux Light, Volume 3", "ris"), Some(("letters-of-quux-light".to_string(), None)));
        assert_eq!(venue(workshop, "markdown"), None);
        assert_eq!(venue("arXiv preprint arXiv:2101.00001", "bibtex"), None);
        assert_eq!(venue("University of Quux", "bibtex"), None);
    }

    #[test]
    fn institutions_that_no_list_has_are_nodes_and_departments_streets_and_towns_are_not() {
        let mut paper = Paper::titled("T");
        paper.organization = Some("quuxlab Quux Lab".to_string());
        let institutions = ["University of Quuxville", "Department of Quux University", "Quuxville", "3 College Road"];
        let author =
            DocumentAuthor { institutions: institutions.map(String::from).into(), ..DocumentAuthor::default() };
        paper.document = Some(Box::new(crate::document::DocumentParts { authors: vec![author], ..Default::default() }));
        let found: Vec<(String, Option<String>)> = organizations_of(&paper).into_iter().collect();
        let wanted = [("quux-lab", "Quux Lab"), ("university-of-quuxville", "University of Quuxville")];
        assert_eq!(found, wanted.map(|(id, name)| (id.to_string(), Some(name.to_string()))));
    }

    #[test]
    fn the_handle_before_a_name_is_left_out() {
        assert_eq!(without_handle("netflix Netflix"), "Netflix");
        assert_eq!(without_handle("Light University"), "Light University");
        assert_eq!(without_handle("quux-ai Quux AI"), "Quux AI");
    }

    #[test]
    fn an_edition_has_its_year_and_series() {
        let ontology = Ontology::default();
        let node = ontology.base.node("venue/quux-2021");
        let said: Vec<String> =
            ontology.origin_triples(&node, Some("Quux 2021")).iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|t| t.ends_with("inSeries> <https://w3id.org/papergraph/venue/quux>")), "{said:?}");
        assert!(ontology.origin_triples(&node, None).is_empty());
    }
}
