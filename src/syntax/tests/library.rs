//! Every file of Python's own library parses, where there is a CPython to lend it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::source::SourceText;
use crate::source::python::python;
use crate::syntax::parse_module;
use crate::text::codec::source::decode;

/// Files that are wrong on purpose, or of Python 2.
const WRONG: [&str; 3] = ["bad", "lib2to3/tests/data", "py2"];

fn library() -> Option<PathBuf> {
    let script = "import os; print(os.path.dirname(os.__file__))";
    let output = Command::new(python()?).args(["-c", script]).output().ok()?;
    output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Collects the Python files below a folder. A link that leads nowhere, as systems leave them, is none.
fn files_below(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("site-packages") {
            files_below(&path, out);
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "py") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_of_the_library_parses() {
    let Some(library) = library() else { return };
    let mut files = Vec::new();
    files_below(&library, &mut files);
    for file in files {
        let name = file.to_string_lossy();
        // Python's tests are many and alike; those of the grammar and their neighbours stand for all.
        let is_minor_test =
            name.contains("/test/") && !name.contains("/test/test_gra") && !name.contains("/test/test_p");
        if is_minor_test || WRONG.iter().any(|part| name.contains(part)) {
            continue;
        }
        let bytes = fs::read(&file).expect("the file was listed");
        // Some test files are in encodings that only Python knows.
        let Ok(text) = decode(None, &bytes) else { continue };
        if let Err(error) = parse_module(&SourceText::new(&name, &text)) {
            panic!("{name}: {error:?}");
        }
    }
}
