//! The XML of the ACL Anthology: `collection` / `volume` / `paper`, the volume's `meta` with title, month and year.
//! Papers of older collections have no identifiers of their own: their ids are made from the numbers of collection,
//! volume and paper. `pwccode` and `pwcdataset` come from Papers with Code.

use super::author_details;
use super::facts::{add_repository, date_of, month, name, set_authors, set_doi, titled};
use super::place::{ProblemReason, RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::document::DocumentAuthor;
use crate::paper::{DeclaredName, Paper, PaperId};
use crate::text::single_spaced;

/// Whether XML with this beginning has volumes or papers of the Anthology. Other programs also have elements called
/// `collection`.
pub(super) fn looks_like(start: &str) -> bool {
    ["<volume ", "<volume>", "<paper ", "<paper>", "<frontmatter>"].iter().any(|tag| start.contains(tag))
}

/// The elements that are read. The `meta` of a volume comes before its papers.
pub(super) const RECORDS: [&str; 3] = ["meta", "paper", "frontmatter"];

/// The fields of a volume that its papers need.
#[derive(Default)]
struct AclVolume {
    title: String,
    year: Option<u16>,
    month: Option<u8>,
}

/// A reader of records in the order of the file.
pub(super) fn reader() -> impl FnMut(XmlRecord) -> RecordResult {
    let mut volume = AclVolume::default();
    move |record| match record.element.name.as_str() {
        "meta" => {
            volume = AclVolume::of(&record.element);
            Ok(Vec::new())
        }
        "frontmatter" => Err(SkippedRecord::not_a_paper("front matter")),
        _ => paper(&record, &volume).map(|paper| vec![paper]),
    }
}

impl AclVolume {
    fn of(meta: &Element) -> Self {
        let text = |name: &str| meta.first(&[name]).map(plain).unwrap_or_default();
        let months = text("month");
        // `July 10-15`, `July–August`: the first month.
        let first = months.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
        Self { title: text("booktitle"), year: text("year").parse().ok(), month: month(first) }
    }
}

fn paper(record: &XmlRecord, volume: &AclVolume) -> Result<Paper, SkippedRecord> {
    let element = &record.element;
    let text = |name: &str| element.first(&[name]).map(plain).filter(|text| !text.is_empty());
    let id = anthology_id(record, text("url").as_deref());
    // In the old collections the front matter is a paper with the number 0.
    let number = id.as_ref().and_then(PaperId::as_acl).map(str::to_string);
    if number.is_some_and(|id| id.ends_with("000") && id.starts_with(|c: char| c.is_alphabetic())) {
        return Err(SkippedRecord::not_a_paper("front matter"));
    }
    if ["retracted", "removed"].iter().any(|mark| element.first(&[mark]).is_some()) {
        return Err(SkippedRecord::new(ProblemReason::Deleted, "the paper was withdrawn"));
    }
    let mut paper = titled(&text("title").unwrap_or_default())?;
    paper.identify(id);
    paper.abstract_text = text("abstract").unwrap_or_default();
    let part = |author: &Element, part: &str| author.first(&[part]).map(plain);
    let person = |author: &Element| name(part(author, "first").as_deref(), part(author, "last").as_deref());
    set_authors(&mut paper, element.all("author").filter_map(person).collect());
    let details = |author: &Element| {
        let affiliations = author.all("affiliation").map(plain).filter(|text| !text.is_empty());
        Some(DocumentAuthor {
            name: person(author)?,
            affiliations: affiliations.collect(),
            orcid: author.attribute("orcid").and_then(author_details::orcid),
            ids: author.attribute("id").map(|id| format!("acl:{id}")).into_iter().collect(),
            ..DocumentAuthor::default()
        })
    };
    author_details::add(&mut paper, element.all("author").filter_map(details));
    paper.venue = Some(volume.title.clone()).filter(|title| !title.is_empty());
    let own = |name: &str| element.first(&[name]).map(plain);
    let year = own("year").and_then(|year| year.parse().ok()).or(volume.year).or_else(|| collection_year(record));
    let month = own("month").as_deref().and_then(month).or(volume.month);
    paper.published = year.and_then(|year| date_of(year, month, None));
    if let Some(doi) = text("doi") {
        set_doi(&mut paper, &doi);
    }
    for code in element.all("pwccode") {
        // `additional` says that the community added more code; an empty address says that only the community added
        // code.
        if let Some(url) = code.attribute("url").filter(|url| !url.trim().is_empty()) {
            add_repository(&mut paper, url, None, None);
        }
    }
    for dataset in element.all("pwcdataset") {
        let named = DeclaredName { name: plain(dataset), url: dataset.attribute("url").map(str::to_string) };
        if !named.name.is_empty() && !paper.declared.datasets.contains(&named) {
            paper.declared.datasets.push(named);
        }
    }
    Ok(paper)
}

/// The year in the id of the collection, `W97` or `2020.lrec`, for old volumes that state no year.
fn collection_year(record: &XmlRecord) -> Option<u16> {
    let collection = record.around("collection", "id")?;
    match collection.split_once('.') {
        Some((year, _)) => year.parse().ok(),
        None => {
            let year: u16 = collection.get(1..).filter(|digits| digits.len() == 2)?.parse().ok()?;
            // The Anthology begins in 1952, and used such ids until 2019.
            Some(if year < 50 { 2000 + year } else { 1900 + year })
        }
    }
}

/// The Anthology's id of the paper: its address if that is an id, else collection, volume and number.
fn anthology_id(record: &XmlRecord, url: Option<&str>) -> Option<PaperId> {
    let own = url.and_then(|url| PaperId::acl(url.rsplit('/').next()?));
    own.or_else(|| {
        let collection = record.around("collection", "id")?;
        let volume = record.around("volume", "id")?;
        let number = record.element.attribute("id")?;
        if collection.contains('.') {
            return PaperId::acl(&format!("{collection}-{volume}.{number}"));
        }
        // Old ids have four digits for volume and paper; workshops need two of them for the volume.
        let (volume, number): (u32, u32) = (volume.parse().ok()?, number.parse().ok()?);
        let workshop = collection.starts_with(['W', 'w']) || ["C69", "D19"].contains(&collection) && volume >= 5;
        let id = if workshop { format!("{volume:02}{number:02}") } else { format!("{volume}{number:03}") };
        PaperId::acl(&format!("{collection}-{id}"))
    })
}

/// The text of an element with its markup: letters that must stay capitals remain so, and formulas are between dollars.
fn plain(element: &Element) -> String {
    let text = element.text_with(&mut |inner, out| {
        if inner.name == "tex-math" {
            out.push('$');
            out.push_str(inner.text().trim());
            out.push('$');
        }
        inner.name == "tex-math"
    });
    single_spaced(&text)
}
