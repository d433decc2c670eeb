//! Files by their names: folders, links, what the system knows of a file, times and rights.

use rustix::fs::{Access, AtFlags, FileType, Gid, Mode, Timespec, Timestamps, Uid};
use rustix::io;

use super::argument::{Allowed, Path, Place, failed, folder, open_file, optional_int, truth};
use super::files;
use crate::thread::Thread;
use crate::types::file::{folder as contents, status};
use crate::types::object::bytes_like::copied_bytes;
use crate::types::str::text_args::{c_int, integer};
use crate::value::{Args, List, NativeMethod, Raised, Run, Tuple, Value};

/// The functions.
pub(super) const FUNCTIONS: &[NativeMethod] = &[
    NativeMethod::function("stat", "path, *, dir_fd=None, follow_symlinks=True", |thread, args| {
        let [path, dir_fd, follows] = args.options();
        let follows = truth(thread, follows, true)?;
        stat(thread, path.expect("required"), dir_fd, follows, "stat")
    }),
    NativeMethod::function("lstat", "path, *, dir_fd=None", |thread, args| {
        let [path, dir_fd] = args.options();
        stat(thread, path.expect("required"), dir_fd, false, "lstat")
    }),
    NativeMethod::function(
        "access",
        "path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True",
        access,
    ),
    NativeMethod::function("chdir", "path", chdir),
    NativeMethod::function("getcwd", "", |thread, _| match rustix::process::getcwd(Vec::new()) {
        Ok(folder) => Ok(super::argument::text_of(thread, folder.to_bytes())),
        Err(error) => Err(failed(thread, error)),
    }),
    NativeMethod::function("getcwdb", "", |thread, _| match rustix::process::getcwd(Vec::new()) {
        Ok(folder) => copied_bytes(thread, folder.to_bytes()),
        Err(error) => Err(failed(thread, error)),
    }),
    NativeMethod::function("listdir", "path=None", list),
    NativeMethod::function("scandir", "path=None", scan),
    NativeMethod::function("mkdir", "path, mode=511, *, dir_fd=None", |thread, args| {
        let [path, mode, dir_fd] = args.options();
        let path = Path::read(thread, path.expect("required"), "mkdir", "path", Allowed::Paths)?;
        let mode = Mode::from_raw_mode(optional_int(thread, mode, 0o777)? as u32);
        let folder = folder(thread, dir_fd)?;
        on_path(thread, &path, |path| rustix::fs::mkdirat(folder, path.name(), mode))
    }),
    NativeMethod::function("mkfifo", "path, mode=438, *, dir_fd=None", |thread, args| {
        let [path, mode, dir_fd] = args.options();
        let path = Path::read(thread, path.expect("required"), "mkfifo", "path", Allowed::Paths)?;
        let mode = Mode::from_raw_mode(optional_int(thread, mode, 0o666)? as u32);
        let folder = folder(thread, dir_fd)?;
        on_path(thread, &path, |path| rustix::fs::mknodat(folder, path.name(), FileType::Fifo, mode, 0))
    }),
    NativeMethod::function("rmdir", "path, *, dir_fd=None", |thread, args| {
        remove(thread, args, "rmdir", AtFlags::REMOVEDIR)
    }),
    NativeMethod::function("unlink", "path, *, dir_fd=None", |thread, args| {
        remove(thread, args, "unlink", AtFlags::empty())
    }),
    NativeMethod::function("remove", "path, *, dir_fd=None", |thread, args| {
        remove(thread, args, "remove", AtFlags::empty())
    }),
    NativeMethod::function("rename", "src, dst, *, src_dir_fd=None, dst_dir_fd=None", |thread, args| {
        rename(thread, args, "rename")
    }),
    NativeMethod::function("replace", "src, dst, *, src_dir_fd=None, dst_dir_fd=None", |thread, args| {
        rename(thread, args, "replace")
    }),
    NativeMethod::function(
        "link",
        "src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True",
        link,
    ),
    NativeMethod::function("symlink", "src, dst, target_is_directory=False, *, dir_fd=None", symlink),
    NativeMethod::function("readlink", "path, *, dir_fd=None", |thread, args| {
        let [path, dir_fd] = args.options();
        let path = Path::read(thread, path.expect("required"), "readlink", "path", Allowed::Paths)?;
        let folder = folder(thread, dir_fd)?;
        match thread.detached(|| rustix::fs::readlinkat(folder, path.name(), Vec::new())) {
            Ok(target) => path.same_kind(thread, target.to_bytes()),
            Err(error) => Err(path.failed(thread, error)),
        }
    }),
    NativeMethod::function("chmod", "path, mode, *, dir_fd=None, follow_symlinks=True", chmod),
    NativeMethod::function(
        "chown",
        "path, uid, gid, *, dir_fd=None, follow_symlinks=True",
        |thread, args| {
            let [path, user, group, dir_fd, follows] = args.options();
            let follows = truth(thread, follows, true)?;
            chown(thread, [path, user, group, dir_fd], follows, "chown")
        },
    ),
    NativeMethod::function("lchown", "path, uid, gid", |thread, args| {
        let [path, user, group] = args.options();
        chown(thread, [path, user, group, None], false, "lchown")
    }),
    NativeMethod::function("utime", "path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True", utime),
    NativeMethod::function("truncate", "path, length", files::truncate_path),
    NativeMethod::function("fspath", "path", files::fspath),
];

fn on_path(thread: &mut Thread, path: &Path, run: impl FnOnce(&Path) -> io::Result<()>) -> Run<Value> {
    match thread.detached(|| run(path)) {
        Ok(()) => Ok(Value::NONE),
        Err(error) => Err(path.failed(thread, error)),
    }
}

/// The flag that says whether the last link of a path is followed.
fn following(follows: bool) -> AtFlags {
    if follows { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW }
}

/// Refuses arguments that make no sense for an open file. Raises `ValueError`.
fn check_number(path: &Path, function: &str, dir_fd: Option<&Value>, follows: bool) -> Run<()> {
    if let Place::Name(_) = path.place {
        return Ok(());
    }
    if dir_fd.is_some_and(|value| !value.is_none()) {
        return Err(Raised::value_error(format_args!(
            "{function}: can't specify dir_fd without matching path"
        )));
    }
    if !follows {
        return Err(Raised::value_error(format_args!(
            "{function}: cannot use fd and follow_symlinks together"
        )));
    }
    Ok(())
}

fn stat(
    thread: &mut Thread,
    path: &Value,
    dir_fd: Option<&Value>,
    follows: bool,
    function: &str,
) -> Run<Value> {
    let allowed = if function == "stat" { Allowed::Numbers } else { Allowed::Paths };
    let path = Path::read(thread, path, function, "path", allowed)?;
    check_number(&path, function, dir_fd, follows)?;
    let folder = folder(thread, dir_fd)?;
    let facts = match path.place {
        Place::Number(number) => crate::types::file::number::file(number)
            .and_then(|file| thread.detached(|| rustix::fs::fstat(file))),
        Place::Name(_) => thread.detached(|| rustix::fs::statat(folder, path.name(), following(follows))),
    };
    match facts {
        Ok(facts) => status::make(thread, &facts),
        Err(error) => Err(path.failed(thread, error)),
    }
}

fn access(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, mode, dir_fd, effective, follows] = args.options();
    let path = Path::read(thread, path.expect("required"), "access", "path", Allowed::Paths)?;
    let mode = c_int(thread, mode.expect("required"))?;
    let folder = folder(thread, dir_fd)?;
    let mut flags = following(truth(thread, follows, true)?);
    flags.set(AtFlags::EACCESS, truth(thread, effective, false)?);
    let mode = Access::from_bits_retain(mode as u32);
    Ok(Value::bool(thread.detached(|| rustix::fs::accessat(folder, path.name(), mode, flags)).is_ok()))
}

fn chdir(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let path = Path::read(thread, path, "chdir", "path", Allowed::Numbers)?;
    match path.place {
        Place::Number(number) => {
            let file = open_file(thread, number)?;
            on_path(thread, &path, |_| rustix::process::fchdir(file))
        }
        Place::Name(_) => on_path(thread, &path, |path| rustix::process::chdir(path.name())),
    }
}

fn read_folder(thread: &mut Thread, path: &Path) -> Run<Vec<contents::Found>> {
    let found = match path.place {
        Place::Number(number) => crate::types::file::number::file(number).and_then(|file| {
            thread.detached(|| {
                let mut folder = rustix::fs::Dir::read_from(file)?;
                folder.rewind();
                contents::read(folder)
            })
        }),
        Place::Name(_) => thread.detached(|| contents::read(contents::open(path.name())?)),
    };
    found.map_err(|error| path.failed(thread, error))
}

fn list(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.options();
    let path = Path::read(thread, path.unwrap_or(&Value::NONE), "listdir", "path", Allowed::NumbersOrNone)?;
    let found = read_folder(thread, &path)?;
    let names: Run<Vec<Value>> =
        found.iter().map(|found| path.same_kind(thread, found.name.to_bytes())).collect();
    Ok(thread.alloc(List::new(names?)).into_value())
}

fn scan(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.options();
    let path = Path::read(thread, path.unwrap_or(&Value::NONE), "scandir", "path", Allowed::NumbersOrNone)?;
    let found = read_folder(thread, &path)?;
    let folder = match path.place {
        Place::Name(_) => contents::Folder::Path(path.name().to_owned()),
        Place::Number(number) => contents::Folder::Number(number),
    };
    Ok(contents::iterate(thread, folder, found, path.is_bytes))
}

fn remove(thread: &mut Thread, args: Args<'_>, function: &str, flags: AtFlags) -> Run<Value> {
    let [path, dir_fd] = args.options();
    let path = Path::read(thread, path.expect("required"), function, "path", Allowed::Paths)?;
    let folder = folder(thread, dir_fd)?;
    on_path(thread, &path, |path| rustix::fs::unlinkat(folder, path.name(), flags))
}

fn between(thread: &mut Thread, from: &Path, to: &Path, run: impl FnOnce() -> io::Result<()>) -> Run<Value> {
    match thread.detached(run) {
        Ok(()) => Ok(Value::NONE),
        Err(error) => Err(from.failed_with(thread, to, error)),
    }
}

fn rename(thread: &mut Thread, args: Args<'_>, function: &str) -> Run<Value> {
    let [from, to, from_fd, to_fd] = args.options();
    let from = Path::read(thread, from.expect("required"), function, "src", Allowed::Paths)?;
    let to = Path::read(thread, to.expect("required"), function, "dst", Allowed::Paths)?;
    let (from_folder, to_folder) = (folder(thread, from_fd)?, folder(thread, to_fd)?);
    between(thread, &from, &to, || rustix::fs::renameat(from_folder, from.name(), to_folder, to.name()))
}

fn link(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [from, to, from_fd, to_fd, follows] = args.options();
    let from = Path::read(thread, from.expect("required"), "link", "src", Allowed::Paths)?;
    let to = Path::read(thread, to.expect("required"), "link", "dst", Allowed::Paths)?;
    let (from_folder, to_folder) = (folder(thread, from_fd)?, folder(thread, to_fd)?);
    let flags = if truth(thread, follows, true)? { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
    between(thread, &from, &to, || rustix::fs::linkat(from_folder, from.name(), to_folder, to.name(), flags))
}

fn symlink(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [from, to, _, dir_fd] = args.options();
    let from = Path::read(thread, from.expect("required"), "symlink", "src", Allowed::Paths)?;
    let to = Path::read(thread, to.expect("required"), "symlink", "dst", Allowed::Paths)?;
    let folder = folder(thread, dir_fd)?;
    between(thread, &from, &to, || rustix::fs::symlinkat(from.name(), folder, to.name()))
}

fn chmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, mode, dir_fd, follows] = args.options();
    let path = Path::read(thread, path.expect("required"), "chmod", "path", Allowed::Numbers)?;
    let mode = Mode::from_raw_mode(c_int(thread, mode.expect("required"))? as u32);
    let follows = truth(thread, follows, true)?;
    let folder = folder(thread, dir_fd)?;
    if let Place::Number(number) = path.place {
        let file = open_file(thread, number)?;
        return on_path(thread, &path, |_| rustix::fs::fchmod(file, mode));
    }
    on_path(thread, &path, |path| rustix::fs::chmodat(folder, path.name(), mode, following(follows)))
}

fn chown(thread: &mut Thread, given: [Option<&Value>; 4], follows: bool, function: &str) -> Run<Value> {
    let [path, user, group, dir_fd] = given;
    let allowed = if function == "chown" { Allowed::Numbers } else { Allowed::Paths };
    let path = Path::read(thread, path.expect("required"), function, "path", allowed)?;
    let mut ids = [None; 2];
    for (id, given) in ids.iter_mut().zip([user, group]) {
        // -1 leaves it as it is.
        let number = integer(thread, given.expect("required"))?;
        *id = match (number, u32::try_from(number)) {
            (-1, _) => None,
            (_, Ok(number)) if number != u32::MAX => Some(number),
            (..0, _) => return Err(Raised::overflow_error("uid is less than minimum")),
            _ => return Err(Raised::overflow_error("uid is greater than maximum")),
        };
    }
    let (user, group) = (ids[0].map(Uid::from_raw), ids[1].map(Gid::from_raw));
    check_number(&path, function, dir_fd, follows)?;
    let folder = folder(thread, dir_fd)?;
    if let Place::Number(number) = path.place {
        let file = open_file(thread, number)?;
        return on_path(thread, &path, |_| rustix::fs::fchown(file, user, group));
    }
    on_path(thread, &path, |path| rustix::fs::chownat(folder, path.name(), user, group, following(follows)))
}

/// Reads the two times of `utime`. Raises `TypeError` if they are no pair.
fn pair<'a>(value: &'a Value, name: &str) -> Run<&'a [Value]> {
    match value.downcast_ref::<Tuple>().map(|tuple| tuple.items()) {
        Some(items) if items.len() == 2 => Ok(items),
        _ if name == "times" => {
            Err(Raised::type_error("utime: 'times' must be either a tuple of two ints or None"))
        }
        _ => Err(Raised::type_error("utime: 'ns' must be a tuple of two ints")),
    }
}

fn of_seconds(thread: &mut Thread, value: &Value) -> Run<Timespec> {
    if let Some(seconds) = value.as_float_exact() {
        if seconds.is_nan() {
            return Err(Raised::value_error("Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        if !(-9.3e18..9.2e18).contains(&whole) {
            return Err(Raised::overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(Timespec { tv_sec: whole as i64, tv_nsec: ((seconds - whole) * 1e9) as _ });
    }
    Ok(Timespec { tv_sec: integer(thread, value)?, tv_nsec: 0 })
}

fn of_nanoseconds(thread: &mut Thread, value: &Value) -> Run<Timespec> {
    let nanos = integer(thread, value)?;
    Ok(Timespec { tv_sec: nanos.div_euclid(1_000_000_000), tv_nsec: nanos.rem_euclid(1_000_000_000) as _ })
}

fn utime(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, times, nanos, dir_fd, follows] = args.options();
    let path = Path::read(thread, path.expect("required"), "utime", "path", Allowed::Numbers)?;
    let times = times.filter(|times| !times.is_none());
    if times.is_some() && nanos.is_some() {
        return Err(Raised::value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let now = Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW as _ };
    let (accessed, changed) = match (times, nanos) {
        (Some(times), _) => {
            let items = pair(times, "times")?;
            (of_seconds(thread, &items[0])?, of_seconds(thread, &items[1])?)
        }
        (None, Some(nanos)) => {
            let items = pair(nanos, "ns")?;
            (of_nanoseconds(thread, &items[0])?, of_nanoseconds(thread, &items[1])?)
        }
        (None, None) => (now, now),
    };
    let follows = truth(thread, follows, true)?;
    check_number(&path, "utime", dir_fd, follows)?;
    let folder = folder(thread, dir_fd)?;
    let stamps = Timestamps { last_access: accessed, last_modification: changed };
    if let Place::Number(number) = path.place {
        let file = open_file(thread, number)?;
        return on_path(thread, &path, |_| rustix::fs::futimens(file, &stamps));
    }
    on_path(thread, &path, |path| rustix::fs::utimensat(folder, path.name(), &stamps, following(follows)))
}
