use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::NodeName;
use crate::extract::Field;
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;
use crate::paper::{Paper, PartialDate};
use crate::text::Sentences;

pub(super) struct ReadPaperTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadPaperArguments {
    /// The id, title or arXiv id of a paper.
    paper: String,
    /// Only this part: abstract, a section by its number (3) or field (section-3), or words of its heading.
    section: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ReadPaperHead {
    paper: NodeName,
    date: Option<PartialDate>,
    /// All parts of the text that the graph has, in order.
    parts: Vec<TextPart>,
}

/// A part of a paper's text.
#[derive(Serialize, JsonSchema)]
pub(super) struct TextPart {
    field: Field,
    /// The heading; empty for text under no heading.
    heading: String,
    /// The page on which it begins, if known.
    page: Option<u32>,
    /// Number of characters.
    characters: usize,
}

/// A paragraph, or a piece of a long one.
#[derive(Serialize, JsonSchema)]
pub(super) struct Paragraph {
    field: Field,
    heading: String,
    /// The page on which its part begins, if known.
    page: Option<u32>,
    /// Where it begins in the field, in code points.
    start: usize,
    /// Where it ends in the field, in code points.
    end: usize,
    text: String,
}

/// Length above which a paragraph is given in pieces of whole sentences, in bytes.
const PIECE: usize = 1500;

impl Tool for ReadPaperTool {
    const NAME: &'static str = "read_paper";
    const TITLE: &'static str = "Read what a paper says";
    const DESCRIPTION: &'static str = "\
The text of a paper as far as the graph has it: the abstract, and the sections where the full paper was read. Rows are paragraphs \
in reading order, each with its section, page and place; `parts` is the table of contents. Read a long paper with next_cursor, \
or one section of it with section.";
    type Input = ReadPaperArguments;
    type Head = ReadPaperHead;
    type Row = Paragraph;

    fn answer(
        asked: &ToolRequest<'_>,
        input: ReadPaperArguments,
    ) -> Result<ToolFindings<ReadPaperHead, Paragraph>, ToolFailure> {
        let mut notes = Vec::new();
        let node = node::find_of_kind(asked.graph, &input.paper, NodeKind::Paper, &mut notes)?;
        let id = node.id.parse().ok();
        let paper = match id {
            Some(id) => asked.graph.paper(&id)?,
            None => None,
        };
        let Some(paper) = paper else { return Err(ToolFailure::new(format!("{} cannot be read", node.id))) };
        let fields: Vec<Field> = std::iter::once(Field::Abstract).chain(Field::sections(&paper)).collect();
        let chosen = match &input.section {
            None => fields.clone(),
            Some(wanted) => chosen(&paper, &fields, wanted)?,
        };
        let parts = fields.iter().map(|field| TextPart {
            field: *field,
            heading: heading(&paper, *field).to_string(),
            page: page(&paper, *field),
            characters: field.of(&paper).chars().count(),
        });
        let parts: Vec<TextPart> = parts.filter(|part| part.characters > 0).collect();
        if fields.len() == 1 {
            notes.push("the graph has no full text of this paper, only its title and abstract".to_string());
        }
        let all: Vec<Paragraph> = chosen.iter().flat_map(|field| paragraphs(&paper, *field)).collect();
        let total = all.len();
        let head = ReadPaperHead { paper: NodeName::from(&node), date: paper.published, parts };
        Ok(ToolFindings { head, rows: asked.window(all), total: Some(total), notes })
    }
}

/// The fields that `wanted` names.
fn chosen(paper: &Paper, fields: &[Field], wanted: &str) -> Result<Vec<Field>, ToolFailure> {
    let wanted = wanted.trim().to_lowercase();
    let number = wanted.parse::<u32>().ok().map(Field::Section);
    let named = wanted.parse::<Field>().ok().or(number);
    let found: Vec<Field> = match named {
        Some(field) => fields.iter().copied().filter(|one| *one == field).collect(),
        None if wanted.is_empty() => Vec::new(),
        None => fields.iter().copied().filter(|one| heading(paper, *one).to_lowercase().contains(&wanted)).collect(),
    };
    if found.is_empty() {
        let parts: Vec<String> = fields
            .iter()
            .take(40)
            .map(|field| match heading(paper, *field) {
                "" => field.to_string(),
                heading => format!("{field} ({heading})"),
            })
            .collect();
        return Err(
            ToolFailure::new("the paper has no such section").help(format!("its parts are {}", parts.join(", ")))
        );
    }
    Ok(found)
}

fn heading(paper: &Paper, field: Field) -> &str {
    match field {
        Field::Title => "Title",
        Field::Abstract => "Abstract",
        Field::Section(number) => {
            let at = (number as usize).checked_sub(1);
            at.and_then(|at| paper.sections.get(at)).map_or("", |section| section.title.as_str())
        }
    }
}

fn page(paper: &Paper, field: Field) -> Option<u32> {
    let Field::Section(number) = field else { return None };
    paper.sections.get((number as usize).checked_sub(1)?)?.location.as_ref()?.page()
}

/// The paragraphs of a field; long ones in pieces.
fn paragraphs(paper: &Paper, field: Field) -> Vec<Paragraph> {
    let text = field.of(paper);
    let mut found = Vec::new();
    let mut points = 0;
    for piece in text.split_inclusive('\n').flat_map(pieces) {
        let shown = piece.trim_end();
        let lead = shown.len() - shown.trim_start().len();
        let start = points + piece[..lead].chars().count();
        let shown = shown.trim_start();
        if !shown.is_empty() {
            found.push(Paragraph {
                field,
                heading: heading(paper, field).to_string(),
                page: page(paper, field),
                start,
                end: start + shown.chars().count(),
                text: shown.to_string(),
            });
        }
        points += piece.chars().count();
    }
    found
}

/// A paragraph in pieces of whole sentences.
fn pieces(paragraph: &str) -> Vec<&str> {
    if paragraph.len() <= PIECE {
        return vec![paragraph];
    }
    let sentences = Sentences::new(paragraph);
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while at < paragraph.len() {
        let sentence = sentences.around(at);
        if sentence.end - start > PIECE && sentence.start > start {
            pieces.push(&paragraph[start..sentence.start]);
            start = sentence.start;
        }
        at = sentence.end.max(at + 1);
    }
    pieces.push(&paragraph[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::Section;

    #[test]
    fn paragraphs_are_cut_between_sentences_and_keep_their_place() {
        let sentence = "A sentence of about fifty characters, é is in it. ";
        let text = format!("First.\n{}\nLast.", sentence.repeat(50));
        let mut paper = Paper::titled("A paper");
        paper.sections.push(Section::new("Method", text.clone()));
        let found = paragraphs(&paper, Field::Section(1));
        assert!(found.len() > 3, "{}", found.len());
        let points: Vec<char> = text.chars().collect();
        for paragraph in &found {
            assert_eq!(points[paragraph.start..paragraph.end].iter().collect::<String>(), paragraph.text);
            assert!(paragraph.text.len() <= PIECE && paragraph.text.ends_with('.'), "{}", paragraph.text);
        }
        let whole: String = found.iter().map(|paragraph| paragraph.text.replace(' ', "")).collect();
        assert_eq!(whole, text.replace([' ', '\n'], ""));
    }
}
