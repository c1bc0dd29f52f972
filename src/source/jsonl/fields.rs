use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::text::beginning;

/// The fields of a record, by their names without case, `_`, `-` and spaces.
pub(super) struct RecordFields<'r> {
    fields: Vec<(String, &'r str, &'r Value)>,
    /// A message for each field that could not be read.
    pub(super) left_out: Vec<String>,
}

impl<'r> RecordFields<'r> {
    /// Fields without a value count as absent.
    pub(super) fn of(record: &'r Map<String, Value>) -> Self {
        let filled = |value: &&Value| match value {
            Value::Null => false,
            Value::Array(list) => !list.is_empty(),
            _ => true,
        };
        let fields = record.iter().map(|(name, value)| (plain(name), name.as_str(), value));
        Self { fields: fields.filter(|(_, _, value)| filled(value)).collect(), left_out: Vec::new() }
    }

    /// The values of these names, in the order of the names.
    pub(super) fn all<'f>(&'f self, names: &'f [&'f str]) -> impl Iterator<Item = &'r Value> + 'f {
        self.named(names).map(|(_, value)| value)
    }

    fn named<'f>(&'f self, names: &'f [&'f str]) -> impl Iterator<Item = (&'r str, &'r Value)> + 'f {
        names
            .iter()
            .flat_map(move |wanted| self.fields.iter().filter(move |(plain, _, _)| plain.as_str() == *wanted))
            .map(|(_, name, value)| (*name, *value))
    }

    /// The first text that is not blank.
    pub(super) fn text(&mut self, names: &[&str]) -> Option<String> {
        self.first(names, "a text", |value| only(value).as_str().map(str::to_string))
    }

    /// The first value that `read` can parse. Values before it are reported as not `wanted`.
    pub(super) fn first<T>(&mut self, names: &[&str], wanted: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let mut odd = Vec::new();
        let mut found = None;
        for (name, value) in self.named(names) {
            if value.as_str().is_some_and(|text| matches!(text.trim(), "" | "NA" | "N/A" | "n/a")) {
                continue;
            }
            found = read(value);
            if found.is_some() {
                break;
            }
            if !wanted.is_empty() {
                odd.push(format!("`{name}` is left out: {} is not {wanted}", short(value)));
            }
        }
        self.left_out.extend(odd);
        found
    }

    /// A field of the extraction record, which has one name and one shape.
    pub(super) fn typed<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let (_, value) = self.named(&[name]).next()?;
        match serde_json::from_value(value.clone()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.left_out.push(format!("`{name}` is left out: {error}"));
                None
            }
        }
    }
}

/// The element of a list that has one, as search engines write single values.
pub(super) fn only(value: &Value) -> &Value {
    match value {
        Value::Array(list) => match list.as_slice() {
            [one] => one,
            _ => value,
        },
        _ => value,
    }
}

pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The value as JSON, shortened.
fn short(value: &Value) -> String {
    const LONGEST: usize = 40;
    beginning(&value.to_string(), LONGEST).into_owned()
}
