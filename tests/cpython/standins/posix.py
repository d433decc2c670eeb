"""Stands in for `posix`. What minivm's importer knows of files is used as far as it goes; the rest is done by the
shell that runs the tests: a command goes through its pipe (`CPYTHON_TESTS_DOOR` names its folder), the answer comes
back in files."""

import _imp
import builtins
import errno as _errno
import sys
import time as _time

_open_file = builtins.open


def _strerror(number):
    names = {2: "No such file or directory", 13: "Permission denied", 17: "File exists", 20: "Not a directory",
             21: "Is a directory", 22: "Invalid argument", 39: "Directory not empty", 9: "Bad file descriptor"}
    return names.get(number, f"Unknown error {number}")


strerror = _strerror
error = OSError


def _read_environment():
    made = {}
    with _open_file("/proc/self/environ", "rb") as file:
        data = file.read()
    for line in data.split(b"\0"):
        name, sign, value = line.partition(b"=")
        if sign:
            made[name] = value
    return made


environ = _read_environment()
_create_environ = _read_environment
_have_functions = []
_requests = 0
_folder = None
_mask = 0o022


def _quote(text):
    text = fspath(text)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise ValueError("embedded null character")
    return "'" + text.replace("'", "'\\''") + "'"


def _run_command(command, data=b"", seconds=120):
    """Has the shell run a command and returns its status, its output and its complaints."""
    global _requests
    door = environ.get(b"CPYTHON_TESTS_DOOR")
    if door is None:
        raise NotImplementedError("no shell to ask: run .ci/cpython")
    _requests += 1
    name = f"{door.decode()}/{getpid()}-{_requests}"
    with _open_file(name + ".in", "wb") as file:
        file.write(data)
    text = f"cd {_quote(getcwd())} || exit 1\n{command}\n"
    with _open_file(name + ".sh", "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    with _open_file(door.decode() + "/pipe", "w") as file:
        file.write(name + "\n")
    until = _time.monotonic() + seconds
    pause = 0.001
    while _imp._kind_of_path(name + ".rc") != "file":
        if _time.monotonic() > until:
            raise TimeoutError(f"no answer to: {command:.100}")
        _time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    with _open_file(name + ".rc") as file:
        status = int(file.read())
    with _open_file(name + ".out", "rb") as file:
        output = file.read()
    with _open_file(name + ".err", "rb") as file:
        complaint = file.read()
    return status, output, complaint


def _do(command, path, path2=None):
    """Runs a command on a path and turns its complaint into an exception."""
    status, output, complaint = _run_command("export LC_ALL=C; " + command)
    if status:
        complaint = complaint.decode("utf-8", "replace").strip()
        for number in (2, 13, 17, 20, 21, 39, 22):
            if _strerror(number).lower() in complaint.lower():
                if path2 is not None:
                    raise OSError(number, _strerror(number), path, None, path2)
                raise OSError(number, _strerror(number), path)
        raise OSError(22, complaint, path)
    return output


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    kind = type(path)
    try:
        method = kind.__fspath__
    except AttributeError:
        raise TypeError(f"expected str, bytes or os.PathLike object, not {kind.__name__}") from None
    found = method(path)
    if not isinstance(found, (str, bytes)):
        name = type(found).__name__
        raise TypeError(f"expected {kind.__name__}.__fspath__() to return str or bytes, not {name}")
    return found


def _text(path):
    path = fspath(path)
    return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path


_here = None


def getcwd():
    return _imp._getcwd() if _here is None else _here


def getcwdb():
    return getcwd().encode()


class stat_result:
    """Knows size and time at once and asks for the rest when it is wanted: lines of sources are looked for often."""

    _names = (
        "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime"
    )
    n_fields = n_sequence_fields = 10
    n_unnamed_fields = 3

    def __init__(self, fields):
        if callable(fields):
            self._ask = fields
        else:
            self._fields = tuple(fields)

    def _all(self):
        if not hasattr(self, "_fields"):
            self._fields = self._ask()
        return self._fields

    def __getitem__(self, place):
        return self._all()[place]

    def __iter__(self):
        return iter(self._all())

    def __len__(self):
        return 10

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __getattr__(self, name):
        if name.endswith("_ns"):
            return int(getattr(self, name[:-3]) * 1000000000)
        if name in ("st_blocks", "st_rdev"):
            return 0
        if name == "st_blksize":
            return 4096
        if name not in self._names:
            raise AttributeError(name)
        return self._all()[self._names.index(name)]


def stat(path, *, dir_fd=None, follow_symlinks=True):
    if isinstance(path, int):
        path = f"/proc/self/fd/{path}"
    text = _text(path)
    if "\0" in text:
        raise ValueError("embedded null character in path")

    def ask():
        shape = "%f %i %d %h %u %g %s %X %Y %Z"
        follow = "-L " if follow_symlinks else ""
        fields = _do(f"stat {follow}-c '{shape}' -- {_quote(text)}", path).split()
        return int(fields[0], 16), *map(int, fields[1:])

    if not follow_symlinks:
        return stat_result(ask())
    try:
        time, size = _imp._stat(_full(text))
    except OSError as error:
        raise type(error)(error.errno, error.strerror, path) from None
    found = stat_result(ask)
    found.st_mtime = time
    found.st_size = size
    return found


def lstat(path, *, dir_fd=None):
    return stat(path, follow_symlinks=False)


def fstat(fd):
    return stat(fd)


F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4


def access(path, mode, **how):
    text = _text(path)
    kind = _imp._kind_of_path(_full(text))
    if mode == F_OK or not kind:
        return bool(kind)
    wanted = [f"-{letter} {_quote(text)}" for bit, letter in ((4, "r"), (2, "w"), (1, "x")) if mode & bit]
    return _run_command(f"[ {' -a '.join(wanted)} ]")[0] == 0


def listdir(path="."):
    names = _do(f"find {_quote(_text(path))}/ -mindepth 1 -maxdepth 1 -printf '%f\\0'", path).split(b"\0")[:-1]
    return names if isinstance(path, bytes) else [name.decode("utf-8", "surrogateescape") for name in names]


class DirEntry:
    def __init__(self, folder, name):
        self.name = name
        self.path = folder + name if folder.endswith("/") else folder + "/" + name

    def is_dir(self, *, follow_symlinks=True):
        return _imp._kind_of_path(_full(self.path)) == "folder" and (follow_symlinks or not self.is_symlink())

    def is_file(self, *, follow_symlinks=True):
        return _imp._kind_of_path(_full(self.path)) == "file" and (follow_symlinks or not self.is_symlink())

    def is_symlink(self):
        return _run_command(f"[ -L {_quote(self.path)} ]")[0] == 0

    def is_junction(self):
        return False

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self):
        return self.stat().st_ino

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"


class _Entries:
    def __init__(self, path):
        self._entries = iter([DirEntry(_text(path), name) for name in listdir(_text(path))])

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._entries = iter(())

    def close(self):
        self._entries = iter(())


def scandir(path="."):
    return _Entries(path)


def mkdir(path, mode=0o777, *, dir_fd=None):
    _do(f"mkdir -m {mode & ~_mask:o} -- {_quote(path)}", path)


def rmdir(path, *, dir_fd=None):
    _do(f"rmdir -- {_quote(path)}", path)


def unlink(path, *, dir_fd=None):
    text = _quote(path)
    folder = "echo 'Is a directory' >&2; false"
    _do(f"if [ -d {text} ] && [ ! -L {text} ]; then {folder}; else rm -- {text}; fi", path)


remove = unlink


def rename(old, new, **how):
    _do(f"mv -T -- {_quote(old)} {_quote(new)}", old, new)


replace = rename


def symlink(target, path, *args, **how):
    _do(f"ln -s -T -- {_quote(target)} {_quote(path)}", target, path)


def link(old, new, **how):
    _do(f"ln -T -- {_quote(old)} {_quote(new)}", old, new)


def readlink(path, **how):
    return _do(f"readlink -n -- {_quote(path)}", path).decode()


def chmod(path, mode, **how):
    _do(f"chmod {mode:o} -- {_quote(path)}", path)


def utime(path, times=None, *, ns=None, **how):
    if ns is not None:
        times = ns[0] / 1e9, ns[1] / 1e9
    when = "" if times is None else f"-d @{times[1]}"
    _do(f"touch -c {when} -- {_quote(path)}", path)


def chdir(path):
    """Notes the folder, from which files are opened and children run as long as it is another than minivm's."""
    global _here
    text = _text(path)
    text = text if text.startswith("/") else f"{getcwd()}/{text}"
    if _imp._kind_of_path(text) != "folder":
        number = 20 if _imp._kind_of_path(text) else 2
        raise OSError(number, _strerror(number), path)
    text = _do(f"cd {_quote(text)} && pwd", path).decode().removesuffix("\n")
    _here = None if text == _imp._getcwd() else text
    builtins.open = _open_file if _here is None else _open_here


def _open_here(file, *args, **how):
    return _open_file(file if isinstance(file, int) else _full(file), *args, **how)


def _full(path):
    """Returns the whole path of a file, if the folder has been changed."""
    text = _text(path)
    return text if _here is None or text.startswith("/") else f"{_here}/{text}"


def umask(mask):
    global _mask
    old, _mask = _mask, mask
    return old


def getpid():
    # The link has the number in its target, which only the name of a folder of the process tells.
    global _pid
    if _pid is None:
        with _open_file("/proc/self/stat") as file:
            _pid = int(file.read().split()[0])
    return _pid


_pid = None


def getppid():
    with _open_file("/proc/self/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def getuid():
    with _open_file("/proc/self/status") as file:
        for line in file:
            if line.startswith("Uid:"):
                return int(line.split()[1])


getgid = geteuid = getegid = getuid


def uname():
    return _Uname("Linux", "localhost", "6", "#1", "x86_64")


class _Uname(tuple):
    def __new__(cls, *fields):
        return super().__new__(cls, fields)

    sysname = property(lambda self: self[0])
    nodename = property(lambda self: self[1])
    release = property(lambda self: self[2])
    version = property(lambda self: self[3])
    machine = property(lambda self: self[4])


uname_result = _Uname


class terminal_size(tuple):
    columns = property(lambda self: self[0])
    lines = property(lambda self: self[1])


def get_terminal_size(fd=1, /):
    raise OSError(25, "Inappropriate ioctl for device")


def urandom(size, /):
    with _open_file("/dev/urandom", "rb") as file:
        return file.read(size)


def isatty(fd, /):
    return False


def cpu_count():
    return 1


O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_APPEND = 0, 1, 2, 64, 128, 256, 512, 1024
O_NONBLOCK, O_CLOEXEC, O_NOFOLLOW, O_DIRECTORY = 2048, 524288, 131072, 65536
EX_OK = 0
WNOHANG = 1
P_NOWAIT, P_WAIT = 1, 0
RTLD_LAZY, RTLD_NOW = 1, 2
_files = {}


def open(path, flags, mode=0o777, *, dir_fd=None):
    exists = bool(_imp._kind_of_path(_full(path)))
    if flags & O_EXCL and exists:
        raise FileExistsError(17, _strerror(17), path)
    if flags & O_CREAT and not exists:
        how = "w+b"
    elif flags & O_TRUNC:
        how = "w+b"
    elif flags & 3 == O_RDONLY:
        how = "rb"
    else:
        how = "ab" if flags & O_APPEND else "r+b"
    file = _open_file(_full(path), how, buffering=0)
    _files[file.fileno()] = file
    return file.fileno()


def close(fd, /):
    if fd not in _files:
        raise OSError(9, _strerror(9))
    _files.pop(fd).close()


def read(fd, size, /):
    return _files[fd].read(size)


def write(fd, data, /):
    if fd in (1, 2):
        with _open_file(fd, "wb", buffering=0, closefd=False) as file:
            return file.write(data)
    if fd not in _files:
        raise OSError(9, _strerror(9))
    return _files[fd].write(data)


def device_encoding(fd, /):
    return None


def _exit(status):
    raise SystemExit(status)


def putenv(name, value, /):
    pass


def unsetenv(name, /):
    pass


def system(command):
    return _run_command(_text(command))[0] << 8


def kill(pid, number, /):
    raise NotImplementedError("minivm sends no signals yet")


def waitstatus_to_exitcode(status):
    return status >> 8 if not status & 255 else -(status & 127)


def WIFSTOPPED(status):
    return False


def WIFEXITED(status):
    return not status & 127


def WEXITSTATUS(status):
    return status >> 8


def WIFSIGNALED(status):
    return bool(status & 127)


def WTERMSIG(status):
    return status & 127


def WSTOPSIG(status):
    return status >> 8


def waitpid(pid, options, /):
    raise ChildProcessError(10, "No child processes")


def get_inheritable(fd, /):
    return False


def set_inheritable(fd, inheritable, /):
    pass


def pipe():
    raise NotImplementedError("minivm has no pipes yet")


def truncate(path, length):
    _do(f"truncate -s {length} -- {_quote(path)}", path)


def times():
    now = _time.process_time()
    return now, 0.0, 0.0, 0.0, _time.monotonic()


def sysconf(name, /):
    return {"SC_PAGE_SIZE": 4096, "SC_PAGESIZE": 4096, "SC_IOV_MAX": 1024, "SC_PHYS_PAGES": 1 << 20}.get(name, -1)


sysconf_names = {}
confstr_names = {}
pathconf_names = {}


def fsencode_error():
    return sys.getfilesystemencodeerrors()
