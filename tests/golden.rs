//! Runs every program of `tests/golden` and compares what it prints with what stands beside it.
//!
//! `NAME.mv` is the program, `NAME.out` its standard output, `NAME.err` its standard error (none when
//! missing), `NAME.status` its exit status (0 when missing). A first line `# minivm only: REASON` keeps
//! a file from `python3`; a line `# stress: N` near the top collects at every Nth allocation only.
//! `GOLDEN=text cargo test --test golden` runs the files whose path contains the text.

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;
use support::{
    MINIVM, Outcome, check_all, command, compare_outcome, files_below, has_python, root, run, take_turn,
};

/// How long one file may take; a debug build on a busy machine is the slowest that has to pass.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn plain() {
    let _turn = take_turn();
    check_all("plain", &programs(), |file| check(file, MINIVM, &[]));
}

#[test]
fn unfused() {
    let _turn = take_turn();
    check_all("unfused", &programs(), |file| check(file, MINIVM, &["--no-fuse"]));
}

#[test]
fn stress() {
    let _turn = take_turn();
    check_all("stress", &programs(), |file| {
        let interval = stress_interval(&read(file));
        check(file, MINIVM, &["--gc-stress", &interval, "--gc-verify"])
    });
}

#[test]
fn oracle() {
    let _turn = take_turn();
    if !has_python() {
        println!("skipped: there is no python3 of version 3.11 on the path");
        return;
    }
    let shared: Vec<_> =
        programs().into_iter().filter(|file| !read(file).starts_with("# minivm only")).collect();
    check_all("oracle", &shared, |file| check(file, "python3", &[]));
}

#[test]
fn every_expectation_has_a_program() {
    for extension in ["out", "err", "status"] {
        for file in files_below(&folder(), extension) {
            assert!(file.with_extension("mv").exists(), "{} has no program", file.display());
        }
    }
}

fn folder() -> PathBuf {
    root().join("tests/golden")
}

fn programs() -> Vec<PathBuf> {
    let filter = std::env::var("GOLDEN").unwrap_or_default();
    let all = files_below(&folder(), "mv");
    all.into_iter().filter(|file| file.to_string_lossy().contains(&filter)).collect()
}

/// Runs one file and compares all it leaves behind.
fn check(file: &Path, program: &str, options: &[&str]) -> Result<(), String> {
    let name = file.file_name().expect("a program has a name");
    let folder = file.parent().expect("a program lies in a folder");
    let actual = run(command(program, folder).args(options).arg(name), b"", LIMIT)?;
    compare_outcome(&expectation(file), &actual)
}

fn expectation(file: &Path) -> Outcome {
    let part = |extension| std::fs::read_to_string(file.with_extension(extension)).unwrap_or_default();
    let status = part("status");
    Outcome { out: part("out"), err: part("err"), status: status.trim().parse().unwrap_or(0) }
}

/// The interval that a file asks for, else 1.
fn stress_interval(source: &str) -> String {
    let asked = source.lines().take(5).find_map(|line| line.strip_prefix("# stress: "));
    asked.unwrap_or("1").trim().to_owned()
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).expect("a program can be read")
}
