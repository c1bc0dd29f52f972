//! The addresses of links that a list names elsewhere: `[demo]: https://…`.

use std::collections::HashMap;

use pulldown_cmark::{Options as Extensions, Parser};

use super::super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord};
use crate::text::single_spaced;

/// Total length of all names and addresses, in bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Addresses by name, in lower case.
#[derive(Default)]
pub(super) struct AddressByName {
    addresses: HashMap<String, String>,
    bytes: usize,
}

impl AddressByName {
    pub(super) fn of(pieces: impl Iterator<Item = Result<FramedRecord<String>, ReadProblem>>) -> Self {
        let mut found = Self::default();
        for piece in pieces.flatten() {
            let parser = Parser::new_ext(&piece.record, Extensions::ENABLE_TABLES);
            for (name, definition) in parser.reference_definitions().iter() {
                found.add(name, &definition.dest);
            }
        }
        found
    }

    /// The first address of a name counts.
    fn add(&mut self, name: &str, address: &str) {
        let bytes = name.len() + address.len();
        if self.bytes + bytes <= MAX_BYTES {
            self.addresses.entry(key(name)).or_insert_with(|| address.to_string());
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.addresses.get(&key(name)).map(String::as_str)
    }

    /// The message if there are more addresses than are kept.
    pub(super) fn too_many(&self) -> Option<SkippedRecord> {
        let message =
            format!("addresses of links come to more than {} MiB; the later ones are left out", MAX_BYTES >> 20);
        (self.bytes > MAX_BYTES).then(|| SkippedRecord::new(ProblemReason::TooLarge, message))
    }
}

fn key(name: &str) -> String {
    single_spaced(name).to_lowercase()
}
