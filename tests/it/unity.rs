//! `scripts/unity-cxx.sh`, which compiles RocksDB in a few units, on a library of a few lines with RocksDB's layout.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// More files than units.
const FILES: usize = 24;

struct Library(TempDir);

impl Library {
    /// File `i` defines `f<i>`, which calls a function of `helper`'s name in the same file.
    fn new(helper: impl Fn(usize) -> String) -> Library {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("rocksdb/db")).expect("a new folder");
        let mut list = String::from("LIB_SOURCES =   \\\n");
        for i in 0..FILES {
            let helper = helper(i);
            let text = format!("static int {helper}() {{ return {i}; }}\nint f{i}() {{ return {helper}(); }}\n");
            fs::write(folder.path().join(format!("rocksdb/db/f{i}.cc")), text).expect("a new file");
            list.push_str(&format!("  db/f{i}.cc   \\\n"));
        }
        list.push_str("  util/build_version.cc\n\nifeq (x,y)\nLIB_SOURCES += db/other.cc\nendif\n");
        fs::write(folder.path().join("rocksdb/src.mk"), list).expect("a new file");
        Library(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn script(&self) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/unity-cxx.sh"));
        command
            .current_dir(self.0.path())
            .env("HOST", "x86_64-unknown-linux-gnu")
            .env("TARGET", "x86_64-unknown-linux-gnu");
        for variable in ["CXX", "HOST_CXX", "TARGET_CXX", "RUSTC_WRAPPER", "NUM_JOBS"] {
            command.env_remove(variable);
        }
        command
    }

    /// Compiles all files as a build script does, and returns the compiler's messages.
    fn compile(&self) -> String {
        (0..FILES)
            .map(|i| {
                let output = self
                    .script()
                    .args(["-O1", "-fPIC", "-o", &format!("f{i}.o"), "-c", &format!("rocksdb/db/f{i}.cc")])
                    .output()
                    .expect("the script runs");
                assert!(output.status.success(), "file {i}: {}", String::from_utf8_lossy(&output.stderr));
                String::from_utf8_lossy(&output.stderr).into_owned()
            })
            .collect()
    }

    /// Whether a program that calls each function gets its own value from it.
    fn works(&self) -> bool {
        let declared: String = (0..FILES).map(|i| format!("int f{i}();\n")).collect();
        let wrong: Vec<String> = (0..FILES).map(|i| format!("f{i}() != {i}")).collect();
        fs::write(self.path("main.cc"), format!("{declared}int main() {{ return {}; }}\n", wrong.join(" || ")))
            .expect("a new file");
        let objects = (0..FILES).map(|i| self.path(&format!("f{i}.o")));
        let linked =
            Command::new("c++").arg(self.path("main.cc")).args(objects).arg("-o").arg(self.path("main")).status();
        linked.expect("a C++ compiler").success()
            && Command::new(self.path("main")).status().expect("it runs").success()
    }

    /// What the compiler is called with, for one call of the script: the arguments, and the number of lines of its input.
    fn call(&self, prepare: impl Fn(&mut Command), arguments: &[&str]) -> String {
        let compiler = self.path("compiler");
        fs::write(&compiler, "#!/bin/sh\necho \"$*\"\nfor last; do :; done\n[ \"$last\" != - ] || wc -l\n")
            .expect("a new file");
        let mut command = self.script();
        // A script that was just written may be open for writing in a child of another test.
        command.env("CXX", format!("sh {}", compiler.display())).args(arguments);
        prepare(&mut command);
        let Output { stdout, stderr, .. } = command.output().expect("the script runs");
        assert_eq!(String::from_utf8_lossy(&stderr), "");
        String::from_utf8_lossy(&stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn a_unit_is_compiled_for_its_first_file_and_the_program_has_every_function() {
    let library = Library::new(|i| format!("helper{i}"));
    assert_eq!(library.compile(), "");
    assert!(library.works());
    let sizes = |i: usize| fs::metadata(library.path(&format!("f{i}.o"))).expect("an object").len();
    // Three files are a unit.
    assert!(sizes(0) > sizes(1));
    assert_eq!(sizes(1), sizes(2));
    assert!(sizes(3) > sizes(4));
}

#[test]
fn files_with_names_that_clash_are_compiled_one_by_one() {
    let library = Library::new(|_| "helper".into());
    assert!(library.compile().contains("file by file"));
    assert!(library.works());
    assert!(!library.path("f0.o.parts").exists());
}

#[test]
fn the_compiler_of_the_environment_is_called() {
    let library = Library::new(|i| format!("helper{i}"));
    let unit = ["-O3", "-o", "x.o", "-c", "rocksdb/db/f0.cc"];
    assert_eq!(library.call(|_| (), &unit), "-O3 -o x.o -c -x c++ - 3");
    assert_eq!(library.call(|_| (), &["-O3", "-o", "x.o", "-c", "rocksdb/db/f1.cc"]), "-O3 -o x.o -c -x c++ - 0");
    let host = |command: &mut Command| {
        command.env("HOST_CXX", "echo host");
    };
    assert_eq!(library.call(host, &unit), "host -O3 -o x.o -c -x c++ -");
    let cross = |command: &mut Command| {
        command
            .env("TARGET", "aarch64-unknown-linux-gnu")
            .env("HOST_CXX", "echo host")
            .env("TARGET_CXX", "echo target");
    };
    assert_eq!(library.call(cross, &unit), "target -O3 -o x.o -c -x c++ -");
}

#[test]
fn gcc_collects_its_garbage_less_often_where_there_is_memory_for_it() {
    let library = Library::new(|i| format!("helper{i}"));
    let unit = ["-O3", "-o", "x.o", "-c", "rocksdb/db/f0.cc"];
    let call = |licence: &'static str, kilobytes_for_a_job: u64| {
        let memory = fs::read_to_string("/proc/meminfo").expect("the memory of this machine");
        let memory: u64 = memory.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("kilobytes");
        let prepare = move |command: &mut Command| {
            command.env("CXX", format!("echo {licence}")).env("NUM_JOBS", (memory / kilobytes_for_a_job).to_string());
        };
        library.call(prepare, &unit)
    };
    let gcc = "Free Software Foundation";
    assert_eq!(call(gcc, 4_000_000), format!("{gcc} --param ggc-min-heapsize=2000000 -O3 -o x.o -c -x c++ -"));
    assert_eq!(call(gcc, 2_000_000), format!("{gcc} -O3 -o x.o -c -x c++ -"));
    assert_eq!(call("clang", 4_000_000), "clang -O3 -o x.o -c -x c++ -");
}

#[test]
fn what_is_no_unit_goes_to_the_compiler_as_it_is() {
    let library = Library::new(|i| format!("helper{i}"));
    for arguments in [
        &["--version"] as &[&str],
        &["-E", "probe.c"],
        &["-E", "rocksdb/db/f0.cc", "-o", "x.i"],
        &["-O3", "-o", "x.o", "-c", "api/c.cc"],
        &["-O3", "-o", "x.o", "-c", "rocksdb/db/other.cc"],
        &["-O3", "-D", "X=\"a b\"", "-o", "x.o", "-c", "rocksdb/util/build_version.cc"],
    ] {
        assert_eq!(library.call(|_| (), arguments), arguments.join(" "));
    }
    let cached = |command: &mut Command| {
        command.env("RUSTC_WRAPPER", "sccache");
    };
    let unit = ["-O3", "-o", "x.o", "-c", "rocksdb/db/f0.cc"];
    assert_eq!(library.call(cached, &unit), unit.join(" "));
    let without_memory = |command: &mut Command| {
        command.env("NUM_JOBS", "1000000");
    };
    assert_eq!(library.call(without_memory, &unit), unit.join(" "));
}
