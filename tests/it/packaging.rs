//! The contents of a release, and its installation: `scripts/package.sh` and `scripts/install.sh`.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use tempfile::TempDir;

use crate::liveness_server::{Reply, Server};

/// Packages of a small program that answers like `kg` to packagers and installers, and their server.
struct Release {
    folder: TempDir,
    server: Server,
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name)
}

fn target() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

fn archive_name() -> String {
    format!("papergraph-{}-{}.tar.gz", env!("CARGO_PKG_VERSION"), target())
}

impl Release {
    fn new() -> Release {
        let folder = TempDir::new().expect("a temporary folder");
        let kg = folder.path().join("kg");
        fs::write(&kg, "#!/bin/sh\necho \"kg $*\"\n").expect("a new file");
        fs::set_permissions(&kg, fs::Permissions::from_mode(0o755)).expect("a file of ours");
        let packages = folder.path().join("packages");
        Command::new(script("package.sh")).arg("archive").arg(&kg).arg(&packages).arg(target()).assert().success();
        Command::new(script("package.sh")).arg("checksums").arg(&packages).assert().success();
        let server = Server::start(move |request| match fs::read(packages.join(&request.path[1..])) {
            Ok(bytes) => Reply::status(200).body(bytes),
            Err(_) => Reply::status(404),
        });
        Release { folder, server }
    }

    fn packages(&self) -> PathBuf {
        self.folder.path().join("packages")
    }

    fn installed(&self) -> PathBuf {
        self.folder.path().join("bin/kg")
    }

    fn install(&self) -> Command {
        let mut command = Command::new("sh");
        command.arg(script("install.sh")).env("PAPERGRAPH_BIN", self.folder.path().join("bin"));
        command.env("PAPERGRAPH_URL", self.server.url("").trim_end_matches('/')).env_remove("PAPERGRAPH_VERSION");
        command
    }
}

#[test]
fn an_archive_whose_checksum_is_right_is_installed() {
    let release = Release::new();
    release.install().assert().success().stdout(contains("kg --version is at").and(contains("into PATH")));
    Command::new(release.installed()).arg("stats").assert().success().stdout("kg stats\n");
}

#[test]
fn an_archive_that_was_changed_is_refused() {
    let release = Release::new();
    let archive = release.packages().join(archive_name());
    let mut bytes = fs::read(&archive).expect("the archive");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&archive, bytes).expect("a file of ours");
    release.install().assert().code(1).stderr(contains("the checksum of").and(contains("nothing was installed")));
    assert!(!release.installed().exists());
}

#[test]
fn an_archive_that_the_checksums_do_not_name_is_refused() {
    let release = Release::new();
    fs::write(release.packages().join("SHA256SUMS"), "").expect("a file of ours");
    release.install().assert().code(1).stderr(contains(format!("no line for {}", archive_name())));
    assert!(!release.installed().exists());
}

#[test]
fn without_an_address_the_installer_says_that_nothing_is_published() {
    Release::new()
        .install()
        .env_remove("PAPERGRAPH_URL")
        .assert()
        .code(1)
        .stderr(contains("no release is published yet; set PAPERGRAPH_URL"));
}

#[test]
fn the_archive_holds_the_program_with_licences_example_and_completions() {
    let release = Release::new();
    let list = Command::new("tar").arg("-tzf").arg(release.packages().join(archive_name())).output().expect("tar runs");
    let list = String::from_utf8(list.stdout).expect("names are text");
    for file in ["kg", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "examples/papers.jsonl", "completions/kg.bash"] {
        assert!(list.lines().any(|line| line.ends_with(&format!("/{file}"))), "{file} is not in\n{list}");
    }
}

/// The installer names the version that it downloads if no other is requested.
#[test]
fn the_installer_is_that_of_this_version() {
    let text = fs::read_to_string(script("install.sh")).expect("the installer");
    assert!(text.contains(&format!("PAPERGRAPH_VERSION:-{}}}", env!("CARGO_PKG_VERSION"))));
}
