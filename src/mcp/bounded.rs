//! Fits an answer into a number of characters, and says what it leaves out.
//!
//! Rows are left out at the end; a cursor leads to them. Elsewhere the longest list is shortened first, and texts only
//! where no list is left to shorten. Each place that was shortened is in the answer's `cut`, and a shortened text ends
//! in a mark, so that no part passes for the whole.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Default number of characters of an answer.
pub(super) const DEFAULT_CHARACTERS: usize = 12_000;
/// Largest number of characters that a caller can choose.
pub(super) const MOST_CHARACTERS: usize = 200_000;
/// Smallest number of characters that a caller can choose.
pub(super) const FEWEST_CHARACTERS: usize = 2_000;

/// The mark at the end of a text that was cut.
const MARK: &str = " […]";
/// Texts are not made shorter than this, in characters.
const SHORTEST: usize = 40;
/// Number of characters kept free for the cursor and for the list of cuts.
const SPARE: usize = 600;

/// A part of an answer that is shorter than what the graph has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct ShortenedPart {
    /// Where in the answer, as a JSON Pointer: /aliases, /rows/0/evidence/sentence.
    pub at: String,
    /// Number of items of a list, or of characters of a text, that are here.
    pub kept: usize,
    /// Number of them in all.
    pub of: usize,
    /// items or characters.
    pub unit: &'static str,
}

/// An answer that fits, and the number of its rows.
pub(super) struct FittedAnswer {
    pub answer: Map<String, Value>,
    pub rows: usize,
}

/// Fits `answer`, whose `rows` are empty, and the first of `rows` into `most` characters. Its `cut` lists what was
/// shortened.
pub(super) fn fit_answer(mut answer: Map<String, Value>, rows: Vec<Value>, most: usize) -> FittedAnswer {
    let room = most.saturating_sub(SPARE);
    let mut cuts = ShortenedParts::default();
    // Everything except the rows may take half of the answer if there are rows.
    let for_head = if rows.is_empty() { room } else { room / 2 };
    shrink(&mut answer, for_head, &mut cuts);
    let mut used = characters(&answer);
    let mut kept = Vec::new();
    for mut row in rows {
        let mut size = characters(&row) + 1;
        if used + size > room {
            if !kept.is_empty() {
                break;
            }
            // At least one row must be there, or the cursor would not move.
            let mut alone = Map::from_iter([("rows".to_string(), Value::Array(vec![row]))]);
            shrink(&mut alone, room.saturating_sub(used), &mut cuts);
            row = alone.remove("rows").and_then(|rows| rows.get(0).cloned()).unwrap_or_default();
            size = characters(&row) + 1;
        }
        used += size;
        kept.push(row);
    }
    let rows = kept.len();
    answer.insert("rows".to_string(), Value::Array(kept));
    let cuts: Vec<ShortenedPart> = cuts.0.into_iter().map(|(at, cut)| ShortenedPart { at, ..cut }).collect();
    answer.insert("cut".to_string(), json!(cuts));
    FittedAnswer { answer, rows }
}

/// The places that were shortened, each with the length before the first time.
#[derive(Default)]
struct ShortenedParts(BTreeMap<String, ShortenedPart>);

impl ShortenedParts {
    fn note(&mut self, at: &str, kept: usize, before: usize, unit: &'static str) {
        // Cuts inside a list that loses items are dropped with these items; an item that stays keeps its own note.
        self.0.entry(at.to_string()).and_modify(|cut| cut.kept = kept).or_insert_with(|| ShortenedPart {
            at: String::new(),
            kept,
            of: before,
            unit,
        });
    }
}

/// Number of characters of the JSON of a value.
fn characters(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.chars().count())
}

/// Shortens lists and texts, the longest first, until the object has at most `most` characters or nothing is left to
/// shorten.
fn shrink(object: &mut Map<String, Value>, most: usize, cuts: &mut ShortenedParts) {
    loop {
        let over = characters(object).saturating_sub(most);
        if over == 0 {
            return;
        }
        let mut longest = None;
        for (name, value) in object.iter() {
            find(value, &format!("/{}", escaped(name)), &mut longest);
        }
        let Some(LongestPart { at, .. }) = longest else { return };
        let mut parts = at[1..].splitn(2, '/');
        let first = parts.next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let rest = parts.next().map(|rest| format!("/{rest}")).unwrap_or_default();
        let Some(value) = object.get_mut(&first).and_then(|value| value.pointer_mut(&rest)) else { return };
        match value {
            Value::Array(items) => {
                let before = items.len();
                let mut gone = 0;
                while items.len() > 1 && gone < over {
                    gone += items.pop().map_or(0, |item| characters(&item) + 1);
                }
                cuts.note(&at, items.len(), before, "items");
            }
            Value::String(text) => {
                let before = text.chars().count();
                // A character can take several characters in JSON, so this may take another round.
                let kept = before.saturating_sub(over + MARK.chars().count()).max(SHORTEST);
                *text = text.chars().take(kept).collect::<String>() + MARK;
                cuts.note(&at, kept, before, "characters");
            }
            _ => return,
        }
    }
}

/// The list or text to shorten next. Lists come before texts.
struct LongestPart {
    at: String,
    is_list: bool,
    size: usize,
}

fn find(value: &Value, at: &str, longest: &mut Option<LongestPart>) {
    let mut offer = |is_list: bool, size: usize| {
        if longest.as_ref().is_none_or(|known| (known.is_list, known.size) < (is_list, size)) {
            *longest = Some(LongestPart { at: at.to_string(), is_list, size });
        }
    };
    match value {
        Value::Array(items) => {
            if items.len() > 1 {
                offer(true, characters(value));
            }
            for (i, item) in items.iter().enumerate() {
                find(item, &format!("{at}/{i}"), longest);
            }
        }
        Value::String(text) => {
            let size = text.chars().count();
            if size > SHORTEST + MARK.chars().count() {
                offer(false, size);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                find(value, &format!("{at}/{}", escaped(name)), longest);
            }
        }
        _ => {}
    }
}

/// A name as part of a JSON Pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(head: Value, rows: Vec<Value>, most: usize) -> FittedAnswer {
        fit_answer(head.as_object().unwrap().clone(), rows, most)
    }

    #[test]
    fn an_answer_that_fits_is_whole() {
        let whole = fitted(json!({"name": "COCO"}), vec![json!({"id": "a"}), json!({"id": "b"})], 2_000);
        assert_eq!(whole.rows, 2);
        assert_eq!(Value::Object(whole.answer), json!({"name": "COCO", "rows": [{"id": "a"}, {"id": "b"}], "cut": []}));
    }

    #[test]
    fn rows_that_do_not_fit_are_left_out_and_one_is_always_there() {
        let rows: Vec<Value> = (0..100).map(|i| json!({"text": format!("{i} {}", "x".repeat(300))})).collect();
        let some = fitted(json!({}), rows.clone(), 4_000);
        assert!((5..15).contains(&some.rows), "{}", some.rows);
        assert!(characters(&some.answer) <= 4_000);
        let long = vec![json!({"text": "y".repeat(9_000)})];
        let one = fitted(json!({}), long, 2_000);
        assert_eq!(one.rows, 1);
        assert!(characters(&one.answer) <= 2_000);
        let text = one.answer["rows"][0]["text"].as_str().unwrap();
        assert!(text.ends_with("y […]"), "{text}");
        assert_eq!(one.answer["cut"][0]["at"], "/rows/0/text");
        assert_eq!(one.answer["cut"][0]["of"], 9_000);
    }

    #[test]
    fn lists_lose_their_ends_before_texts_do() {
        let aliases: Vec<String> = (0..500).map(|i| format!("alias number {i}")).collect();
        let head = json!({"about": "z".repeat(800), "aliases": aliases});
        let cut = fitted(head, Vec::new(), 3_000);
        assert_eq!(cut.answer["about"].as_str().unwrap().len(), 800);
        let kept = cut.answer["aliases"].as_array().unwrap().len();
        assert!((10..200).contains(&kept), "{kept}");
        assert_eq!(cut.answer["cut"], json!([{"at": "/aliases", "kept": kept, "of": 500, "unit": "items"}]));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_longer_than_asked(
            texts in proptest::collection::vec(".{0,400}", 0..12), rows in proptest::collection::vec(".{0,900}", 0..30),
            most in FEWEST_CHARACTERS..20_000,
        ) {
            let rows: Vec<Value> = rows.iter().map(|text| json!({"id": "a", "text": text, "list": [text, text]})).collect();
            let n = rows.len();
            let fitted = fitted(json!({"list": texts}), rows, most);
            proptest::prop_assert!(characters(&fitted.answer) <= most + 200);
            proptest::prop_assert!(n == 0 || fitted.rows > 0);
        }
    }
}
