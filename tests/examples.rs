//! Runs every program of `examples` normally and while collecting often, and the benchmarks once.
//!
//! Each prints its `.out`. The programs of `examples/bench` are compared with `python3.14` where there
//! is one, in optimised builds only: they are sized for those.

mod support;

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;
use support::{
    MINIVM, NO_PYTHON, check_all, command, compare, compare_outcome, files_below, python, root, run,
    stress::stress_interval, take_turn,
};

const LIMIT: Duration = Duration::from_secs(300);

#[test]
fn print_what_they_should() {
    let _turn = take_turn();
    check_all("examples", &examples(), |file| check(file, MINIVM, &[]));
}

#[test]
fn survive_some_hundred_collections() {
    let _turn = take_turn();
    check_all("examples under stress", &examples(), |file| {
        check(file, MINIVM, &["--gc-stress", &stress_interval(file, LIMIT)?, "--gc-verify"])
    });
}

#[test]
fn print_the_same_under_python() {
    let _turn = take_turn();
    let Some(python) = python() else {
        println!("skipped: {NO_PYTHON}");
        return;
    };
    check_all("examples under python3.14", &examples(), |file| check(file, &python, &[]));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "sized for optimised builds")]
fn benchmarks_agree_with_python() {
    let _turn = take_turn();
    let programs = files_below(&root().join("examples/bench"), "mv");
    // As for the golden files, `own` leaves CPython out: its output stands beside each program.
    let is_own = std::env::var_os("GOLDEN_MODES").is_some_and(|modes| modes == "own");
    let python = if is_own { None } else { python() };
    check_all("benchmarks", &programs, |file| {
        let folder = file.parent().expect("a program lies in a folder");
        let ours = run(command(MINIVM, folder).arg(file), b"", LIMIT)?;
        let expected =
            std::fs::read_to_string(file.with_extension("out")).expect("every program has its output");
        compare("standard output", &expected, &ours.out)?;
        let Some(python) = &python else { return Ok(()) };
        let theirs = run(command(python, folder).arg(file), b"", LIMIT)?;
        compare("standard output", &theirs.out, &ours.out)?;
        compare("exit status", &theirs.status.to_string(), &ours.status.to_string())
    });
}

/// The programs worth reading: those directly in `examples`.
fn examples() -> Vec<std::path::PathBuf> {
    let folder = root().join("examples");
    files_below(&folder, "mv").into_iter().filter(|file| file.parent() == Some(&folder)).collect()
}

fn check(file: &Path, program: impl AsRef<OsStr>, options: &[&str]) -> Result<(), String> {
    let folder = file.parent().expect("a program lies in a folder");
    let name = file.file_name().expect("a program has a name");
    let actual = run(command(program, folder).args(options).arg(name), b"", LIMIT)?;
    let out = std::fs::read_to_string(file.with_extension("out")).map_err(|error| error.to_string())?;
    compare_outcome(&support::Outcome { out, err: String::new(), status: 0 }, &actual)
}
