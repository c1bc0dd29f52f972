//! Address templates: `/{owner}/{name}` matches a path, `https://api.example.org/{owner}/{name}` is filled in.
//! `{path*}` takes all remaining segments, and `{path%}` writes their slashes as `%2F`.

use url::Url;

/// The values of the placeholders, by name, as they appear in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceholderValues(Vec<(String, String)>);

impl PlaceholderValues {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `owner/name`
    pub fn full_name(&self) -> String {
        self.0.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/")
    }
}

/// The values from an address whose path begins with this pattern.
pub(super) fn parts(shape: &str, url: &Url) -> Option<PlaceholderValues> {
    let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty()).peekable();
    let mut parts = Vec::new();
    for step in shape.split('/').filter(|step| !step.is_empty()) {
        match gap(step) {
            None => {
                segments.next_if(|segment| segment.eq_ignore_ascii_case(step))?;
            }
            Some(name) => match name.strip_suffix('*') {
                None => parts.push((name.to_string(), segments.next()?.to_string())),
                Some(name) => {
                    // `-` begins the host's own pages about the repository.
                    let all: Vec<&str> = segments.by_ref().take_while(|segment| *segment != "-").collect();
                    if all.len() < 2 {
                        return None;
                    }
                    parts.push((name.to_string(), all.join("/")));
                }
            },
        }
    }
    if let Some((_, last)) = parts.last_mut() {
        *last = last.strip_suffix(".git").unwrap_or(last).to_string();
    }
    Some(PlaceholderValues(parts))
}

fn gap(step: &str) -> Option<&str> {
    step.strip_prefix('{')?.strip_suffix('}')
}

/// The beginning of a pattern, before its first placeholder.
pub(super) fn prefix(shape: &str) -> &str {
    shape.split('{').next().unwrap_or_default()
}

/// Fills the placeholders. `write` encodes a value for this kind of text.
pub(super) fn fill(template: &str, parts: &PlaceholderValues, write: impl Fn(&str) -> String) -> Option<String> {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        // A brace with another meaning is not followed by the name of a placeholder.
        match after.split_once('}').filter(|(name, _)| is_name(name)) {
            Some((name, behind)) => {
                out.push_str(before);
                match name.strip_suffix('%') {
                    Some(name) => out.push_str(&write(parts.get(name)?).replace('/', "%2F")),
                    None => out.push_str(&write(parts.get(name)?)),
                }
                rest = behind;
            }
            None => {
                out.push_str(before);
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

fn is_name(text: &str) -> bool {
    let name = text.strip_suffix('%').unwrap_or(text);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(shape: &str, url: &str) -> Option<String> {
        parts(shape, &Url::parse(url).unwrap()).map(|parts| parts.full_name())
    }

    #[test]
    fn the_parts_of_a_path_are_found() {
        assert_eq!(at("/{owner}/{name}", "https://x.org/a/b.git").as_deref(), Some("a/b"));
        assert_eq!(at("/{owner}/{name}", "https://x.org/a/b/tree/main?x#y").as_deref(), Some("a/b"));
        assert_eq!(at("/{owner}/{name}", "https://x.org/a"), None);
        assert_eq!(at("/datasets/{owner}/{name}", "https://x.org/datasets/a/b").as_deref(), Some("a/b"));
        assert_eq!(at("/datasets/{owner}/{name}", "https://x.org/a/b"), None);
        assert_eq!(at("/{path*}", "https://x.org/a/b/c/-/tree/main").as_deref(), Some("a/b/c"));
        assert_eq!(at("/{path*}", "https://x.org/a"), None);
    }

    #[test]
    fn an_address_is_filled_in() {
        let found = parts("/{path*}", &Url::parse("https://x.org/a/b").unwrap()).unwrap();
        let plain = |part: &str| part.to_string();
        assert_eq!(fill("https://api/{path}/{path%}", &found, plain).as_deref(), Some("https://api/a/b/a%2Fb"));
        assert_eq!(
            fill("r(p: {path}) { ...R }", &found, |p| format!("{p:?}")).as_deref(),
            Some("r(p: \"a/b\") { ...R }")
        );
        assert_eq!(fill("{other}", &found, plain), None);
    }
}
