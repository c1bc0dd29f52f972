//! Cursors: the position where an answer continues. A cursor is valid for the same question to the same generation of
//! the graph.

use serde_json::{Map, Value};

use super::failure::ToolFailure;
use crate::store::GraphStore;
use crate::text::stable_hash;

/// The question that a cursor belongs to.
pub(super) struct CursorQuestion {
    generation: u64,
    hash: u64,
}

impl CursorQuestion {
    pub(super) fn new(graph: &GraphStore, tool: &str, arguments: &Map<String, Value>) -> Self {
        // The keys are sorted, so that their order does not matter.
        let mut said: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        said.sort_unstable();
        let text = format!("{tool} {}", said.join(" "));
        Self { generation: graph.generation(), hash: stable_hash(text.bytes()) & 0xffff_ffff }
    }

    /// The cursor for the rows from index `offset` on.
    pub(super) fn cursor(&self, offset: usize) -> String {
        format!("{}.{:08x}.{offset}", self.generation, self.hash)
    }

    /// The index of the row at the cursor, from 0.
    ///
    /// # Errors
    /// If it is not a cursor, or belongs to another question or an older graph.
    pub(super) fn offset(&self, cursor: Option<&str>) -> Result<usize, ToolFailure> {
        let Some(cursor) = cursor else { return Ok(0) };
        let again = "ask without `cursor`, and use the `next_cursor` of the answer as it is";
        let parts: Vec<&str> = cursor.split('.').collect();
        let read = match parts.as_slice() {
            [generation, hash, offset] => generation
                .parse::<u64>()
                .ok()
                .zip(u64::from_str_radix(hash, 16).ok())
                .zip(offset.parse::<usize>().ok().filter(|offset| *offset <= 1_000_000_000)),
            _ => None,
        };
        let Some(((generation, hash), offset)) = read else {
            return Err(ToolFailure::new("`cursor` is not a cursor of this server").help(again));
        };
        if hash != self.hash {
            return Err(ToolFailure::new("`cursor` belongs to another question").help(again));
        }
        if generation != self.generation {
            return Err(ToolFailure::new("the graph has changed since that answer").help(again));
        }
        Ok(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_belongs_to_its_question() {
        let question = CursorQuestion { generation: 7, hash: 0x1234 };
        let cursor = question.cursor(40);
        assert_eq!(question.offset(Some(&cursor)).unwrap(), 40);
        assert_eq!(question.offset(None).unwrap(), 0);
        let other = CursorQuestion { generation: 7, hash: 1 };
        assert!(other.offset(Some(&cursor)).unwrap_err().to_string().contains("another question"));
        let later = CursorQuestion { generation: 8, hash: 0x1234 };
        assert!(later.offset(Some(&cursor)).unwrap_err().to_string().contains("has changed"));
        for wrong in ["", "7", "7.1234", "7.1234.-1", "x.y.z", "7.00001234.99999999999999999999", "7.1234.5.6"] {
            assert!(question.offset(Some(wrong)).unwrap_err().to_string().contains("not a cursor"), "{wrong}");
        }
    }
}
