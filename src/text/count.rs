use std::fmt::Display;

/// `1 record`, `2 records`: for nouns whose plural ends in `s`.
pub(crate) fn counted<N: From<u8> + PartialEq + Display>(n: N, one: &str) -> String {
    let plural = if n == N::from(1) { "" } else { "s" };
    format!("{n} {one}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_singular() {
        assert_eq!([0_u64, 1, 2].map(|n| counted(n, "record")), ["0 records", "1 record", "2 records"]);
    }
}
