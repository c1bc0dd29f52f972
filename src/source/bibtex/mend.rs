//! Rewrites an invalid BibTeX entry so that its sound fields can be read: `funding_text 1 = {…}`, unbalanced braces
//! inside quotation marks, a missing comma.

/// Number of fields; no paper's entry has more.
const MOST_FIELDS: usize = 200;

/// The rewritten entry, or `None` if no field can be read.
pub(super) fn mended(entry: &str) -> Option<String> {
    let (head, mut rest) = entry.split_once('{')?;
    let key_end = rest.find([',', '\n'])?;
    let key = identifier(rest[..key_end].trim());
    rest = &rest[key_end + 1..];
    let mut out = format!("{}{{{key}", head.trim());
    let mut found = false;
    for _ in 0..MOST_FIELDS {
        let Some((name, behind)) = rest.split_once('=') else { break };
        let (value, behind) = value(behind);
        let name = identifier(name.rsplit([',', '\n', '}']).find(|part| !part.trim().is_empty()).unwrap_or("").trim());
        if !name.is_empty() && !value.is_empty() {
            out.push_str(&format!(",\n{name} = {value}"));
            found = true;
        }
        rest = behind;
    }
    out.push_str("\n}");
    found.then_some(out)
}

/// The characters of names; a name begins with a letter.
fn identifier(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':') { c } else { '_' };
    let text: String = text.chars().map(plain).collect();
    text.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_string()
}

/// The value that begins here, with balanced braces, and the text after it.
fn value(text: &str) -> (String, &str) {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (part, behind) = match rest.as_bytes().first() {
            Some(b'{') => braced(rest),
            Some(b'"') => quoted(rest),
            _ => bare(rest),
        };
        if !part.is_empty() {
            parts.push(part);
        }
        match behind.trim_start().strip_prefix('#') {
            Some(behind) => rest = behind.trim_start(),
            None => return (parts.join(" # "), behind),
        }
    }
}

fn braced(text: &str) -> (String, &str) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return (text[..=at].to_string(), &text[at + 1..]);
        }
    }
    // A value without an end ends with its line.
    let end = text.find('\n').unwrap_or(text.len());
    (balanced(text[1..end].trim_end_matches([' ', ',', '}'])), &text[end..])
}

/// A quotation ends at a quotation mark after which the entry can continue.
fn quoted(text: &str) -> (String, &str) {
    let inner = &text[1..];
    let ends = |at: usize| {
        let behind = inner[at + 1..].trim_start();
        behind.is_empty() || behind.starts_with([',', '}', '#'])
    };
    let end = inner.match_indices('"').map(|(at, _)| at).find(|at| ends(*at));
    match end {
        Some(end) => (balanced(&inner[..end]), &inner[end + 1..]),
        None => (String::new(), ""),
    }
}

fn bare(text: &str) -> (String, &str) {
    let end = text.find([',', '#', '}', '\n']).unwrap_or(text.len());
    let word = text[..end].trim();
    let is_plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (if is_plain || word.is_empty() { word.to_string() } else { balanced(word) }, &text[end..])
}

/// The text in braces, without inner braces if these do not balance.
fn balanced(text: &str) -> String {
    let mut depth = 0_i64;
    for byte in text.bytes() {
        depth += i64::from(byte == b'{') - i64::from(byte == b'}');
        if depth < 0 {
            break;
        }
    }
    let text = if depth == 0 { text.to_string() } else { text.replace(['{', '}'], "") };
    format!("{{{}}}", text.strip_suffix('\\').unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_breaks_the_rules_costs_no_other() {
        let text = "@article{k 1,\ntitle = {A},\nfunding_text 1 = {B},\nnote = \"c } d\",\nyear = 2001 month = may}";
        insta::assert_snapshot!(mended(text).unwrap(), @r"
        @article{k_1,
        title = {A},
        funding_text_1 = {B},
        note = {c  d},
        year = {2001 month = may}
        }
        ");
        assert_eq!(mended("@article{k}"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_entry_is_read(text in "@a\\{(k,|[a-z]{1,3} ?= ?|[{}\"#,\\n\\\\=]| |é|[0-9]){0,40}") {
            let _ = mended(&text);
        }
    }
}
