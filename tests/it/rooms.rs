//! The layering of `ARCHITECTURE.md`: a room of `src/` uses only rooms that its table lists above it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The rooms of the table in `ARCHITECTURE.md`, lowest first, with their position.
fn rooms() -> BTreeMap<String, usize> {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let table = map.split("## Rooms").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = Regex::new(r"(?m)^\| `(\w+)` \|").unwrap();
    row.captures_iter(table).enumerate().map(|(position, row)| (row[1].to_owned(), position)).collect()
}

/// Every Rust file of `src/`, with the room that it belongs to.
fn files() -> Vec<(String, PathBuf)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&source).unwrap();
                let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
                found.push((room, path));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without comments and without its unit tests, which may use any room.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_room_is_in_the_map() {
    let rooms = rooms();
    let missing: Vec<_> = files()
        .into_iter()
        .map(|(room, _)| room)
        .filter(|room| !["lib", "main"].contains(&room.as_str()) && !rooms.contains_key(room))
        .collect();
    assert!(missing.is_empty(), "add these rooms to the table in ARCHITECTURE.md: {missing:?}");
}

#[test]
fn rooms_use_only_lower_rooms() {
    let rooms = rooms();
    let path = Regex::new(r"\b(?:crate|papergraph)::(?:\{([^}]*)\}|(\w+))").unwrap();
    let mut upward = Vec::new();
    for (room, file) in files() {
        let Some(own) = rooms.get(&room) else { continue };
        for found in path.captures_iter(&code(&file)) {
            let names = found.get(1).or(found.get(2)).map_or("", |names| names.as_str());
            for used in names.split(',').map(|name| name.trim().split("::").next().unwrap_or_default()) {
                if rooms.get(used).is_some_and(|position| position > own) {
                    upward.push(format!("{} uses `{used}`", file.display()));
                }
            }
        }
    }
    upward.dedup();
    assert!(upward.is_empty(), "a room uses a room that ARCHITECTURE.md lists below it:\n{}", upward.join("\n"));
}

#[test]
fn a_type_name_is_declared_once() {
    let declaration = Regex::new(r"(?m)^ *(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|union) (\w+)").unwrap();
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, file) in files() {
        for name in declaration.captures_iter(&code(&file)) {
            declared.entry(name[1].to_owned()).or_default().push(file.display().to_string());
        }
    }
    assert!(declared.len() > 500, "{} types were found", declared.len());
    declared.retain(|_, files| files.len() > 1);
    assert!(declared.is_empty(), "name these types so that each name says what the thing is: {declared:#?}");
}
