use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The place of a value in a JSON document: a JSON Pointer (RFC 6901) in which `*` matches every item of a list.
/// Several pointers are tried in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerPointer(Vec<String>);

impl AnswerPointer {
    /// The values of the first pointer that has any, without nulls.
    pub fn all<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        self.0.iter().map(|path| find(value, path)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Whether it has no pointers.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the document has the place, even if the value is null or an empty list.
    pub fn is_in(&self, value: &Value) -> bool {
        self.0.iter().any(|path| value.pointer(path.split("/*").next().unwrap_or_default()).is_some())
    }

    pub fn first<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.all(value).into_iter().next()
    }

    pub fn text<'v>(&self, value: &'v Value) -> Option<&'v str> {
        self.all(value).into_iter().find_map(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn texts(&self, value: &Value) -> Vec<String> {
        self.all(value).into_iter().filter_map(Value::as_str).map(str::to_string).collect()
    }
}

fn find<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    match path.split_once("/*") {
        None => value.pointer(path).filter(|value| !value.is_null()).into_iter().collect(),
        Some((list, rest)) => match value.pointer(list) {
            Some(Value::Array(items)) => items.iter().flat_map(|item| find(item, rest)).collect(),
            _ => Vec::new(),
        },
    }
}

impl<'de> Deserialize<'de> for AnswerPointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum RawPointer {
            One(String),
            Several(Vec<String>),
        }
        let paths = match RawPointer::deserialize(deserializer)? {
            RawPointer::One(path) => vec![path],
            RawPointer::Several(paths) => paths,
        };
        match paths.iter().find(|path| !path.starts_with('/')) {
            Some(path) => {
                Err(serde::de::Error::custom(format!("`{path}` is not a JSON Pointer: it must begin with /")))
            }
            None => Ok(Self(paths)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointer(paths: &[&str]) -> AnswerPointer {
        serde_json::from_value(json!(paths)).unwrap()
    }

    #[test]
    fn a_star_takes_every_item() {
        let value =
            json!({"nodes": [{"topic": {"name": "a"}}, {"topic": null}, {"topic": {"name": "b"}}], "id": "x/y"});
        assert_eq!(pointer(&["/nodes/*/topic/name"]).texts(&value), ["a", "b"]);
        assert_eq!(pointer(&["/none", "/id"]).text(&value), Some("x/y"));
        assert_eq!(pointer(&["/none/*"]).first(&value), None);
        assert!(pointer(&["/nodes/*/topic"]).is_in(&value) && !pointer(&["/none/*"]).is_in(&value));
        assert!(serde_json::from_value::<AnswerPointer>(json!("id")).is_err());
    }
}
