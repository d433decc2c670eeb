//! Where imports are searched for: the script's folder, `PYTHONPATH`, the library, the packages of a virtual environment.
//!
//! An environment is the one that `VIRTUAL_ENV` names, or the one that the program `minivm` itself is in: the folder
//! above that of the program has a `pyvenv.cfg`. Of its `.pth` files only the lines that name folders count.

use std::path::{Path, PathBuf};

use crate::source::library;
use crate::text::path;

/// What of the environment is used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    /// Not `PYTHONPATH`, nor any other variable (`-E`).
    pub no_variables: bool,
    /// Not the packages of a virtual environment (`-S`).
    pub no_site: bool,
}

/// Returns the entries of the path behind that of the script.
pub(super) fn more(used: Use) -> Vec<String> {
    let mut folders = Vec::new();
    if !used.no_variables {
        let named = path::from_system(&std::env::var_os("PYTHONPATH").unwrap_or_default());
        folders.extend(named.split(':').filter(|folder| !folder.is_empty()).map(crate::embed::absolute));
    }
    folders.push(library(used));
    if !used.no_site
        && let Some(site) = environment(used).and_then(|root| packages(&root))
    {
        let more = named_by_files(&site);
        folders.push(path::from_system(site.as_os_str()));
        folders.extend(more);
    }
    folders
}

/// Returns the folder of the library: the one that a variable names, else the one in the binary.
fn library(used: Use) -> String {
    let named = std::env::var_os(library::VARIABLE).filter(|named| !used.no_variables && !named.is_empty());
    match named {
        Some(named) => crate::embed::absolute(&path::from_system(&named)),
        None => library::root().to_owned(),
    }
}

/// Returns the root of the virtual environment, if there is one.
fn environment(used: Use) -> Option<PathBuf> {
    let is_one = |root: &PathBuf| root.join("pyvenv.cfg").is_file();
    let named = std::env::var_os("VIRTUAL_ENV").filter(|_| !used.no_variables).map(PathBuf::from);
    named.filter(is_one).or_else(|| {
        let program = std::env::current_exe().ok()?;
        program.parent()?.parent().map(Path::to_owned).filter(is_one)
    })
}

/// Returns the folder of the packages of an environment: that of Python 3.14, else the one of the newest version.
fn packages(root: &Path) -> Option<PathBuf> {
    let library = root.join("lib");
    let wanted = library.join("python3.14/site-packages");
    if wanted.is_dir() {
        return Some(wanted);
    }
    let minor = |path: &PathBuf| path.file_name()?.to_str()?.strip_prefix("python3.")?.parse::<u32>().ok();
    let versions = std::fs::read_dir(library).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = versions.filter(|path| minor(path).is_some()).max_by_key(minor)?;
    Some(newest.join("site-packages")).filter(|path| path.is_dir())
}

/// Returns the folders that the `.pth` files of a folder name; other lines run code in CPython and are left out.
fn named_by_files(site: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(site) else { return Vec::new() };
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "pth")).collect();
    files.sort();
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    let mut folders: Vec<String> = Vec::new();
    for text in texts {
        for line in text.lines().map(str::trim_end) {
            if line.trim().is_empty()
                || line.starts_with('#')
                || line.starts_with("import ")
                || line.starts_with("import\t")
            {
                continue;
            }
            let folder = site.join(line);
            let shown = folder.display().to_string();
            if folder.exists() && !folders.contains(&shown) {
                folders.push(shown);
            }
        }
    }
    folders
}
