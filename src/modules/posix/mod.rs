//! The `posix` module: files by name (`names.rs`), open files (`files.rs`), the process (`process.rs`).
//!
//! A call that may take long detaches its thread, so that a pause of the collector need not wait for it, and an
//! interrupt ends what waits for another process. `fork` and `exec` are left out: a process is not split in two while
//! its collector runs.

mod argument;
mod files;
mod names;
mod process;

use rustix::fs::OFlags;

use super::{ModuleSpec, define};
use crate::thread::Thread;
use crate::types::class::struct_sequence;
use crate::types::file::{folder, status};
use crate::value::{Dict, ErrorKind, List, NativeMethod, Object, Run, Value};

pub(super) use process::variable_set as variable;

/// How many functions there are.
const COUNT: usize = files::FUNCTIONS.len() + names::FUNCTIONS.len() + process::FUNCTIONS.len();

const FUNCTIONS: [NativeMethod; COUNT] = {
    let mut all = [files::FUNCTIONS[0]; COUNT];
    let parts = [files::FUNCTIONS, names::FUNCTIONS, process::FUNCTIONS];
    let (mut part, mut to) = (0, 0);
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            all[to] = parts[part][at];
            at += 1;
            to += 1;
        }
        part += 1;
    }
    all
};

/// `posix`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "posix",
    home: "posix",
    doc: "",
    types: &[folder::ITERATOR, folder::ENTRY],
    functions: &FUNCTIONS,
    fill,
};

/// The constants.
const CONSTANTS: &[(&str, i64)] = &[
    ("F_OK", 0),
    ("R_OK", 4),
    ("W_OK", 2),
    ("X_OK", 1),
    ("O_RDONLY", OFlags::RDONLY.bits() as i64),
    ("O_WRONLY", OFlags::WRONLY.bits() as i64),
    ("O_RDWR", OFlags::RDWR.bits() as i64),
    ("O_ACCMODE", 3),
    ("O_CREAT", OFlags::CREATE.bits() as i64),
    ("O_EXCL", OFlags::EXCL.bits() as i64),
    ("O_TRUNC", OFlags::TRUNC.bits() as i64),
    ("O_APPEND", OFlags::APPEND.bits() as i64),
    ("O_NONBLOCK", OFlags::NONBLOCK.bits() as i64),
    ("O_NDELAY", OFlags::NONBLOCK.bits() as i64),
    ("O_NOCTTY", OFlags::NOCTTY.bits() as i64),
    ("O_CLOEXEC", OFlags::CLOEXEC.bits() as i64),
    ("O_DIRECTORY", OFlags::DIRECTORY.bits() as i64),
    ("O_NOFOLLOW", OFlags::NOFOLLOW.bits() as i64),
    ("O_SYNC", OFlags::SYNC.bits() as i64),
    ("O_DSYNC", OFlags::DSYNC.bits() as i64),
    ("O_RSYNC", OFlags::RSYNC.bits() as i64),
    ("O_TMPFILE", OFlags::TMPFILE.bits() as i64),
    ("O_PATH", OFlags::PATH.bits() as i64),
    ("O_NOATIME", OFlags::NOATIME.bits() as i64),
    ("SEEK_DATA", 3),
    ("SEEK_HOLE", 4),
    ("WNOHANG", 1),
    ("WUNTRACED", 2),
    ("WCONTINUED", 8),
    ("WSTOPPED", 2),
    ("WEXITED", 4),
    ("WNOWAIT", 0x0100_0000),
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    ("GRND_NONBLOCK", 1),
    ("GRND_RANDOM", 2),
    ("NGROUPS_MAX", 65536),
    ("TMP_MAX", 238_328),
];

/// What `os` asks to find out which functions take numbers of files, folders and links.
const ABILITIES: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FSTATAT",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    for &(name, number) in CONSTANTS {
        let number = thread.new_int(number);
        define(thread, namespace, name, number);
    }
    for description in [&status::DESCRIPTION, &files::TERMINAL_SIZE, &process::UNAME, &process::TIMES] {
        let class = struct_sequence::class(thread, description)?;
        define(thread, namespace, description.name.1, class.into_value());
    }
    let error = thread.known().error(ErrorKind::OSError).to_value();
    define(thread, namespace, "error", error);
    let abilities: Vec<Value> = ABILITIES.iter().map(|ability| thread.new_str(ability)).collect();
    let abilities = thread.alloc(List::new(abilities)).into_value();
    define(thread, namespace, "_have_functions", abilities);
    let environment = process::environment(thread)?;
    define(thread, namespace, "environ", environment);
    Ok(())
}
