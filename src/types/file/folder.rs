//! `os.scandir`: an iterator over what is in a folder, and its entries.
//!
//! The folder is read whole when the iterator is made, so no file stays open.

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::{self, Errno};

use crate::references;
use crate::text::path;
use crate::thread::Thread;
use crate::types::exception::errno;
use crate::types::file::{number, status};
use crate::types::object::bytes_like::copied_bytes;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Bytes, ClassFlags, Guarded, Kind, NativeAttribute, NativeMethod, Payload, Raised, Run, Slots, Str,
    TypeSpec, Value,
};

/// What a folder says of one of its entries.
pub struct Found {
    /// Its name.
    pub name: CString,
    kind: FileType,
    inode: u64,
}

/// Reads a folder, without the two entries for itself and its parent. Fails as the system does.
pub fn read(folder: Dir) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in folder {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            found.try_reserve(1).map_err(|_| Errno::NOMEM)?;
            let (name, kind) = (entry.file_name().to_owned(), entry.file_type());
            found.push(Found { name, kind, inode: entry.ino() });
        }
    }
    Ok(found)
}

/// Opens a folder by its path.
pub fn open(folder: &OsStr) -> io::Result<Dir> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Dir::new(rustix::fs::open(folder, flags, Mode::empty())?)
}

/// The iterator.
pub struct ScandirIterator {
    /// The entries that are left, the next one last.
    left: Guarded<Vec<Found>>,
    folder: Folder,
    is_bytes: bool,
}

/// How the program named the folder, so that entries are found there again.
#[derive(Clone)]
pub enum Folder {
    /// By its path.
    Path(OsString),
    /// By the number of an open file.
    Number(i32),
}

references!(ScandirIterator {});

impl Payload for ScandirIterator {
    const KIND: Kind = Kind::ScandirIterator;
}

/// An entry.
pub struct DirEntry {
    name: Value,
    path: Value,
    folder: Folder,
    kind: FileType,
    inode: u64,
}

references!(DirEntry { name, path });

impl Payload for DirEntry {
    const KIND: Kind = Kind::DirEntry;
}

/// Makes an iterator over what was found in a folder. Names and paths are bytes if `is_bytes` says so.
pub fn iterate(thread: &Thread, folder: Folder, mut found: Vec<Found>, is_bytes: bool) -> Value {
    found.reverse();
    thread.alloc(ScandirIterator { left: Guarded::new(found), folder, is_bytes }).into_value()
}

/// The type of the iterators.
pub const ITERATOR: TypeSpec = TypeSpec {
    kind: Kind::ScandirIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<ScandirIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__enter__", "", |_, args| Ok(args.positionals()[0].clone())),
        NativeMethod::new("__exit__", "*args", close),
        NativeMethod::new("close", "", close),
    ],
    attributes: &[],
    doc: "",
};

/// The type of the entries.
pub const ENTRY: TypeSpec = TypeSpec {
    kind: Kind::DirEntry,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<DirEntry>,
    slots: Slots {
        repr: Some(|thread, value| {
            let shown = crate::protocol::repr(thread, &own::<DirEntry>(value).name.clone())?;
            Ok(thread.new_string(crate::memory::formatted(format_args!("<DirEntry {}>", shown.as_str()))?))
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("is_dir", "*, follow_symlinks=True", |thread, args| {
            is_kind(thread, args, FileType::Directory)
        }),
        NativeMethod::new("is_file", "*, follow_symlinks=True", |thread, args| {
            is_kind(thread, args, FileType::RegularFile)
        }),
        NativeMethod::new("is_symlink", "", |thread, args| {
            let (entry, _) = split_self::<DirEntry>(args);
            match entry.kind {
                FileType::Unknown => is_own_kind(thread, entry, FileType::Symlink),
                kind => Ok(Value::bool(kind == FileType::Symlink)),
            }
        }),
        NativeMethod::new("is_junction", "", |_, _| Ok(Value::FALSE)),
        NativeMethod::new("stat", "*, follow_symlinks=True", stat),
        NativeMethod::new("inode", "", |thread, args| {
            Ok(thread.new_int(split_self::<DirEntry>(args).0.inode as i64))
        }),
        NativeMethod::new("__fspath__", "", |_, args| Ok(split_self::<DirEntry>(args).0.path.clone())),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("name", |_, value| Ok(own::<DirEntry>(value).name.clone())),
        NativeAttribute::field("path", |_, value| Ok(own::<DirEntry>(value).path.clone())),
    ],
    doc: "",
};

fn close(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<ScandirIterator>(args);
    drop(iterator.with(|iterator| &iterator.left, std::mem::take));
    Ok(Value::NONE)
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<ScandirIterator>(iterator);
    let Some(found) = iterator.with(|iterator| &iterator.left, Vec::pop) else { return Ok(None) };
    let name = found.name.to_bytes();
    let show = |thread: &Thread, text: &[u8]| match iterator.is_bytes {
        true => copied_bytes(thread, text),
        false => Ok(thread.new_string(path::from_system(OsStr::from_bytes(text)))),
    };
    let folder = iterator.folder.clone();
    let path = match &folder {
        Folder::Path(folder) => show(thread, &join(folder, name))?,
        Folder::Number(_) => show(thread, name)?,
    };
    let name = show(thread, name)?;
    Ok(Some(thread.alloc(DirEntry { name, path, folder, kind: found.kind, inode: found.inode }).into_value()))
}

fn join(folder: &OsStr, name: &[u8]) -> Vec<u8> {
    let mut joined = folder.as_bytes().to_vec();
    if !joined.is_empty() && !joined.ends_with(b"/") {
        joined.push(b'/');
    }
    joined.extend_from_slice(name);
    joined
}

fn follows(thread: &mut Thread, args: Args<'_>) -> Run<bool> {
    match args.get(1) {
        Some(value) => crate::protocol::is_true(thread, value),
        None => Ok(true),
    }
}

/// Asks the system about an entry. Fails if it is gone.
fn facts(thread: &mut Thread, entry: &DirEntry, follows: bool) -> io::Result<Stat> {
    let flags = if follows { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    let path = match (entry.path.downcast_ref::<Str>(), entry.path.downcast_ref::<Bytes>()) {
        (Some(text), _) => path::to_system(text.as_str()).ok_or(Errno::NOENT)?,
        (None, bytes) => OsStr::from_bytes(bytes.map_or(b"", |bytes| bytes.as_slice())).to_owned(),
    };
    let folder = match entry.folder {
        Folder::Path(_) => CWD,
        Folder::Number(folder) => number::file(folder)?,
    };
    thread.detached(|| rustix::fs::statat(folder, path, flags))
}

fn failed(thread: &mut Thread, path: &Value, error: Errno) -> Raised {
    errno::raise(thread, &error.into(), Some(path))
}

fn is_own_kind(thread: &mut Thread, entry: &DirEntry, wanted: FileType) -> Run<Value> {
    let facts = facts(thread, entry, false);
    Ok(Value::bool(facts.is_ok_and(|facts| FileType::from_raw_mode(facts.st_mode) == wanted)))
}

/// Asks the system only where the folder did not say, or where a link is to be followed.
fn is_kind(thread: &mut Thread, args: Args<'_>, wanted: FileType) -> Run<Value> {
    let follows = follows(thread, args)?;
    let (entry, _) = split_self::<DirEntry>(args);
    if entry.kind != FileType::Unknown && !(follows && entry.kind == FileType::Symlink) {
        return Ok(Value::bool(entry.kind == wanted));
    }
    match facts(thread, entry, follows) {
        Ok(facts) => Ok(Value::bool(FileType::from_raw_mode(facts.st_mode) == wanted)),
        Err(Errno::NOENT) => Ok(Value::FALSE),
        Err(error) => Err(failed(thread, &entry.path, error)),
    }
}

fn stat(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let follows = follows(thread, args)?;
    let (entry, _) = split_self::<DirEntry>(args);
    match facts(thread, entry, follows) {
        Ok(facts) => status::make(thread, &facts),
        Err(error) => Err(failed(thread, &entry.path, error)),
    }
}
