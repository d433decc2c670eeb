//! The half of CPython's library that is written in Python, packed into the binary.
//!
//! The build script deflates each file by itself and writes a table of them, sorted by their paths within the library.
//! The library has a place among the folders that modules are searched in: it seems to be a folder inside of the
//! program's own file, where nothing else can be. What reads and searches files for imports and tracebacks asks here
//! first.

use std::io;
use std::sync::OnceLock;

/// A file of the library.
pub struct Packed {
    /// Its path within the library.
    path: &'static str,
    /// Where its deflated text begins and ends in `TEXTS`.
    start: usize,
    end: usize,
    /// How long its text is.
    pub bytes: usize,
}

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The deflated texts.
static TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// The licence of the library.
pub const LICENCE: &str = include_str!(concat!(env!("OUT_DIR"), "/PSF-LICENSE"));

/// The environment variable that names a folder which takes the place of the packed library.
pub const VARIABLE: &str = "MINIVM_LIBRARY";

/// What the library has under a path.
pub enum Entry {
    /// A file.
    File(&'static Packed),
    /// A folder.
    Folder,
}

/// Returns the path of the packed library, which begins like that of the program.
pub fn root() -> &'static str {
    static ROOT: OnceLock<String> = OnceLock::new();
    ROOT.get_or_init(|| {
        let program = std::env::current_exe().ok().and_then(|path| path.to_str().map(str::to_owned));
        format!("{}/library", program.as_deref().unwrap_or("/minivm"))
    })
}

/// Returns what is behind the library's own path, if a path leads into it; the empty text for the library itself.
pub fn inside(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(root())?;
    let rest = rest.trim_end_matches('/');
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Finds what the library has under a path; `None` for any other path.
pub fn find(path: &str) -> Option<Entry> {
    entry(inside(path)?)
}

/// Finds what the library has under a path within it.
fn entry(path: &str) -> Option<Entry> {
    let at = FILES.partition_point(|file| file.path < path);
    match FILES.get(at) {
        Some(file) if file.path == path => return Some(Entry::File(file)),
        _ => {}
    }
    let is_within = |file: &&Packed| {
        path.is_empty() || file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    };
    // The files of a folder follow each other, but others may stand between its name and them.
    let behind = FILES.partition_point(|file| *file.path < *format!("{path}/"));
    FILES.get(if path.is_empty() { 0 } else { behind }).filter(is_within).map(|_| Entry::Folder)
}

/// Tells whether a path is the library, or a folder in it.
pub fn is_folder(path: &str) -> bool {
    matches!(find(path), Some(Entry::Folder))
}

/// Returns the text of a file of the library; `None` for a path that does not lead into the library. Fails if there is
/// no such file, or no memory for it.
pub fn read(path: &str) -> Option<io::Result<Vec<u8>>> {
    Some(match entry(inside(path)?) {
        Some(Entry::File(file)) => inflate(file),
        Some(Entry::Folder) => Err(io::Error::from_raw_os_error(IS_A_FOLDER)),
        None => Err(io::Error::from_raw_os_error(NO_SUCH_FILE)),
    })
}

/// `ENOENT`.
const NO_SUCH_FILE: i32 = 2;
/// `EISDIR`.
const IS_A_FOLDER: i32 = 21;

fn inflate(file: &Packed) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    text.try_reserve_exact(file.bytes)?;
    let mut inflater = flate2::Decompress::new(false);
    inflater.decompress_vec(&TEXTS[file.start..file.end], &mut text, flate2::FlushDecompress::Finish)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_and_inflates_to_its_length() {
        assert!(FILES.is_sorted_by_key(|file| file.path));
        for file in FILES {
            let path = format!("{}/{}", root(), file.path);
            assert!(matches!(find(&path), Some(Entry::File(found)) if found.path == file.path));
            let text = read(&path).expect("it is in the library").expect("it inflates");
            assert_eq!(text.len(), file.bytes, "{path}");
        }
    }

    #[test]
    fn folders_are_told_from_files_and_from_nothing() {
        let there = |path: &str| match find(&format!("{}{path}", root())) {
            Some(Entry::File(_)) => "file",
            Some(Entry::Folder) => "folder",
            None => "nothing",
        };
        assert_eq!(["", "/", "/json", "/json/"].map(there), ["folder"; 4]);
        assert_eq!(["/json/decoder.py", "/abc.py"].map(there), ["file"; 2]);
        assert_eq!(["/jso", "/json.py", "x", "/abc", "/test", "/zzz"].map(there), ["nothing"; 6]);
        assert!(find("/json").is_none() && find("").is_none());
        assert!(LICENCE.contains("PYTHON SOFTWARE FOUNDATION LICENSE"));
    }
}
