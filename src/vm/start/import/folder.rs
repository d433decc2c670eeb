//! Modules in folders: which file of a folder is the module of a name.
//!
//! `m/__init__.mv` comes before `m/__init__.py`, then `m.mv`, then `m.py`; a folder `m` without such a file is a
//! part of a package that may lie in several folders.

use std::path::{Path, PathBuf};

use crate::source::library;
use crate::text::path;

/// The endings of source files, first the one that is looked for first.
pub const ENDINGS: [&str; 2] = ["mv", "py"];

/// What a folder has for a name.
pub(super) enum Entry {
    /// The file of a module.
    File(String),
    /// The file of a package, and the folder of its modules.
    Package(String, String),
    /// A folder that may be a part of a package.
    Portion(String),
}

/// Looks for a module, by the last part of its name, in a folder.
pub(super) fn find(folder: &str, part: &str) -> Option<Entry> {
    if library::inside(folder).is_some() {
        return find_in_library(folder, part);
    }
    let folder = PathBuf::from(path::to_system(folder)?);
    let base = folder.join(path::to_system(part)?);
    let text = |path: &Path| path::from_system(path.as_os_str());
    let is_folder = base.is_dir();
    if is_folder {
        let files = ENDINGS.map(|ending| base.join(format!("__init__.{ending}")));
        if let Some(file) = files.iter().find(|file| file.is_file()) {
            return Some(Entry::Package(text(file), text(&base)));
        }
    }
    let files = ENDINGS.map(|ending| base.with_added_extension(ending));
    match files.iter().find(|file| file.is_file()) {
        Some(file) => Some(Entry::File(text(file))),
        None => is_folder.then(|| Entry::Portion(text(&base))),
    }
}

/// The most bytes that the name of a file may have.
const LONGEST_NAME: usize = 255;

/// Looks for a module in the library of the binary, whose files all end in `.py`.
fn find_in_library(folder: &str, part: &str) -> Option<Entry> {
    // No file there has a longer name, and a longer one might find no memory.
    if part.len() > LONGEST_NAME {
        return None;
    }
    let base = format!("{}/{part}", folder.trim_end_matches('/'));
    let is_file = |path: &str| matches!(library::find(path), Some(library::Entry::File(_)));
    let (package, file) = (format!("{base}/__init__.py"), format!("{base}.py"));
    if is_file(&package) {
        return Some(Entry::Package(package, base));
    }
    if is_file(&file) {
        return Some(Entry::File(file));
    }
    library::is_folder(&base).then_some(Entry::Portion(base))
}

/// Returns an entry of a search path as a folder with an absolute path; the empty one is the working folder. `None`
/// if there is no working folder.
pub(super) fn absolute(entry: &str) -> Option<String> {
    if entry.starts_with('/') {
        return Some(entry.to_owned());
    }
    let current = std::env::current_dir().ok()?;
    let entry = entry.strip_prefix("./").unwrap_or(entry);
    let folder = if matches!(entry, "" | ".") { current } else { current.join(path::to_system(entry)?) };
    Some(path::from_system(folder.as_os_str()))
}
