//! What `oxrocksdb-sys` does with RocksDB's header, with a small one.
use std::env;
use std::path::Path;

fn main() {
    let header = "../../setup/header.h";
    println!("cargo::rerun-if-changed={header}");
    let bindings = bindgen::Builder::default().header(header).generate().expect("bindgen reads the header");
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    bindings.write_to_file(Path::new(&folder).join("bindings.rs")).expect("the folder can be written");
}
