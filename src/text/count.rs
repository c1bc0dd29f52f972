use std::fmt::Display;

/// `1 record`, `2 records`: for nouns whose plural ends in `s`.
pub(crate) fn counted<N: From<u8> + PartialEq + Display>(n: N, one: &str) -> String {
    counted_as(n, one, &format!("{one}s"))
}

/// `1 paper names it`, `2 papers name it`: for everything else that has a singular and a plural.
pub(crate) fn counted_as<N: From<u8> + PartialEq + Display>(n: N, one: &str, many: &str) -> String {
    let words = if n == N::from(1) { one } else { many };
    format!("{n} {words}")
}

/// Digits in groups of three: `1,234`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(["0", "999", "1,000", "1,234,567"], [0, 999, 1000, 1_234_567].map(thousands));
    }

    #[test]
    fn one_thing_is_singular() {
        assert_eq!([0_u64, 1, 2].map(|n| counted(n, "record")), ["0 records", "1 record", "2 records"]);
        let names = |n: usize| counted_as(n, "paper names it", "papers name it");
        assert_eq!([0, 1, 2].map(names), ["0 papers name it", "1 paper names it", "2 papers name it"]);
    }
}
