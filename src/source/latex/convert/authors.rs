//! Authors, with their affiliations.

use super::Converter;
use crate::document::DocumentAuthor;
use crate::source::latex::arguments::{group, optional};
use crate::source::latex::tokens::{LatexToken, PlacedToken};

impl<'t> Converter<'t> {
    /// The people in the lines of `\author`, with their places of work.
    pub(super) fn authors_of(&mut self, tokens: &'t [PlacedToken]) -> Vec<DocumentAuthor> {
        let mut people: Vec<(DocumentAuthor, Vec<String>, usize)> = Vec::new();
        let mut places: Vec<(String, Vec<String>, usize)> = Vec::new();
        for (block, block_tokens) in parts(tokens, &["and", "And", "AND"]).into_iter().enumerate() {
            for line in parts(
                block_tokens,
                &["\\", "quad", "qquad", "newline", "enspace", "hfill", "par", "hspace", "linebreak"],
            ) {
                let (words, marks) = self.name_and_marks(line);
                let pieces: Vec<(String, Vec<String>)> = words.into_iter().zip(marks).collect();
                let all_names =
                    !pieces.is_empty() && pieces.iter().all(|(name, _)| crate::source::people::is_name(name));
                if all_names {
                    for (name, marks) in pieces {
                        people.push((DocumentAuthor { name, ..DocumentAuthor::default() }, marks, block));
                    }
                } else {
                    let marks: Vec<String> = pieces.iter().flat_map(|(_, marks)| marks.clone()).collect();
                    let text = pieces.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ");
                    if text.chars().filter(|c| c.is_alphabetic()).count() > 3 && !text.contains('@') {
                        places.push((text, marks, block));
                    }
                }
            }
        }
        let by_marks = places.iter().any(|(_, marks, _)| !marks.is_empty())
            && people.iter().any(|(_, marks, _)| !marks.is_empty());
        people
            .into_iter()
            .map(|(mut person, marks, block)| {
                let belongs = |place: &&(String, Vec<String>, usize)| match by_marks {
                    true => place.1.iter().any(|mark| marks.contains(mark)),
                    false => place.2 == block,
                };
                let mine = places.iter().filter(belongs).map(|(text, _, _)| text.clone());
                person.affiliations = match by_marks {
                    true => mine.collect(),
                    false => {
                        Some(mine.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty()).into_iter().collect()
                    }
                };
                person
            })
            .collect()
    }

    /// The parts of a line between commas, each with the raised marks after it.
    fn name_and_marks(&mut self, tokens: &'t [PlacedToken]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut texts = vec![String::new()];
        let mut marks: Vec<Vec<String>> = vec![Vec::new()];
        let mut at = 0;
        let mut start = 0;
        let put = |this: &mut Self, from: usize, to: usize, texts: &mut Vec<String>, marks: &mut Vec<Vec<String>>| {
            let text = this.plain(&tokens[from..to]);
            for (i, piece) in text.replace(" and ", ", ").replace(" & ", ", ").split(',').enumerate() {
                if i > 0 {
                    texts.push(String::new());
                    marks.push(Vec::new());
                }
                if let Some(last) = texts.last_mut() {
                    last.push_str(piece);
                }
            }
        };
        while at < tokens.len() {
            let raised = match &tokens[at].0 {
                LatexToken::Char('^') => Some(at + 1),
                LatexToken::Command(name)
                    if ["textsuperscript", "inst", "IEEEauthorrefmark", "affmark", "footnotemark"]
                        .contains(&&**name) =>
                {
                    Some(optional(tokens, at + 1).map_or(at + 1, |(_, next)| next))
                }
                LatexToken::Command(name) if ["thanks", "footnote"].contains(&&**name) => {
                    put(self, start, at, &mut texts, &mut marks);
                    at = group(tokens, at + 1).1;
                    start = at;
                    continue;
                }
                _ => None,
            };
            let Some(behind) = raised else {
                at += 1;
                continue;
            };
            put(self, start, at, &mut texts, &mut marks);
            let (mut argument, mut next) = group(tokens, behind);
            // `^\mathbf{1}`
            if let ([(LatexToken::Command(_), _)], Some((LatexToken::Open, _))) = (argument, tokens.get(next)) {
                (argument, next) = group(tokens, next);
            }
            let mark = self.plain(argument);
            if let Some(last) = marks.last_mut() {
                last.extend(mark.split([',', ' ']).filter(|mark| !mark.is_empty()).map(str::to_string));
            }
            at = next;
            start = at;
        }
        put(self, start, tokens.len(), &mut texts, &mut marks);
        let mut out = (Vec::new(), Vec::new());
        for (text, marks) in texts.into_iter().zip(marks) {
            let text = text.trim().trim_start_matches("and ").trim();
            // A full stop after the last name that is not after an initial.
            let last = text.rsplit(' ').next().unwrap_or_default();
            let text = if last.chars().count() > 3 { text.trim_end_matches('.') } else { text }.to_string();
            if !text.is_empty() {
                out.0.push(text);
                out.1.push(marks);
            }
        }
        out
    }
}

/// The tokens between commands with these names.
fn parts<'t>(tokens: &'t [PlacedToken], names: &[&str]) -> Vec<&'t [PlacedToken]> {
    let divides = |(token, _): &PlacedToken| {
        matches!(token, LatexToken::Command(name) if names.contains(&name.trim_end_matches('*')))
            || names.contains(&"\\") && *token == LatexToken::Cell
    };
    tokens.split(divides).filter(|part| !part.is_empty()).collect()
}
