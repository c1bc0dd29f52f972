//! JSON Lines, or one JSON array or object around a list: one paper a record, with the fields of the extraction record
//! (`title`, `abstract`, `published`, …) or other programs' names for them (`date`, `year`, `url`, `summary`,
//! `arxiv_id`, …).
//!
//! Only `title` is required. A field that cannot be read is left out and reported; the paper is read without it. Fields
//! of the extraction part and unknown fields are ignored, so that the output of `kg extract` can be read again.

mod fields;

use std::io::BufRead;

use serde_json::{Map, Value};

use super::facts::{add_link, date, date_of, set_authors, set_doi, spoken};
use super::json::{self, RecordOutline};
use super::json_references;
use super::place::{FramedRecord, ProblemReason, SkippedRecord, SourceInput, SourceItem};
use crate::paper::{Paper, PaperId, doi};
use fields::RecordFields;

/// The names of each field, the most precise first. Case, `_`, `-` and spaces do not matter.
mod names {
    pub(super) const TITLE: [&str; 4] = ["title", "papertitle", "documenttitle", "articletitle"];
    pub(super) const ABSTRACT: [&str; 5] = ["abstract", "summary", "paperabstract", "abstractnote", "abstracttext"];
    pub(super) const DATE: [&str; 16] = [
        "published",
        "firstpublicationdate",
        "date",
        "publicationdate",
        "publisheddate",
        "publishedat",
        "datepublished",
        "pubdate",
        "submitted",
        "submitteddate",
        "submissiondate",
        "created",
        "year",
        "publicationyear",
        "pubyear",
        "yearpublished",
    ];
    pub(super) const ID: [&str; 2] = ["id", "paperid"];
    pub(super) const ARXIV: [&str; 3] = ["arxivid", "arxiv", "eprint"];
    pub(super) const DOI: [&str; 1] = ["doi"];
    pub(super) const ACL: [&str; 3] = ["aclid", "anthologyid", "acl"];
    pub(super) const AUTHORS: [&str; 4] = ["authors", "author", "authornames", "authorstring"];
    pub(super) const AUTHOR_COUNT: [&str; 3] = ["authorcount", "numauthors", "numberofauthors"];
    pub(super) const ORGANIZATION: [&str; 4] = ["organization", "organisation", "affiliation", "institution"];
    pub(super) const COMMENTS: [&str; 2] = ["comments", "numcomments"];
    pub(super) const VENUE: [&str; 9] = [
        "venue",
        "journal",
        "conference",
        "booktitle",
        "proceedings",
        "publicationtitle",
        "sourcetitle",
        "journalname",
        "journaltitle",
    ];
    pub(super) const TAGS: [&str; 5] = ["keywords", "tags", "authorkeywords", "manualtags", "keyword"];
    pub(super) const REFERENCES: [&str; 5] = ["references", "bibliography", "referencedworks", "citedworks", "cites"];
    pub(super) const LINKS: [&str; 27] = [
        "urls",
        "url",
        "links",
        "link",
        "paperurl",
        "absurl",
        "pdfurl",
        "pdf",
        "homepage",
        "projectpage",
        "projecturl",
        "code",
        "codeurl",
        "repository",
        "repo",
        "repourl",
        "github",
        "githuburl",
        "articleurl",
        "arxivurl",
        "arxivlink",
        "paperlink",
        "pdflink",
        "codelink",
        "githublink",
        "website",
        "ee",
    ];
}

/// Whether the records have a title.
pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    outline.is_json() && ["title", "Title", "paper_title", "paperTitle"].iter().any(|name| outline.has(name))
}

pub(super) fn read<R: BufRead + Send + 'static>(
    reader: R,
    outline: &RecordOutline,
    place: SourceInput,
) -> impl Iterator<Item = SourceItem> + Send + use<R> {
    let wrapper = outline.wrapper();
    json::texts(reader, outline, place.clone(), json::MAX_RECORD_BYTES).flat_map(move |frame| match frame {
        Ok(FramedRecord { line, record }) => items(&record, wrapper, line, &place),
        Err(problem) => vec![Err(problem)],
    })
}

/// The paper of a record, and messages about the fields that were left out.
fn items(record: &[u8], wrapper: Option<&str>, number: u64, place: &SourceInput) -> Vec<SourceItem> {
    let (paper, left_out) = match paper(record, wrapper) {
        Ok(read) => read,
        Err(skipped) => return vec![Err(place.problem(number, skipped))],
    };
    // The output of `kg extract` states where its papers were read.
    let paper = if paper.sources.is_empty() { place.paper(number, paper) } else { Ok(paper) };
    let problem = |message| Err(place.problem(number, SkippedRecord::new(ProblemReason::Field, message)));
    std::iter::once(paper).chain(left_out.into_iter().map(problem)).collect()
}

/// The paper, and a message for each field that is left out.
fn paper(record: &[u8], wrapper: Option<&str>) -> Result<(Paper, Vec<String>), SkippedRecord> {
    let json::MendedValue { mut value, mended } = json::parse_mending::<Value>(record)?;
    if let Some(inner) = wrapper.and_then(|name| value.get_mut(name)) {
        value = inner.take();
    }
    let Value::Object(record) = &value else { return Err(SkippedRecord::malformed("not a paper: not a JSON object")) };
    paper_of(record, mended > 0)
}

/// Whether a field of papers has this name.
pub(super) fn is_known(name: &str) -> bool {
    let with_title = |name| known_names([name, "title"].into_iter());
    names::TITLE.contains(&fields::plain(name).as_str()) || with_title(name) > Some(1)
}

/// How many of these field names are known, if one of them is a title.
pub(super) fn known_names<'n>(fields: impl Iterator<Item = &'n str>) -> Option<usize> {
    let others: [&[&str]; 9] = [
        &names::ABSTRACT,
        &names::DATE,
        &names::ID,
        &names::ARXIV,
        &names::DOI,
        &names::AUTHORS,
        &names::VENUE,
        &names::LINKS,
        &names::ORGANIZATION,
    ];
    let fields: Vec<String> = fields.map(fields::plain).collect();
    let is_title = |field: &String| names::TITLE.contains(&field.as_str());
    let known = fields.iter().filter(|field| others.iter().any(|names| names.contains(&field.as_str()))).count();
    fields.iter().any(is_title).then_some(known + 1)
}

/// The paper of a record, and a message for each field that is left out; `mended` says that a text in it was mended.
pub(super) fn paper_of(record: &Map<String, Value>, mended: bool) -> Result<(Paper, Vec<String>), SkippedRecord> {
    let mut fields = RecordFields::of(record);
    if mended {
        fields.left_out.push(json::MENDED.to_string());
    }
    let title = fields.text(&names::TITLE).ok_or_else(|| match fields.all(&names::TITLE).next() {
        Some(title) if fields::only(title).is_string() => SkippedRecord::untitled(),
        Some(_) => SkippedRecord::malformed("not a paper: `title` is not a text"),
        None => SkippedRecord::malformed("not a paper: there is no `title`"),
    })?;
    let mut paper = Paper::titled(title);
    paper.abstract_text = fields.text(&names::ABSTRACT).unwrap_or_default();
    paper.published = fields.first(&names::DATE, "a date; write 2024, 2024-07 or 2024-07-10", read_date);
    // In the output of `kg extract`: an inferred date is no statement of a source, and is inferred again.
    if record.contains_key("date_source") && !record["date_source"].is_null() {
        paper.published = None;
    }
    paper.organization = fields.text(&names::ORGANIZATION);
    // arXiv has a text for people in this field.
    paper.comments = fields.first(&names::COMMENTS, "", |value| Some(small_number(value))).flatten();
    paper.venue = fields.first(&names::VENUE, "a name", |value| text_or(value, "name"));
    if let Some(authors) = fields.first(&names::AUTHORS, "a list of names", read_authors) {
        set_authors(&mut paper, authors);
    }
    let count = fields.first(&names::AUTHOR_COUNT, "a number", small_number);
    paper.author_count = count.or(paper.author_count);
    paper.sections = fields.typed("sections").unwrap_or_default();
    paper.document = fields.typed("document");
    paper.catalogue_ids = fields.typed("catalogue_ids").unwrap_or_default();
    let references = fields.all(&names::REFERENCES).next();
    json_references::add(&mut paper, json_references::read(references));
    paper.sources = fields.typed("sources").unwrap_or_default();
    paper.declared = fields.typed("declared").unwrap_or_default();
    paper.identifiers = fields.typed("identifiers").unwrap_or_default();
    paper.library = fields.typed("library").unwrap_or_default();
    fields.all(&names::TAGS).for_each(|tags| add_tags(&mut paper, tags));
    identify(&mut paper, &mut fields);
    if paper.sources.is_empty() {
        add_links(&mut paper, &fields);
    } else {
        paper.urls = fields.typed("urls").unwrap_or_default();
    }
    Ok((paper, fields.left_out))
}

fn identify(paper: &mut Paper, fields: &mut RecordFields<'_>) {
    let was_extracted = !paper.sources.is_empty();
    // Any other id is known only to its source.
    let own = fields.first(&names::ID, "", |value| {
        let id = value.as_str()?.trim();
        let registered = || PaperId::arxiv(id).or_else(|| PaperId::doi(id)).or_else(|| PaperId::acl(id));
        if id.starts_with("paper/") { id.parse().ok() } else { registered() }
    });
    let arxiv = fields.first(&names::ARXIV, "an arXiv id in quotation marks", |value| PaperId::arxiv(value.as_str()?));
    let acl = fields.first(&names::ACL, "an id of the ACL Anthology", |value| PaperId::acl(value.as_str()?));
    let known_doi = fields.first(&names::DOI, "a DOI", |value| doi(fields::only(value).as_str()?).map(str::to_string));
    match own {
        Some(id) if was_extracted || !id.is_registered() => paper.id = id,
        id => paper.identify(id),
    }
    paper.identify(arxiv.into_iter().chain(acl));
    match known_doi {
        Some(doi) if was_extracted => paper.doi = Some(doi),
        Some(doi) => set_doi(paper, &doi),
        None => {}
    }
}

/// All addresses in all fields that can hold some: ids of registries, repositories and pages.
fn add_links(paper: &mut Paper, fields: &RecordFields<'_>) {
    for url in fields.all(&names::LINKS).flat_map(addresses).collect::<Vec<String>>() {
        add_link(paper, &url);
    }
}

/// Keywords in a list, or in one text.
fn add_tags(paper: &mut Paper, value: &Value) {
    match value {
        Value::String(tags) => paper.library.add_tag_list(tags),
        Value::Array(list) => paper.library.add_tags(list.iter().filter_map(Value::as_str)),
        _ => {}
    }
}

/// The addresses in a text, a list of them, or objects with a `url`.
fn addresses(value: &Value) -> Vec<String> {
    match value {
        Value::String(url) => vec![url.trim().to_string()],
        Value::Array(list) => list.iter().flat_map(addresses).collect(),
        Value::Object(object) => object.get("url").or(object.get("href")).map(addresses).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn read_date(value: &Value) -> Option<crate::paper::PartialDate> {
    match value {
        Value::String(text) => date(text),
        // Programs write whole numbers in tables with gaps as `2024.0`.
        Value::Number(number) => {
            let whole = number.as_f64().filter(|year| year.fract() == 0.0 && (1000.0..=9999.0).contains(year))?;
            date_of(whole as u16, None, None)
        }
        _ => None,
    }
}

fn small_number(value: &Value) -> Option<u32> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    u32::try_from(number).ok()
}

fn text_or(value: &Value, field: &str) -> Option<String> {
    let text = value.as_str().or_else(|| value.get(field)?.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// Names in a list, as texts or objects, in an object around the list, or in one text: `A; B`, `A and B` or
/// `Jane Doe, Rick Roe`.
fn read_authors(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(author).collect(),
        Value::Object(object) => match object.get("author")? {
            one @ Value::Object(_) => author(one).into_iter().collect(),
            list => read_authors(list)?,
        },
        Value::String(text) if text.contains(';') => text.split(';').filter_map(spoken).collect(),
        Value::String(text) if text.contains(" and ") && !text.contains(',') => {
            text.split(" and ").filter_map(spoken).collect()
        }
        Value::String(text) => {
            let parts: Vec<&str> = text.split(',').flat_map(|part| part.split(" and ")).map(str::trim).collect();
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            // `Doe, Jane` is one person, `Jane Doe, Rick Roe` are two.
            match parts.iter().all(|part| part.contains(' ')) {
                true => parts.into_iter().map(|part| part.trim_start_matches("and ").to_string()).collect(),
                false => text.split(" and ").filter_map(spoken).collect(),
            }
        }
        _ => return None,
    };
    Some(names)
}

fn author(value: &Value) -> Option<String> {
    let whole = || ["full_name", "fullName", "display_name"].iter().find_map(|field| text_or(value, field));
    let of_dblp = || text_or(value, "text").map(|name| super::dblp::without_number(&name));
    text_or(value, "name").or_else(whole).or_else(of_dblp).or_else(|| {
        let part = |names: [&str; 2]| names.iter().find_map(|name| value.get(name)?.as_str());
        super::facts::name(part(["given", "first"]), part(["family", "last"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Format, ReadProblem};

    fn all(text: &str) -> Vec<Result<Paper, ReadProblem>> {
        read(
            std::io::Cursor::new(text.to_string()),
            &RecordOutline::of(text.as_bytes()),
            SourceInput::new("in.jsonl", Format::Jsonl),
        )
        .collect()
    }

    /// The paper of a line, and the messages about it.
    fn one(line: &str) -> (Paper, Vec<String>) {
        let mut items = all(line).into_iter();
        let paper = items.next().unwrap().unwrap();
        (paper, items.map(|item| item.unwrap_err().to_string()).collect())
    }

    #[test]
    fn a_title_is_enough_and_makes_the_id() {
        let papers = all("{\"title\": \"Fast Sparse ConvNets\"}\n\n{\"title\": \"B\", \"id\": \"2407.11062v2\"}");
        let ids: Vec<String> = papers.iter().map(|p| p.as_ref().unwrap().id.to_string()).collect();
        assert_eq!(ids, ["paper/fast-sparse-convnets", "paper/arxiv-2407.11062"]);
        assert_eq!(papers[1].as_ref().unwrap().sources[0].line, 3);
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_is_read() {
        let papers = all("{\"title\": \"A\"\n{\"abstract\": \"x\"}\n[1]\n{\"title\": \" \"}\n{\"title\": \"C\"}\n");
        let messages: Vec<String> = papers.iter().filter_map(|p| p.as_ref().err()).map(ToString::to_string).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        in.jsonl:1: not JSON: EOF while parsing an object (column 13)
        in.jsonl:2: not a paper: there is no `title`
        in.jsonl:3: not a paper: not a JSON object
        in.jsonl:4: the title is empty
        ");
        assert!(papers[4].is_ok());
    }

    #[test]
    fn fields_are_known_by_the_names_that_people_give_them() {
        for (field, wanted) in [
            (r#""date": "2024-07-10""#, "2024-07-10"),
            (r#""year": 2024"#, "2024"),
            (r#""year": "2024""#, "2024"),
            (r#""year": 2024.0"#, "2024"),
            (r#""date": "December 2024""#, "2024-12"),
            (r#""Publication Date": "2024/07/10""#, "2024-07-10"),
            (r#""publishedAt": "2024-07-10T12:00:00Z", "year": 2023"#, "2024-07-10"),
            (r#""published": null, "date": "", "year": 2024"#, "2024"),
        ] {
            let (paper, messages) = one(&format!("{{\"title\": \"T\", {field}}}"));
            assert_eq!(paper.published.map(|date| date.to_string()).as_deref(), Some(wanted), "{field}");
            assert_eq!(messages, Vec::<String>::new());
        }
        for (field, wanted) in [
            (r#""arxiv_id": "2407.11062""#, "paper/arxiv-2407.11062"),
            (r#""arxivId": "arXiv:2407.11062v2""#, "paper/arxiv-2407.11062"),
            (r#""paper_id": "2407.11062""#, "paper/arxiv-2407.11062"),
            (r#""id": "https://arxiv.org/abs/2407.11062""#, "paper/arxiv-2407.11062"),
            (r#""url": "https://arxiv.org/abs/2407.11062""#, "paper/arxiv-2407.11062"),
            (r#""pdf_url": "https://arxiv.org/pdf/2407.11062v1.pdf""#, "paper/arxiv-2407.11062"),
            (r#""DOI": "https://doi.org/10.1162/tacl_a_00290""#, "paper/doi-10.1162-tacl-a-00290"),
            (r#""anthology_id": "N19-1423""#, "paper/acl-n19-1423"),
            (r#""id": "paper/my-own""#, "paper/my-own"),
            (r#""id": 17"#, "paper/t"),
        ] {
            let (paper, messages) = one(&format!("{{\"title\": \"T\", {field}}}"));
            assert_eq!((paper.id.to_string().as_str(), messages), (wanted, Vec::new()), "{field}");
        }
        let (paper, _) =
            one(r#"{"title": "T", "summary": "S.", "link": "https://example.org/p", "code": "https://github.com/a/b",
                "journal": {"name": "JMLR"}, "comments": "12 pages", "organisation": "Acme"}"#
                .replace('\n', " ")
                .as_str());
        assert_eq!((paper.abstract_text.as_str(), paper.urls), ("S.", vec!["https://example.org/p".to_string()]));
        assert_eq!(paper.declared.repositories[0].url, "https://github.com/a/b");
        assert_eq!((paper.venue.as_deref(), paper.organization.as_deref()), (Some("JMLR"), Some("Acme")));
        assert_eq!(paper.comments, None);
    }

    #[test]
    fn answers_of_search_interfaces_are_read() {
        for (answer, date, authors) in [
            (
                r#"{"result": {"hits": {"hit": [{"@id": "1", "info": {"title": "T", "year": "2030", "doi": "10.5555/l.1",
                    "authors": {"author": [{"text": "Ana Ruiz 0001"}, {"text": "Bo Li"}]}}}]}}}"#,
                "2030",
                ["Ana Ruiz", "Bo Li"],
            ),
            (
                r#"{"resultList": {"result": [{"title": "T", "authorString": "Ana Ruiz, Bo Li", "doi": "10.5555/l.1",
                    "firstPublicationDate": "2030-03-04"}]}}"#,
                "2030-03-04",
                ["Ana Ruiz", "Bo Li"],
            ),
            (
                r#"{"response": {"docs": [{"title": ["T"], "author": ["Ana Ruiz", "Bo Li"], "pubdate": "2030-03-00",
                    "doi": ["10.5555/l.1"]}]}}"#,
                "2030-03",
                ["Ana Ruiz", "Bo Li"],
            ),
            (
                r#"{"messages": [], "collection": [{"title": "T", "authors": "Ruiz, Ana; Li, Bo", "doi": "10.5555/l.1",
                    "date": "2030-03-04", "published": "NA"}]}"#,
                "2030-03-04",
                ["Ana Ruiz", "Bo Li"],
            ),
        ] {
            let items = all(answer);
            assert_eq!(items.len(), 1, "{items:?}");
            let paper = items[0].as_ref().unwrap();
            assert_eq!((paper.title.as_str(), paper.doi.as_deref()), ("T", Some("10.5555/l.1")), "{answer}");
            assert_eq!(paper.published.unwrap().to_string(), date, "{answer}");
            assert_eq!(paper.authors.as_deref().unwrap(), authors, "{answer}");
        }
    }

    #[test]
    fn authors_are_read_from_lists_objects_and_one_text() {
        for authors in [
            r#"["Jane Doe", "Rick Roe"]"#,
            r#"[{"name": "Jane Doe"}, {"given": "Rick", "family": "Roe"}]"#,
            r#""Jane Doe, Rick Roe""#,
            r#""Jane Doe and Rick Roe""#,
            r#""Doe, Jane and Roe, Rick""#,
            r#""Doe, Jane; Roe, Rick""#,
        ] {
            let (paper, messages) = one(&format!("{{\"title\": \"T\", \"authors\": {authors}}}"));
            assert_eq!(paper.authors.unwrap(), ["Jane Doe", "Rick Roe"], "{authors}");
            assert_eq!((paper.author_count, messages), (Some(2), Vec::new()));
        }
    }

    #[test]
    fn a_field_that_cannot_be_read_is_left_out_and_reported() {
        let (paper, messages) = one(
            r#"{"title": "T", "published": "soon", "year": 2024, "authors": 3, "arxiv_id": 2407.1106, "doi": "none", "sections": "x"}"#,
        );
        assert_eq!((paper.title.as_str(), paper.published.unwrap().to_string().as_str()), ("T", "2024"));
        assert_eq!((paper.authors, paper.doi, paper.sections.len()), (None, None, 0));
        insta::assert_snapshot!(messages.join("\n"), @r#"
        in.jsonl:1: `published` is left out: "soon" is not a date; write 2024, 2024-07 or 2024-07-10
        in.jsonl:1: `authors` is left out: 3 is not a list of names
        in.jsonl:1: `sections` is left out: invalid type: string "x", expected a sequence
        in.jsonl:1: `arxiv_id` is left out: 2407.1106 is not an arXiv id in quotation marks
        in.jsonl:1: `doi` is left out: "none" is not a DOI
        "#);
        let tally = all(r#"{"title": "T", "published": "soon"}"#);
        assert_eq!(tally[1].as_ref().unwrap_err().reason, ProblemReason::Field);
    }

    #[test]
    fn half_a_character_costs_that_character_and_not_the_paper() {
        let (paper, messages) = one(r#"{"title": "A \ud835 B", "abstract": "\ud83d\ude00 and \udc00\\ud83d"}"#);
        assert_eq!(paper.title, "A \u{fffd} B");
        assert_eq!(paper.abstract_text, "😀 and \u{fffd}\\ud83d");
        insta::assert_snapshot!(
            messages.join("\n"),
            @r"in.jsonl:1: a text has half a character (a lone surrogate, such as \ud83d), read as U+FFFD"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let outline = RecordOutline::of(&bytes);
            for item in read(std::io::Cursor::new(bytes), &outline, SourceInput::new("x", Format::Jsonl)) {
                let _ = item;
            }
        }

        #[test]
        fn any_value_of_any_field_costs_that_field_at_most(
            name in proptest::sample::select(vec!["published", "year", "authors", "id", "doi", "url", "venue", "comments", "sections", "declared", "sources", "x"]),
            value in proptest::sample::select(vec!["null", "0", "-1.5e300", "true", "\"\"", "\"x\"", "[]", "[null,1,{}]", "{}", "{\"name\":{}}", "\"\\ud800\""]),
        ) {
            let items = all(&format!("{{\"title\": \"T\", \"{name}\": {value}}}"));
            proptest::prop_assert_eq!(&items[0].as_ref().unwrap().title, "T");
            proptest::prop_assert!(items[1..].iter().all(|item| item.as_ref().unwrap_err().reason == ProblemReason::Field));
        }
    }
}
