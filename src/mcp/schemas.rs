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
            property.remove("format");
            if let Some(Value::Object(items)) = property.get_mut("items") {
                items.remove("description");
            }
        }
    }
    schema
}

/// The schema of an answer. Hosts give it to their model, so it is kept short.
pub(super) fn of_answer<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = generated::<T>(settings().for_serialize());
    schema.remove("description");
    shorten(&mut schema, 1);
    for name in IN_EVERY_ANSWER {
        if let Some(Value::Object(part)) = schema.get_mut("properties").and_then(|parts| parts.get_mut(name)) {
            part.remove("properties");
            part.remove("items");
        }
    }
    schema
}

/// Parts of every answer. Their fields would be repeated in the schema of each tool, and each answer shows them.
const IN_EVERY_ANSWER: [&str; 2] = ["graph", "cut"];

fn settings() -> SchemaSettings {
    // Some hosts do not follow references.
    SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true)
}

/// Depth of the schemas whose fields are listed: an answer is at depth 1, its rows are at depth 2. What is deeper only has
/// its type, because the answer itself shows the fields.
const LISTED: usize = 2;
/// Depth of the fields that have a description: those of the answer. Fields of rows have a name and a type.
const DESCRIBED: usize = 2;
/// A choice among more values than this is written as its type.
const VALUES: usize = 6;

/// Keywords that a reader of an answer does not need.
const NOT_NEEDED: [&str; 9] = [
    "additionalProperties",
    "default",
    "format",
    "maxItems",
    "maximum",
    "minItems",
    "pattern",
    "prefixItems",
    "uniqueItems",
];

/// Omits from a schema at this depth what a reader of an answer does not need.
fn shorten(schema: &mut Map<String, Value>, depth: usize) {
    for keyword in NOT_NEEDED {
        schema.remove(keyword);
    }
    if schema.get("minimum").is_some_and(|least| *least == 0) {
        schema.remove("minimum");
    }
    join_choices(schema);
    if schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() > VALUES) {
        schema.remove("enum");
        schema.entry("type").or_insert_with(|| "string".into());
    }
    if depth > DESCRIBED {
        schema.remove("description");
    } else if let Some(Value::String(description)) = schema.get_mut("description")
        && let Some(end) = description.find(". ").or_else(|| description.find(".\n"))
    {
        description.truncate(end);
    }
    if depth > 1 {
        schema.remove("required");
    }
    if depth > LISTED {
        schema.remove("properties");
        schema.remove("patternProperties");
    }
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        fields.values_mut().filter_map(Value::as_object_mut).for_each(|field| shorten(field, depth + 1));
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        shorten(items, depth);
        if items.get("type").is_some_and(|kind| kind == "object") && items.len() == 1 {
            schema.remove("items");
        }
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(choices)) = schema.get_mut(keyword) {
            choices.iter_mut().filter_map(Value::as_object_mut).for_each(|choice| shorten(choice, depth + 1));
        }
    }
}

/// Writes a choice among constants as a list of values, and a schema or null as that schema with null among its types.
fn join_choices(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(choices)) = schema.get("oneOf")
        && let Some(values) = choices.iter().map(constants).collect::<Option<Vec<_>>>()
    {
        schema.remove("oneOf");
        schema.insert("enum".to_string(), Value::Array(values.concat()));
    }
    let is_null = |choice: &Value| choice.get("type").is_some_and(|kind| kind == "null");
    let Some(Value::Array(choices)) = schema.get("anyOf") else { return };
    let [one, null] = choices.as_slice() else { return };
    let (Value::Object(one), true) = (one, is_null(null)) else { return };
    let mut one = one.clone();
    join_choices(&mut one);
    schema.remove("anyOf");
    if let Some(kind @ Value::String(_)) = one.get_mut("type") {
        *kind = Value::Array(vec![kind.take(), "null".into()]);
    }
    if let Some(Value::Array(values)) = one.get_mut("enum") {
        values.push(Value::Null);
    }
    for (keyword, value) in one {
        schema.entry(keyword).or_insert(value);
    }
}

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
