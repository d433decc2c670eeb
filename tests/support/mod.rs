//! What the tests that run programs share: running one with a time limit, comparing, and a small pool.
//!
//! Every run happens in the folder of its program and names it plainly, so that tracebacks are the
//! same everywhere. Addresses are masked before anything is compared.
//! See `golden.rs` for the files, `command.rs` for the command line.

// Each test crate uses its own part of this module.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub mod stress;

/// The program under test.
pub const MINIVM: &str = env!("CARGO_BIN_EXE_minivm");

/// Tests that keep every core busy take turns, so that time limits mean something.
static TURN: Mutex<()> = Mutex::new(());

/// Waits until no other test of this process uses all cores.
pub fn take_turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// What one run of a program left behind.
pub struct Outcome {
    /// Standard output, addresses masked.
    pub out: String,
    /// Standard error, addresses masked.
    pub err: String,
    /// The exit status; 128 plus the number for a signal, as shells say it.
    pub status: i32,
}

/// A new, empty folder that is gone when this is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes a folder that no other test has, below the folder that Cargo keeps for tests.
    pub fn new() -> Scratch {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scratch-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What a killed run with the same number has left.
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path).expect("a folder can be made below the target folder");
        Scratch(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command with the environment every test runs in. Ctrl-C ends what it starts, also where the tests themselves were
/// started with that signal ignored, as a shell without job control does in the background.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    expect_interrupts();
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONSTARTUP");
    command
}

/// Handles the signal of Ctrl-C as if it had never been ignored: a program that is started from here begins with the
/// default of every signal that has a handler, but would inherit "ignored".
pub fn expect_interrupts() {
    use signal_hook::{consts::SIGINT, flag};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let always = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        flag::register_conditional_default(SIGINT, always).expect("the signal of Ctrl-C can be handled");
    });
}

/// Runs a command to its end with `input` on standard input, or says that it took too long.
pub fn run(command: &mut Command, input: &[u8], limit: Duration) -> Result<Outcome, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    let folder = command.get_current_dir().unwrap_or(root()).to_owned();
    let mut stdin = child.stdin.take().expect("standard input is piped");
    let mut stdout = child.stdout.take().expect("standard output is piped");
    let mut stderr = child.stderr.take().expect("standard error is piped");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        let out = scope.spawn(move || read_all(&mut stdout));
        let err = scope.spawn(move || read_all(&mut stderr));
        let started = Instant::now();
        let mut pause = Duration::from_micros(200);
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                break Some(status);
            }
            if started.elapsed() > limit {
                child.kill().ok();
                child.wait().ok();
                break None;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        };
        let out = mask(&out.join().expect("the reader does not panic"), &folder);
        let err = mask(&err.join().expect("the reader does not panic"), &folder);
        match status {
            Some(status) => Ok(Outcome { out, err, status: code_of(status) }),
            None => Err(format!("took longer than {limit:?}\n--- standard error so far\n{}", tail(&err))),
        }
    })
}

fn read_all(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status as a shell would say it.
pub fn code_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Replaces addresses by `0x...` and takes away the folder in front of file names.
fn mask(text: &str, folder: &Path) -> String {
    let text = text.replace(&format!("{}/", folder.display()), "");
    let mut masked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        masked.push_str(&rest[..at]);
        masked.push_str(if digits >= 9 { "0x..." } else { &rest[at..at + 2 + digits] });
        rest = &rest[at + 2 + digits..];
    }
    masked.push_str(rest);
    masked
}

/// All files below `folder` with this extension whose stem does not begin with an underscore, sorted.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the test folder can be read") {
            let path = entry.expect("the entry can be read").path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'));
            if path.is_dir() {
                folders.push(path);
            } else if !hidden && path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Checks every file on all cores and fails with all complaints together.
pub fn check_all(what: &str, files: &[PathBuf], check: impl Fn(&Path) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let complaints = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(complaint) = check(file) {
                        let name = file.strip_prefix(root()).unwrap_or(file).display().to_string();
                        complaints.lock().unwrap().push((name, complaint));
                    }
                }
            });
        }
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.sort();
    if complaints.is_empty() {
        println!("{what}: {} files", files.len());
        return;
    }
    let mut report = String::new();
    for (name, complaint) in &complaints {
        writeln!(report, "==== {name}\n{complaint}").unwrap();
    }
    writeln!(report, "{what}: {} of {} files fail:", complaints.len(), files.len()).unwrap();
    for (name, _) in &complaints {
        writeln!(report, "  {name}").unwrap();
    }
    panic!("{report}");
}

/// Compares two texts; the error shows where they part.
pub fn compare(what: &str, expected: &str, actual: &str) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    let (wanted, got): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = wanted.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let mut report = format!("{what} differs from line {}:\n", same + 1);
    for line in &wanted[same.saturating_sub(1)..same] {
        writeln!(report, "    {line}").unwrap();
    }
    for line in wanted[same..].iter().take(8) {
        writeln!(report, "  - {line}").unwrap();
    }
    for line in got[same..].iter().take(8) {
        writeln!(report, "  + {line}").unwrap();
    }
    if wanted == got {
        report.push_str("  (only the end of the last line differs)\n");
    }
    Err(report)
}

/// Compares all three parts of an outcome and reports all that differ.
pub fn compare_outcome(expected: &Outcome, actual: &Outcome) -> Result<(), String> {
    let parts = [
        compare("standard output", &expected.out, &actual.out),
        compare("standard error", &expected.err, &actual.err),
        compare("exit status", &expected.status.to_string(), &actual.status.to_string()),
    ];
    let complaints: String = parts.into_iter().filter_map(Result::err).collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints) }
}

/// The last lines of a text.
pub fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Why nothing is compared with CPython where `python` finds none.
pub const NO_PYTHON: &str = "no python3.14 is on the path, and MINIVM_PYTHON names none";

/// The CPython that minivm follows: what `MINIVM_PYTHON` names, or else the `python3.14` on the path. It answers with the
/// program itself, since what stands on the path may be a script that looks for it each time.
pub fn python() -> Option<PathBuf> {
    let named = std::env::var_os("MINIVM_PYTHON");
    let asked = "import sys; print(*sys.version_info[:2], sys.executable)";
    let answer = Command::new(named.as_deref().unwrap_or("python3.14".as_ref())).args(["-c", asked]).output();
    let answer = answer.ok().and_then(|answer| String::from_utf8(answer.stdout).ok());
    let found = answer.as_deref().and_then(|answer| answer.trim_end().strip_prefix("3 14 "));
    assert!(named.is_none() || found.is_some(), "MINIVM_PYTHON does not name a CPython 3.14");
    found.map(PathBuf::from)
}
