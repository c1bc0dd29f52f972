//! `scripts/setup.sh` on machines that lack something: the machine is a folder of programs, some of which are stubs.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use tempfile::TempDir;

/// Programs that the setup and the compilers call, apart from those that a test replaces.
const PROGRAMS: &[&str] = &[
    "bash", "env", "mktemp", "rm", "dirname", "basename", "cat", "head", "cut", "grep", "sort", "awk", "uname", "df",
    "c++", "cc", "as", "ld", "make", "sh",
];

struct Machine {
    folder: TempDir,
}

impl Machine {
    /// A machine with certificates, and with Rust and a compiler of C++20. Its user is root.
    fn new() -> Machine {
        let machine = Machine { folder: TempDir::new().expect("a temporary folder") };
        fs::create_dir(machine.bin()).expect("a new folder");
        let path = std::env::var("PATH").expect("PATH is set");
        for program in PROGRAMS {
            let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
            symlink(found.unwrap_or_else(|| panic!("{program} is not on this machine")), machine.bin().join(program))
                .expect("a new link");
        }
        machine.stub("rustc", "echo 'rustc 1.95.0 (stub)'").stub("cargo", "exit 9").stub("id", "echo 0")
    }

    fn bin(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    /// Replaces one of the machine's programs.
    fn stub(self, name: &str, script: &str) -> Machine {
        let file = self.bin().join(name);
        let _ = fs::remove_file(&file);
        fs::write(&file, format!("#!/bin/bash\n{script}\n")).expect("a new file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a file of ours");
        self
    }

    fn without(self, name: &str) -> Machine {
        fs::remove_file(self.bin().join(name)).expect("a program of the machine");
        self
    }

    /// A machine like Debian. Installing changes nothing, as if the newest package were installed already.
    fn with_apt(self) -> Machine {
        let log = self.installed_list();
        self.stub("apt-get", &format!("echo \"$*\" >>{}", log.display()))
    }

    fn installed_list(&self) -> PathBuf {
        self.folder.path().join("installed")
    }

    fn installed(&self) -> String {
        fs::read_to_string(self.installed_list()).unwrap_or_default()
    }

    fn folder_with(&self, name: &str, library: Option<&str>) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir(&folder).expect("a new folder");
        if let Some(library) = library {
            // A shared library that exists but is not libclang.
            fs::copy(a_shared_library(), folder.join(library)).expect("a copy");
        }
        folder
    }

    fn setup(&self, part: &str) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/setup.sh"));
        command.arg(part).env_clear().env("PATH", self.bin()).env("HOME", self.folder.path());
        command.env("CARGO_TARGET_DIR", self.folder.path().join("target")).timeout(std::time::Duration::from_mins(5));
        command.env("SSL_CERT_FILE", self.folder.path().join("certificates"));
        command
    }
}

fn a_shared_library() -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux tells what is loaded");
    let library = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("libc.so"));
    PathBuf::from(library.expect("a program has a C library"))
}

#[test]
fn libclang_cpp_is_not_taken_for_libclang() {
    let machine = Machine::new().with_apt();
    let folder = machine.folder_with("llvm", Some("libclang-cpp.so.14"));
    machine.setup("build").env("LIBCLANG_PATH", &folder).assert().code(1).stderr(
        contains("no libclang is found").and(contains("unset LIBCLANG_PATH")).and(contains(folder.to_str().unwrap())),
    );
}

#[test]
fn a_library_that_only_has_libclangs_name_is_loaded_and_refused() {
    let machine = Machine::new().with_apt();
    let folder = machine.folder_with("llvm", Some("libclang.so"));
    machine
        .setup("build")
        .env("LIBCLANG_PATH", &folder)
        .assert()
        .code(1)
        .stderr(contains("libclang.so is found, but cannot be used").and(contains("clang_createIndex")));
}

const CXX17: &str = "for a; do [ \"$a\" != -std=c++20 ] || { echo \"error: unrecognized option '-std=c++20'\" >&2; exit 1; }; done; exit 0";

#[test]
fn a_compiler_of_cxx17_is_named_with_one_that_compiles_cxx20() {
    let machine = Machine::new().with_apt();
    let cxx20 = fs::read_link(machine.bin().join("c++")).expect("a link");
    symlink(cxx20, machine.bin().join("g++-12")).expect("a new link");
    let machine = machine.stub("c++", CXX17);
    machine
        .setup("build")
        .assert()
        .code(1)
        .stderr(contains("`c++` does not compile C++20").and(contains("CXX=g++-12")));
    assert!(machine.installed().contains("install -y -qq --no-install-recommends g++"), "{}", machine.installed());
}

#[test]
fn a_compiler_of_cxx17_alone_is_named_with_its_error_and_what_to_install() {
    Machine::new()
        .with_apt()
        .stub("c++", CXX17)
        .setup("build")
        .assert()
        .code(1)
        .stderr(contains("unrecognized option").and(contains("install g++ 11 or clang++ 14, or newer")));
}

#[test]
fn too_little_room_ends_setup_before_anything_is_installed() {
    let machine = Machine::new().with_apt().stub("c++", CXX17).stub(
        "df",
        "echo 'Filesystem 1024-blocks Used Available Capacity Mounted'; echo 'disk 9999999 9 204800 99% /'",
    );
    machine.setup("build").assert().code(1).stderr(contains("200 MB are free").and(contains("set CARGO_TARGET_DIR")));
    assert_eq!(machine.installed(), "");
}

#[test]
fn other_package_managers_get_the_exact_command() {
    for (manager, command) in [
        ("dnf", "dnf install gcc-c++"),
        ("pacman", "pacman -S --needed gcc"),
        ("apk", "apk add g++"),
        ("brew", "brew install llvm"),
    ] {
        let machine = Machine::new().stub("c++", CXX17).stub(manager, "exit 9");
        machine.setup("build").assert().code(1).stderr(contains(command));
    }
}

#[test]
fn who_cannot_install_gets_the_command_for_who_can() {
    let machine = Machine::new().with_apt().without("make").stub("id", "echo 1000").stub("sudo", "exit 1");
    machine.setup("build").assert().code(1).stderr(contains("sudo apt-get install -y --no-install-recommends make"));
    assert_eq!(machine.installed(), "");
}

#[test]
fn an_old_rust_is_named_with_the_version_that_is_needed() {
    Machine::new()
        .stub("rustc", "echo 'rustc 1.70.0 (stub)'")
        .setup("build")
        .assert()
        .code(1)
        .stderr(contains("too old: Rust 1.89 or newer").and(contains("rustup update stable")));
}

#[test]
fn a_dot_that_cannot_draw_is_installed_again() {
    let machine = Machine::new().with_apt().stub("dot", "echo 'no format svg' >&2; exit 1");
    machine.setup("graphviz").assert().code(1).stderr(contains("GraphViz (the program dot, able to draw svg)"));
    assert!(machine.installed().contains("graphviz"), "{}", machine.installed());
}
