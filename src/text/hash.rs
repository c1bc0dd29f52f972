/// 64-bit FNV-1a. Ids and stored versions use it because it is the same in every run, on every platform and in
/// every version of this program; `DefaultHasher` does not promise that.
pub(crate) fn stable_hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    stable_hash_after(0xcbf2_9ce4_8422_2325, bytes)
}

/// Continues the hash `before` with more bytes.
pub(crate) fn stable_hash_after(before: u64, bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(before, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_its_authors() {
        assert_eq!(stable_hash(*b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stable_hash(*b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(stable_hash(*b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(stable_hash_after(stable_hash(*b"foo"), *b"bar"), stable_hash(*b"foobar"));
    }
}
