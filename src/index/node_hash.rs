//! Hashes of nodes, which can be counted without reading any names.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use super::schema::{kind_number, kind_of};
use crate::ontology::NodeKind;

/// A node, by its kind and a hash of its id. It is the same in every segment and every index. Among a million ids, the
/// chance that any two have the same hash is one in two million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeHash(pub(super) u64);

const HASH_BITS: u32 = 60;

impl NodeHash {
    /// `None` if the id names no kind.
    pub fn of(id: &str) -> Option<Self> {
        Some(Self(kind_number(NodeKind::of_id(id)?) << HASH_BITS | xxh3_64(id.as_bytes()) >> (u64::BITS - HASH_BITS)))
    }

    pub fn kind(self) -> Option<NodeKind> {
        kind_of(self.0 >> HASH_BITS)
    }
}

/// A map by node hash.
pub(crate) type ByHash<T> = HashMap<NodeHash, T, BuildHasherDefault<HashOfHash>>;

/// A hasher that returns the key, because the key is already a hash.
#[derive(Default)]
pub struct HashOfHash(u64);

impl Hasher for HashOfHash {
    fn finish(&self) -> u64 {
        // Hash tables distinguish entries by the highest bits, which here hold the kind.
        self.0.rotate_left(u64::BITS - HASH_BITS)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Kind;

    #[test]
    fn a_number_tells_the_kind_and_is_of_one_id() {
        let coco = NodeHash::of("dataset/coco").unwrap();
        assert_eq!(coco.kind(), Some(NodeKind::Entity(Kind::Dataset)));
        assert_ne!(Some(coco), NodeHash::of("dataset/coco-stuff"));
        assert_eq!(NodeHash::of("repository/github.com/a/b").unwrap().kind(), Some(NodeKind::Repository));
        assert_eq!((NodeHash::of("coco"), NodeHash::of("unicorn/coco")), (None, None));
    }
}
