//! Prints the declaration of `rows` that bindgen made.
const BINDINGS: &str = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));

fn main() {
    let found = BINDINGS.find("pub fn rows").expect("the header declares `rows`");
    println!("{}", BINDINGS[found..].lines().next().unwrap_or_default());
}
