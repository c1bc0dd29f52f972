//! Restores the words of a cell: converters that split a text into tokens leave spaces around every mark.

use crate::document::Table;

rule!(TOKENS, r"\( | \)| ,|et al \.| - ");
rule!(SPACED, r"\s+([,.;:)\]%'’])");
rule!(OPENED, r"([(\[])\s+");
rule!(DASHED, r"([A-Za-z0-9)])\s+([-–/@])\s+([A-Za-z0-9(])");
rule!(F_SCORE, r"\b([FR])\s+([12L](?:\.5)?)\b");
rule!(BROKEN, r"([a-z]{2,})-\s+([a-z]{2,})");

rule!(PERPLEXITIES, r"\b([Pp]erplexit|[Aa]ccurac)ies\b");
rule!(TEST_ERRORS, r"(?i)\b(test|classification)(?:ing)?\s(?:set\s)?errors\b");

/// Whether the cells of a table were split into tokens.
pub(super) fn is_tokenized(table: &Table) -> bool {
    let marked = table.rows.iter().flatten().filter(|cell| TOKENS.is_match(&cell.text)).count();
    marked >= 2
}

/// The words of a cell, joined again if the table was split into tokens.
pub(super) fn cell_words(text: &str, tokenized: bool) -> String {
    let mut words = text.trim().to_string();
    if tokenized {
        words = SPACED.replace_all(&words, "$1").into_owned();
        words = OPENED.replace_all(&words, "$1").into_owned();
        // Twice, since two dashes can share a letter: `A - B - C`.
        for _ in 0..2 {
            words = DASHED.replace_all(&words, "$1$2$3").into_owned();
        }
    }
    words = F_SCORE.replace_all(&words, "$1$2").into_owned();
    words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|')).to_string()
}

/// The name in the label of a system, without the remarks after it: `FooNet` for `FooNet (ensemble)*`.
pub(super) fn name_of_label(label: &str) -> &str {
    let end = label.find(['(', '[', ',', ':', ';']).unwrap_or(label.len());
    label[..end].trim_matches(|c: char| c.is_whitespace() || "*†‡§¶∗⋆+-–—".contains(c))
}

/// The words of a caption. Words that a line end divides are joined, and metrics in the plural become singular.
pub(super) fn caption_words(text: &str) -> String {
    let joined = BROKEN.replace_all(text, "$1$2");
    let joined = F_SCORE.replace_all(&joined, "$1$2");
    let singular = PERPLEXITIES.replace_all(&joined, "${1}y");
    TEST_ERRORS.replace_all(&singular, "$1 error").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_put_together_again() {
        assert_eq!(cell_words("LSTM - CRF ( no char )", true), "LSTM-CRF (no char)");
        assert_eq!(cell_words("Luo et al . , 2015 -", true), "Luo et al., 2015");
        assert_eq!(cell_words("F 1", false), "F1");
        assert_eq!(caption_words("differ- ent ap- proaches"), "different approaches");
    }
}
