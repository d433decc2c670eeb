//! One named test for every program of `tests/golden`: what it prints is compared with what stands beside it.
//!
//! `NAME.mv` is the program, `NAME.out` its standard output, `NAME.err` its standard error (none when
//! missing), `NAME.status` its exit status (0 when missing). A first line `# minivm only: REASON` keeps
//! a file from CPython, and so does a line of `of_3_11.txt`; a line `# stress: N` near the top collects at every Nth
//! allocation only. Without it the interval is 1, or longer where that were far more than 200 collections.
//!
//! `cargo test --test golden gc::callbacks_are_told` runs `gc/callbacks_are_told.mv`. The test `golden::…` runs
//! the program as the binary does without options; with `GOLDEN_MODES=all` there are `unfused::…`, `stress::…` and
//! `oracle::…` too. The oracle is a `python3.14` on the path, or what `MINIVM_PYTHON` names.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;
use support::{
    MINIVM, NO_PYTHON, Outcome, Scratch, command, compare_outcome, files_below, python, root, run,
    stress::stress_interval,
};

/// How long one file may take; a debug build on a busy machine is the slowest that has to pass.
const LIMIT: Duration = Duration::from_secs(120);

/// What the oracle mode runs.
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(python);

/// The programs that are not compared, because what is expected of them is what CPython 3.11 prints.
static OF_3_11: LazyLock<HashSet<PathBuf>> = LazyLock::new(|| {
    let list = read(&folder().join("of_3_11.txt"));
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let names = lines.map(|line| line.split_once(": ").expect("a line gives a reason").0);
    names.map(|name| folder().join(format!("{name}.mv"))).collect()
});

/// A way of running a program; all have to print the same.
#[derive(Clone, Copy)]
enum Mode {
    /// As a person runs it.
    Fused,
    /// One word for each stack instruction.
    Unfused,
    /// Collected often, and every count audited before and after each collection.
    Stress,
    /// Under CPython 3.14.
    Oracle,
}

impl Mode {
    /// What the names of its tests begin with.
    fn name(self) -> &'static str {
        match self {
            Mode::Fused => "golden",
            Mode::Unfused => "unfused",
            Mode::Stress => "stress",
            Mode::Oracle => "oracle",
        }
    }

    fn takes(self, file: &Path) -> bool {
        let is_compared = || !read(file).starts_with("# minivm only") && !OF_3_11.contains(file);
        !matches!(self, Mode::Oracle) || is_compared()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = trials(&modes());
    if !trials.iter().any(|trial| is_asked_for(trial.name(), &arguments)) {
        eprintln!("no golden test has a name that the filter matches; `--list` shows them all");
        return ExitCode::FAILURE;
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The modes to run: `GOLDEN_MODES` is `golden`, which is the default, `own` for those of minivm alone, or `all`.
fn modes() -> Vec<Mode> {
    let own = [Mode::Fused, Mode::Unfused, Mode::Stress];
    match std::env::var("GOLDEN_MODES").as_deref().unwrap_or("golden") {
        "golden" => vec![Mode::Fused],
        "own" => own.to_vec(),
        "all" if PYTHON.is_some() => [&own[..], &[Mode::Oracle]].concat(),
        "all" => {
            eprintln!("oracle is skipped: {NO_PYTHON}");
            own.to_vec()
        }
        other => panic!("GOLDEN_MODES is `golden`, `own` or `all`, not `{other}`"),
    }
}

fn trials(modes: &[Mode]) -> Vec<Trial> {
    let programs = files_below(&folder(), "mv");
    let mut trials = vec![Trial::test("every_expectation_has_a_program", every_expectation_has_a_program)];
    for &mode in modes {
        for file in programs.iter().filter(|file| mode.takes(file)) {
            let name = format!("{}::{}", mode.name(), path_of(file));
            let file = file.clone();
            trials.push(Trial::test(name, move || Ok(check(&file, mode)?)));
        }
    }
    trials
}

/// Whether the harness will run a test of this name.
fn is_asked_for(name: &str, arguments: &Arguments) -> bool {
    let fits = |text: &String| if arguments.exact { name == text } else { name.contains(text.as_str()) };
    arguments.filter.as_ref().is_none_or(fits) && !arguments.skip.iter().any(fits)
}

/// The name of a program as that of a test: `gc::callbacks_are_told`.
fn path_of(file: &Path) -> String {
    let path = file.strip_prefix(folder()).expect("a program lies below the folder").with_extension("");
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("::")
}

fn every_expectation_has_a_program() -> Result<(), Failed> {
    for extension in ["out", "err", "status"] {
        for file in files_below(&folder(), extension) {
            if !file.with_extension("mv").exists() {
                return Err(format!("{} has no program", file.display()).into());
            }
        }
    }
    match OF_3_11.iter().find(|file| !file.exists()) {
        Some(file) => Err(format!("{} is listed, but missing", file.display()).into()),
        None => Ok(()),
    }
}

fn folder() -> PathBuf {
    root().join("tests/golden")
}

/// Runs one file in a new folder, where it may leave what it likes, and compares all that it prints.
fn check(file: &Path, mode: Mode) -> Result<(), String> {
    let scratch = Scratch::new();
    let minivm = Path::new(MINIVM);
    let interval;
    let (program, options): (_, &[&str]) = match mode {
        Mode::Fused => (minivm, &[]),
        Mode::Unfused => (minivm, &["--no-fuse"]),
        Mode::Stress => {
            interval = stress_interval(file, LIMIT)?;
            (minivm, &["--gc-stress", &interval, "--gc-verify"])
        }
        Mode::Oracle => (PYTHON.as_deref().expect("the mode is left out without it"), &[]),
    };
    let mut actual = run(command(program, scratch.path()).args(options).arg(file), b"", LIMIT)?;
    let beside = format!("{}/", file.parent().expect("a program lies in a folder").display());
    for text in [&mut actual.out, &mut actual.err] {
        *text = text.replace(&beside, "");
    }
    compare_outcome(&expectation(file), &actual)
}

fn expectation(file: &Path) -> Outcome {
    let part = |extension| std::fs::read_to_string(file.with_extension(extension)).unwrap_or_default();
    let status = part("status");
    Outcome { out: part("out"), err: part("err"), status: status.trim().parse().unwrap_or(0) }
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).expect("a program can be read")
}
