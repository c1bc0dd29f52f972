//! The JSON Schemas of arguments and answers, made from the types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The schema of arguments: an object with inlined parts, and no `null` where leaving an argument out says the same.
pub(super) fn of_arguments<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = generated::<T>(settings());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            without_null(property);
        }
    }
    schema
}

/// The schema of an answer. Hosts give it to their model, so it is kept short.
pub(super) fn of_answer<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = generated::<T>(settings().for_serialize());
    schema.values_mut().for_each(|part| shorten(part, 1));
    schema
}

fn settings() -> SchemaSettings {
    // Some hosts do not follow references.
    SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true)
}

/// Writes a choice among constants as a list of values, and omits what a reader does not need: the ranges of integer
/// types, all but the first sentence of a description, and descriptions deep inside a row.
fn shorten(schema: &mut Value, depth: usize) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, depth + 1)),
        Value::Object(fields) => {
            if let Some(Value::Array(choices)) = fields.get("oneOf")
                && let Some(values) = choices.iter().map(constants).collect::<Option<Vec<_>>>()
            {
                fields.remove("oneOf");
                fields.insert("enum".to_string(), Value::Array(values.concat()));
            }
            if fields.get("type").is_some_and(Value::is_string) || fields.get("type").is_some_and(Value::is_array) {
                fields.remove("format");
                if fields.get("minimum").is_some_and(|least| *least == 0) {
                    fields.remove("minimum");
                }
                fields.remove("maximum");
            }
            if let Some(Value::String(description)) = fields.get_mut("description")
                && let Some(end) = description.find(". ").or_else(|| description.find(".\n"))
            {
                description.truncate(end);
            }
            if depth > DESCRIBED && fields.get("description").is_some_and(Value::is_string) {
                fields.remove("description");
            }
            fields.values_mut().for_each(|field| shorten(field, depth + 1));
        }
        _ => {}
    }
}

/// How deep in a schema descriptions are kept: the fields of the rows are.
const DESCRIBED: usize = 4;

/// The values of a schema that allows only these.
fn constants(choice: &Value) -> Option<Vec<Value>> {
    match (choice.get("const"), choice.get("enum")) {
        (Some(value), None) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

fn generated<T: JsonSchema>(settings: SchemaSettings) -> Map<String, Value> {
    match settings.into_generator().into_root_schema_for::<T>().to_value() {
        Value::Object(mut schema) => {
            schema.remove("$schema");
            schema.remove("title");
            schema
        }
        _ => Map::new(),
    }
}

fn without_null(property: &mut Map<String, Value>) {
    property.remove("default");
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            property.insert("type".to_string(), one);
        }
    }
    if let Some(Value::Array(choices)) = property.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|of| of != "null"));
        if let [Value::Object(one)] = choices.as_slice() {
            let one = one.clone();
            property.remove("anyOf");
            for (name, value) in one {
                property.entry(name).or_insert(value);
            }
        }
    }
}
