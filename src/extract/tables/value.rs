//! Reads a cell as a number.

use std::borrow::Cow;

rule!(
    VALUE,
    r"(?x)^[†‡*∗⋆§]{0,2}[~≈<>]?\s?(?P<v>[-−–]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-−–]?\.\d+)
    (?:\s?[·⋅×x]\s?10(?:\s?\^\s?|\s)?\{?(?P<x>[-−–⁻]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})\}?)?\s?
    (?P<u>\\?%|[MBKG]\b|ms\b|s\b|h\b|x\b|×)?
    \s?(?:(?:±|\+/-|\+-|\\pm)\s?(?P<e>\d*\.?\d+)\s?\\?%?|\((?:±|std:?|\d*\.?\d+\s?±)?\s?(?P<p>\d*\.?\d+)\\?%?\))?
    \s?(?:±|\+/-)?(?:[\s,]?(?:[*†‡§¶⋆∗♣♠◦♦♥⋄⋆]|\^?[a-e]\b|\([a-e*†‡]\)|↑|↓))*$"
);

/// A number in a table, as printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellValue {
    /// With its unit, without marks: `43.5`, `97.4%`, `24M`.
    pub shown: String,
    pub number: f64,
    /// The figure after `±`.
    pub deviation: Option<String>,
}

/// The numbers of a cell; none if it has other text. `43.5 / 39.1` has two. A gain with its sign (`+0.4`) is not a
/// value.
pub(super) fn values(text: &str) -> Vec<CellValue> {
    let text = text.trim();
    if let Some(one) = value(text) {
        return vec![one];
    }
    let parts: Vec<&str> = text.split(['/', '|']).map(str::trim).collect();
    let all: Vec<CellValue> = parts.iter().filter_map(|part| value(part)).collect();
    if all.len() == parts.len() { all } else { Vec::new() }
}

// A raised mark; a raised number is an exponent.
rule!(RAISED, r"(\d%?)\s?\^\s?([^\d\s{⁻−–-])");
// A lowered number is a deviation: `52.1_±0.3`, `52.1_(0.3)`.
rule!(LOWERED, r"(\d%?)\s?_\s?\(?(?:±|\+/-)?\s?(\d*\.?\d+)\)?");
// After a value: how much better it is than another, or an interval.
rule!(
    GAIN,
    r"\s?(?:[_^]?\s?\(\s?[+−–↑↓-]\s?\d*\.?\d+\s?\\?%?\s?\)|[_^]\s?[+−–-]\s?\d*\.?\d+\s?\\?%?|[↑↓]\s?\d*\.?\d+\s?\\?%?|\[[^\]]*\])$"
);
// A decimal comma; in a pair of values there is no unit between them.
rule!(DECIMAL_COMMA, r"^(\d{1,2}),(\d{1,2}\s?\\?%)");

/// The text without what is printed behind a value, apart from its deviation, and with a decimal point.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['^', '_', '(', '[', '↑', '↓', ',']) {
        return Cow::Borrowed(text);
    }
    let text = RAISED.replace(text, "$1$2");
    let text = LOWERED.replace(&text, "$1 ±$2");
    let text = GAIN.replace(&text, "");
    Cow::Owned(DECIMAL_COMMA.replace(&text, "$1.$2").into_owned())
}

fn value(text: &str) -> Option<CellValue> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = plain(text);
    let found = VALUE.captures(&text)?;
    let unit = found.name("u").map_or("", |unit| unit.as_str()).trim_start_matches('\\');
    let plain = found["v"].replace(',', "").replace(['−', '–'], "-");
    let plain = found.name("x").map_or(plain.clone(), |exponent| format!("{plain}e{}", digits(exponent.as_str())));
    let number = plain.parse().ok().filter(|n: &f64| n.is_finite())?;
    let deviation = found.name("e").or_else(|| found.name("p")).map(|part| part.as_str().to_string());
    Some(CellValue { shown: format!("{plain}{unit}"), number, deviation })
}

/// An exponent in plain digits: `-3` for `⁻³`.
fn digits(exponent: &str) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| match RAISED.iter().zip('0'..='9').find(|(raised, _)| **raised == c) {
        Some((_, digit)) => digit,
        None if c.is_ascii_digit() => c,
        None => '-',
    };
    exponent.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_units_deviations_and_marks() {
        let shown = |text| {
            let all = values(text);
            all.into_iter().map(|v| (v.shown, v.deviation.unwrap_or_default())).collect::<Vec<_>>()
        };
        let one = |shown: &str, deviation: &str| vec![(shown.to_string(), deviation.to_string())];
        assert_eq!(shown("43.5"), one("43.5", ""));
        assert_eq!(shown("97.4 %*"), one("97.4%", ""));
        assert_eq!(shown("88.1 ± 0.3"), one("88.1", "0.3"));
        assert_eq!(shown("88.1 (0.3)"), one("88.1", "0.3"));
        // The best of several runs, and their mean.
        assert_eq!(shown("6.43 (6.61±0.16)"), one("6.43", "0.16"));
        assert_eq!(shown("24M"), one("24M", ""));
        assert_eq!(shown(".23†"), one(".23", ""));
        assert_eq!(shown("76.5†,‡"), one("76.5", ""));
        assert_eq!(shown("†33.4"), one("33.4", ""));
        assert_eq!(shown("92.6±"), one("92.6", ""));
        assert_eq!(shown("1,024"), one("1024", ""));
        assert_eq!(shown("67,84%"), one("67.84%", ""));
        for text in ["52.1_±0.3", "52.1_0.3", "52.1_(0.3)", "52.1_(±0.3)"] {
            assert_eq!(shown(text), one("52.1", "0.3"), "{text}");
        }
        for text in [
            "52.1^*",
            "52.1^†",
            "52.1^↑1.2",
            "52.1 ↑1.2",
            "52.1 (+1.2)",
            "52.1 (−0.4%)",
            "52.1_+1.2",
            "52.1_(-1.2)",
            "52.1 [50.3, 53.0]",
        ] {
            assert_eq!(shown(text), one("52.1", ""), "{text}");
        }
        assert_eq!(shown("13.3 · 10^6"), one("13.3e6", ""));
        assert_eq!(shown("2.1×10⁻³"), one("2.1e-3", ""));
        assert_eq!(shown("71.3 / 80.1"), [one("71.3", ""), one("80.1", "")].concat());
        for text in ["", "-", "+0.4", "(+0.4)", "↑0.4", "[1, 2]", "LSTM", "2 layers", "Kim (2014)", "v2", "N/A"] {
            assert_eq!(shown(text), [], "{text}");
        }
    }
}
