//! The CPython that tests compare with: what `MINIVM_PYTHON` names, or else the `python3.14` on the path.

use std::ffi::OsString;
use std::process::Command;

/// Finds it; `None` where there is none, so that the test has nothing to compare with.
///
/// # Panics
/// If `MINIVM_PYTHON` names something else than a CPython 3.14.
pub fn python() -> Option<OsString> {
    let named = std::env::var_os("MINIVM_PYTHON");
    let program = named.clone().unwrap_or_else(|| "python3.14".into());
    let answer = Command::new(&program).args(["-c", "import sys; print(*sys.version_info[:2])"]).output();
    let is_right = answer.is_ok_and(|answer| answer.stdout.trim_ascii_end() == b"3 14");
    assert!(named.is_none() || is_right, "MINIVM_PYTHON does not name a CPython 3.14");
    is_right.then_some(program)
}
