//! Zip archives: the names in one, and the bytes of a file in it.
//!
//! The directory is read anew for each request, so an archive may change or vanish at any time. An archive is never
//! trusted: what a file is inflated to is requested piece by piece and may find no memory, and its size and checksum
//! are verified.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::memory;
use crate::source::library;
use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive};

/// Why something cannot be read.
pub enum Problem {
    /// There is no memory for it.
    Memory,
    /// What is wrong with the archive.
    Text(String),
}

impl From<memory::OutOfMemory> for Problem {
    fn from(_: memory::OutOfMemory) -> Problem {
        Problem::Memory
    }
}

fn problem(text: &str) -> Problem {
    Problem::Text(text.to_owned())
}

/// Returns the file that a path begins with, if it is none itself: the archive of a path into one. `None` for folders,
/// and for paths of which nothing is there.
pub fn file_in(path: &str) -> Option<String> {
    if library::inside(path).is_some() {
        return None;
    }
    let mut path = Path::new(path);
    while !path.is_file() {
        if path.exists() {
            return None;
        }
        path = path.parent()?;
    }
    Some(path.to_string_lossy().into_owned())
}

/// Returns the names of the files and folders in an archive; those that are not UTF-8 are left out.
pub fn names(path: &str) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    let mut buffer = memory::repeated(0u8, RECOMMENDED_BUFFER_SIZE)?;
    let archive = open(path, &mut buffer)?;
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().map_err(|_| problem("bad central directory"))? {
        let name = entry.file_path();
        if let Ok(name) = std::str::from_utf8(name.as_ref()) {
            names.try_reserve(1).map_err(|_| Problem::Memory)?;
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Returns the content of a file in an archive.
pub fn read(path: &str, name: &str) -> Result<Vec<u8>, Problem> {
    let mut buffer = memory::repeated(0u8, RECOMMENDED_BUFFER_SIZE)?;
    let archive = open(path, &mut buffer)?;
    let mut entries = archive.entries(&mut buffer);
    let mut found = None;
    while let Some(entry) = entries.next_entry().map_err(|_| problem("bad central directory"))? {
        // Of several files of one name the last one counts.
        if entry.file_path().as_ref() == name.as_bytes() {
            found = Some((entry.wayfinder(), entry.compression_method(), entry.flags()));
        }
    }
    let Some((wayfinder, method, _flags)) = found else { return Err(problem("no such file in the archive")) };
    let entry = archive.get_entry(wayfinder).map_err(|_| problem("bad local file header"))?;
    match method {
        CompressionMethod::STORE => everything(&mut entry.verifying_reader(entry.reader())),
        CompressionMethod::DEFLATE => {
            let inflated = flate2::read::DeflateDecoder::new(entry.reader());
            everything(&mut entry.verifying_reader(inflated))
        }
        _ => Err(problem("compression that minivm does not know")),
    }
}

fn open(path: &str, buffer: &mut [u8]) -> Result<ZipArchive<rawzip::FileReader>, Problem> {
    let file = File::open(path).map_err(|_| problem("can't open Zip file"))?;
    ZipArchive::from_file(file, buffer).map_err(|_| problem("not a Zip file"))
}

/// How many bytes are inflated at a time.
const PIECE_BYTES: usize = 64 << 10;

fn everything(reader: &mut impl Read) -> Result<Vec<u8>, Problem> {
    let mut all: Vec<u8> = Vec::new();
    let mut piece = memory::repeated(0u8, PIECE_BYTES)?;
    loop {
        let count = reader.read(&mut piece).map_err(|_| problem("bad data in Zip file"))?;
        if count == 0 {
            return Ok(all);
        }
        all.try_reserve(count).map_err(|_| Problem::Memory)?;
        all.extend_from_slice(&piece[..count]);
    }
}
