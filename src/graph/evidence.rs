use oxigraph::model::NamedNode;

use crate::extract::Field;
use crate::ontology::dcterms;
use crate::store::{Evidence, GraphStore, StoreError};
use crate::text::Sentences;

/// The sentence in which a paper names something, in three pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub before: String,
    pub mention: String,
    pub after: String,
    /// `title` or `abstract`.
    pub field: String,
    /// Code points from the beginning of the field.
    pub start: usize,
    pub end: usize,
}

impl Quote {
    /// The sentence with signs around the mention.
    pub fn marked(&self, open: &str, close: &str) -> String {
        format!("{}{open}{}{close}{}", self.before, self.mention, self.after)
    }
}

/// Cuts the sentence around code points `start..end` out of a field's text. `None` if the text has changed so much
/// that there is no such place.
pub fn quote(text: &str, evidence: &Evidence) -> Option<Quote> {
    let at = |point: usize| match text.char_indices().nth(point) {
        Some((byte, _)) => Some(byte),
        None => (text.chars().count() == point).then_some(text.len()),
    };
    let (start, end) = (at(evidence.start)?, at(evidence.end)?);
    if start >= end {
        return None;
    }
    let sentences = Sentences::new(text);
    let sentence = sentences.around(start);
    let stop = sentence.end.max(end);
    Some(Quote {
        before: one_line(text.get(sentence.start..start)?).trim_start().to_string(),
        mention: one_line(text.get(start..end)?),
        after: one_line(text.get(end..stop)?).trim_end().to_string(),
        field: evidence.field.clone(),
        start: evidence.start,
        end: evidence.end,
    })
}

/// White space of any kind as single spaces.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() && !c.is_control() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// The most telling sentence in which `paper` names `entity`: one that states a relation before a bare mention, the
/// abstract before the full text before the title (which the reader sees anyway), then the first. Reads the mentions of this paper alone.
pub fn quotes_of(store: &GraphStore, paper: &NamedNode, entity: &NamedNode) -> Result<Option<Quote>, StoreError> {
    let mut mentions = store.mentions_in(paper)?;
    mentions.retain(|mention| mention.entity == *entity);
    mentions.sort_by_cached_key(|mention| {
        (mention.relation == "mentions", mention.field == "title", mention.field.parse::<Field>().ok(), mention.start)
    });
    for mention in &mentions {
        let text = match mention.field.as_str() {
            "title" => store.literal(paper, dcterms::TITLE)?,
            "abstract" => store.literal(paper, dcterms::ABSTRACT)?,
            section => {
                let part = NamedNode::new_unchecked(format!("{}#{section}", paper.as_str()));
                store.literal(&part, store.ontology().kg.text.as_ref())?
            }
        };
        if let Some(found) = text.and_then(|text| quote(&text, mention)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(start: usize, end: usize) -> Evidence {
        let node = NamedNode::new_unchecked("https://example.org/x");
        Evidence {
            paper: node.clone(),
            entity: node,
            field: "abstract".into(),
            start,
            end,
            text: String::new(),
            confidence: 1.0,
            relation: "mentions".into(),
            variant: None,
        }
    }

    #[test]
    fn the_sentence_is_cut_out_and_the_mention_marked() {
        let text = "Größe zählt. We use\n COCO here. End.";
        let quote = quote(text, &evidence(21, 25)).unwrap();
        assert_eq!(quote.marked("**", "**"), "We use **COCO** here.");
    }

    #[test]
    fn a_place_outside_the_text_is_none() {
        assert_eq!(quote("short", &evidence(3, 9)), None);
        assert_eq!(quote("short", &evidence(4, 2)), None);
        assert!(quote("short", &evidence(0, 5)).is_some());
    }
}
