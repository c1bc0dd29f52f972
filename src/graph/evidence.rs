use std::borrow::Cow;
use std::ops::Range;

use oxigraph::model::NamedNode;

use super::about::PartFacts;
use crate::extract::{Field, TextPlace};
use crate::store::{GraphStore, StoreError, StoredMention};
use crate::text::{ByteOffsets, Sentences};

/// The sentence in which a paper names something, in three pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceQuote {
    pub before: String,
    pub mention: String,
    pub after: String,
    pub place: TextPlace,
}

impl EvidenceQuote {
    /// The sentence with markers around the mention.
    pub fn marked(&self, open: &str, close: &str) -> String {
        format!("{}{open}{}{close}{}", self.before, self.mention, self.after)
    }
}

/// Cuts the sentence around a place out of the text of its field. `None` if the text has changed so much that the
/// place no longer exists.
pub(crate) fn quote(text: &str, place: TextPlace) -> Option<EvidenceQuote> {
    let Range { start, end } =
        ByteOffsets::new(text).range(place.start, place.end).filter(|range| !range.is_empty())?;
    let sentences = Sentences::new(text);
    let sentence = sentences.around(start);
    let stop = sentence.end.max(end);
    Some(EvidenceQuote {
        before: one_line(text.get(sentence.start..start)?).trim_start().to_string(),
        mention: one_line(text.get(start..end)?),
        after: one_line(text.get(end..stop)?).trim_end().to_string(),
        place,
    })
}

/// Replaces each run of white space and control characters by one space.
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

/// The best sentence in which `paper` names `entity`. The sentence of the abstract that presents it as the paper's
/// own comes first. Otherwise a stated relation comes before a bare mention; then the abstract before the full text
/// before the title (which the reader sees anyway); then the first. Reads only what this paper says.
pub(crate) fn quotes_of(
    store: &GraphStore,
    paper: &NamedNode,
    entity: &NamedNode,
) -> Result<Option<EvidenceQuote>, StoreError> {
    quote_among(store, paper, entity, || Ok(store.mentions_of(paper, entity)?.into()))
}

/// As [`quotes_of`], with mentions of the paper that were read already.
pub(super) fn quote_among<'m>(
    store: &GraphStore,
    paper: &NamedNode,
    entity: &NamedNode,
    mentions: impl FnOnce() -> Result<Cow<'m, [StoredMention]>, StoreError>,
) -> Result<Option<EvidenceQuote>, StoreError> {
    if let Some(place) = presented(store, paper, entity)?.filter(|place| place.field != Field::Title)
        && let Some(found) = quoted(store, paper, place)?
    {
        return Ok(Some(found));
    }
    let mentions = mentions()?;
    let mut mentions: Vec<&StoredMention> = mentions.iter().filter(|mention| mention.entity == *entity).collect();
    mentions.sort_by_key(|mention| {
        let TextPlace { field, start, .. } = mention.place;
        (mention.relation == "mentions", field == Field::Title, field, start)
    });
    for mention in mentions {
        if let Some(found) = quoted(store, paper, mention.place)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first sentence in which `paper` refers to a work that it cites. `None` if its full text is not known, or has no
/// marker for the work.
pub(crate) fn citing_quote(
    store: &GraphStore,
    paper: &NamedNode,
    cited: &NamedNode,
) -> Result<Option<EvidenceQuote>, StoreError> {
    let kg = &store.ontology().kg;
    let mut places = Vec::new();
    for part in store.parts_called(paper, "citation-")? {
        if store.objects(&part, kg.cited.as_ref())?.contains(cited) {
            places.extend(PartFacts(store.facts(&part)?).place(kg));
        }
    }
    places.sort_unstable_by_key(|place| (place.field, place.start));
    for place in places {
        if let Some(found) = quoted(store, paper, place)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The sentence of a paper around a given place.
pub(super) fn quoted(
    store: &GraphStore,
    paper: &NamedNode,
    place: TextPlace,
) -> Result<Option<EvidenceQuote>, StoreError> {
    Ok(store.text(paper, place.field)?.and_then(|text| quote(&text, place)))
}

/// The place where a paper presents an entity as its own, if there is one.
fn presented(store: &GraphStore, paper: &NamedNode, entity: &NamedNode) -> Result<Option<TextPlace>, StoreError> {
    let Some(Ok(id)) = store.base().id(entity.as_str()).map(str::parse) else { return Ok(None) };
    let contribution = store.ontology().contribution(paper, entity, &id);
    Ok(PartFacts(store.facts(&contribution)?).place(&store.ontology().kg))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: usize, end: usize) -> TextPlace {
        TextPlace { field: Field::Abstract, start, end }
    }

    #[test]
    fn the_sentence_is_cut_out_and_the_mention_marked() {
        let text = "Größe zählt. We use\n COCO here. End.";
        let quote = quote(text, at(21, 25)).unwrap();
        assert_eq!(quote.marked("**", "**"), "We use **COCO** here.");
    }

    #[test]
    fn a_place_outside_the_text_is_none() {
        assert_eq!(quote("short", at(3, 9)), None);
        assert_eq!(quote("short", at(4, 2)), None);
        assert!(quote("short", at(0, 5)).is_some());
    }
}
