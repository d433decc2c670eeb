//! Random programs print what they print under `python3.14`.
//!
//! `random/generate.mv` makes a program of a seed; both run it, and so they do the generator. `cargo test` takes a few
//! seeds; `.ci/random FROM TO` takes any. A program that differs is kept and named, so that one can look into it.

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;
use support::{MINIVM, NO_PYTHON, Outcome, Scratch, check_all, command, compare, python, root, run};

/// How long a program may take; they are bounded, but for what a busy machine adds.
const LIMIT: Duration = Duration::from_secs(120);

/// The seeds that are taken unless `RANDOM_PROGRAMS` names others, as in `0-20000`.
const SEEDS: &str = "0-24";

#[test]
fn print_the_same_under_python() {
    let Some(python) = python() else {
        println!("skipped: {NO_PYTHON}");
        return;
    };
    let asked = std::env::var("RANDOM_PROGRAMS").unwrap_or_else(|_| SEEDS.to_owned());
    let (from, to) = asked.split_once('-').expect("RANDOM_PROGRAMS is FROM-TO");
    let (from, to): (u32, u32) = (from.parse().expect("a number"), to.parse().expect("a number"));
    // What is checked is named as a file, so that the pool of the tests takes it.
    let seeds: Vec<PathBuf> = (from..to).map(|seed| PathBuf::from(seed.to_string())).collect();
    check_all("random programs", &seeds, |seed| check(seed, &python));
}

/// Makes the program of a seed and runs it: normally and with what must not make a difference.
fn check(seed: &Path, python: &Path) -> Result<(), String> {
    let scratch = Scratch::new();
    let generator = root().join("tests/random/generate.mv");
    let generate = |program: &Path| {
        run(command(program, scratch.path()).arg(&generator).arg(seed), b"", LIMIT).and_then(succeeded)
    };
    let source = generate(python)?;
    compare("the program itself", &source, &generate(MINIVM.as_ref())?)?;
    let file = scratch.path().join("program.py");
    std::fs::write(&file, &source).map_err(|error| error.to_string())?;
    let theirs = run(command(python, scratch.path()).args(["-W", "ignore"]).arg(&file), b"", LIMIT)?;
    for options in [&[][..], &["--no-fuse"], &["--gc-stress", "50", "--gc-verify"]] {
        let ours = run(command(MINIVM, scratch.path()).args(options).arg(&file), b"", LIMIT)?;
        let same = compare("standard output", &theirs.out, &ours.out)
            .and_then(|()| compare("exit status", &theirs.status.to_string(), &ours.status.to_string()));
        same.map_err(|difference| format!("with {options:?}:\n{difference}\n{}", ours.err))?;
    }
    Ok(())
}

/// What a generator printed, which must not fail.
fn succeeded(outcome: Outcome) -> Result<String, String> {
    if outcome.status == 0 { Ok(outcome.out) } else { Err(outcome.err) }
}
