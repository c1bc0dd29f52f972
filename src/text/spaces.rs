/// The text with each run of white space as one space, and none at either end.
pub(crate) fn single_spaced(text: &str) -> String {
    if is_single_spaced(text) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether all white space of a text is single spaces inside it, as in most texts.
fn is_single_spaced(text: &str) -> bool {
    let mut before = ' ';
    let single = text.chars().all(|c| {
        let ends_run = !c.is_whitespace() || c == ' ' && before != ' ';
        before = c;
        ends_run
    });
    single && (before != ' ' || text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_of_white_space_is_one_space() {
        for text in ["", " ", "a", " a", "a ", "a b", "a  b", "a\tb", "a\u{a0}b", "a \u{a0}b", "größe b\n"] {
            assert_eq!(single_spaced(text), text.split_whitespace().collect::<Vec<_>>().join(" "), "{text:?}");
        }
    }
}
