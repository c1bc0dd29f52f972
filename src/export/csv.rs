//! Values in rows, for spreadsheets and data frames.

/// A field of a comma-separated file (RFC 4180).
///
/// A text that a spreadsheet would run as a formula gets a `'` before it (CSV injection: titles of papers are not to
/// be trusted).
pub fn csv_field(text: &str) -> String {
    let text = harmless(text);
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A field of a tab-separated file: tabs and line breaks become spaces.
pub fn tsv_field(text: &str) -> String {
    harmless(&text.replace(['\t', '\n', '\r'], " "))
}

fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nasty_texts_stay_one_field_and_no_formula() {
        assert_eq!(csv_field("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
        assert_eq!(csv_field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_field("-1.5"), "-1.5");
        assert_eq!(tsv_field("a\tb\nc"), "a b c");
    }
}
