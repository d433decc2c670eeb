"""Stands in for `subprocess`, for which minivm lacks `_posixsubprocess`, `select` and threads: a program is run by
`os.system`, and its output comes back in files when it has ended.

A child that is minivm itself is not run with `-I` or `-E`, since it finds the stand-ins through `PYTHONPATH` only."""

import io
import os
import posix
import sys

PIPE, STDOUT, DEVNULL = -1, -2, -3
_requests = 0


def _quote(text):
    text = os.fsdecode(text)
    if "\0" in text:
        raise ValueError("embedded null character")
    return "'" + text.replace("'", "'\\''") + "'"


def _run_command(command, data):
    """Has a shell run a command and returns its status, its output and its complaints."""
    global _requests
    _requests += 1
    name = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"request-{os.getpid()}-{_requests}")
    for end, content in ((".in", data), (".sh", (command + "\n").encode("utf-8", "surrogateescape"))):
        with open(name + end, "wb") as file:
            file.write(content)
    quoted = _quote(name)
    status = posix.system(f"bash {quoted}.sh <{quoted}.in >{quoted}.out 2>{quoted}.err")
    said = []
    for end in (".out", ".err"):
        with open(name + end, "rb") as file:
            said.append(file.read())
    for end in (".in", ".sh", ".out", ".err"):
        os.unlink(name + end)
    code = os.waitstatus_to_exitcode(status)
    return (128 - code if code < 0 else code), *said
_USE_VFORK = _USE_POSIX_SPAWN = False


class SubprocessError(Exception):
    pass


class CalledProcessError(SubprocessError):
    def __init__(self, returncode, cmd, output=None, stderr=None):
        self.returncode = returncode
        self.cmd = cmd
        self.output = self.stdout = output
        self.stderr = stderr

    def __str__(self):
        return f"Command {self.cmd!r} returned non-zero exit status {self.returncode}."


class TimeoutExpired(SubprocessError):
    def __init__(self, cmd, timeout, output=None, stderr=None):
        self.cmd = cmd
        self.timeout = timeout
        self.output = self.stdout = output
        self.stderr = stderr

    def __str__(self):
        return f"Command {self.cmd!r} timed out after {self.timeout} seconds"


class CompletedProcess:
    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args = args
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def check_returncode(self):
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)


def _words(args):
    """Returns the words of the command, and whether minivm is to be run."""
    if isinstance(args, (str, bytes, os.PathLike)):
        args = [args]
    words = [os.fsdecode(word) for word in args]
    own = words[0] == sys.executable
    if own:
        kept = words[:1]
        rest = iter(words[1:])
        for word in rest:
            if word in ("-c", "-m") or not word.startswith("-") or word == "-":
                kept.append(word)
                break
            if word in ("-X", "-W"):
                kept += [word, next(rest)]
            elif word not in ("-I", "-E", "-S"):
                kept.append(word)
        words = kept + list(rest)
    return words, own


class Popen:
    __class_getitem__ = classmethod(type(list[int]))

    def __init__(self, args, bufsize=-1, executable=None, stdin=None, stdout=None, stderr=None, preexec_fn=None,
                 close_fds=True, shell=False, cwd=None, env=None, universal_newlines=None, startupinfo=None,
                 creationflags=0, restore_signals=True, start_new_session=False, pass_fds=(), *, user=None,
                 group=None, extra_groups=None, encoding=None, errors=None, text=None, umask=-1,
                 pipesize=-1, process_group=None):
        self.args = args
        self.pid = 0
        self.returncode = None
        self._text = bool(text or universal_newlines or encoding or errors)
        self._encoding = encoding or "utf-8"
        self._errors = errors or "strict"
        self._how = shell, cwd, env, stdout, stderr
        self.stdin = self._stream(io.BytesIO()) if stdin == PIPE else None
        self.stdout = self.stderr = None
        if stdin != PIPE:
            data = b""
            if hasattr(stdin, "read"):
                data = stdin.read()
                data = data.encode() if isinstance(data, str) else data
            self._run(data)

    def _stream(self, raw):
        return io.TextIOWrapper(raw, self._encoding, self._errors) if self._text else raw

    def _run(self, data, timeout=None):
        shell, cwd, env, stdout, stderr = self._how
        if shell:
            command = "sh -c " + _quote(self.args if isinstance(self.args, str) else self.args[0])
        else:
            words, own = _words(self.args)
            command = " ".join(map(_quote, words))
            if env is not None:
                env = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
                if own:
                    own_value = os.fsdecode(posix.environ.get(b"PYTHONPATH", b""))
                    given = env.get("PYTHONPATH", "")
                    env["PYTHONPATH"] = f"{given}:{own_value}" if given and given != own_value else own_value
                names = " ".join(_quote(f"{name}={value}") for name, value in env.items() if "=" not in name)
                command = f"env -i {names} {command}"
            elif own:
                changed = {name: value for name, value in os.environ.items()
                           if posix.environ.get(name.encode()) != os.fsencode(value)}
                names = " ".join(_quote(f"{name}={value}") for name, value in changed.items())
                command = f"env {names} {command}"
        if cwd is not None:
            command = f"cd {_quote(cwd)} && {command}"
        if stderr == STDOUT:
            command += " 2>&1"
        seconds = 100 if timeout is None else timeout
        limited = f"timeout -s KILL {seconds} {command}" if not cwd and not shell else command
        status, out, err = _run_command(limited, data)
        if status == 137 and timeout is not None:
            raise TimeoutExpired(self.args, timeout)
        self.returncode = 128 - status if status > 128 else status
        if stdout == PIPE:
            self.stdout = self._stream(io.BytesIO(out))
        elif stdout != DEVNULL:
            self._pass(out, stdout, sys.stdout)
        if stderr == PIPE:
            self.stderr = self._stream(io.BytesIO(err))
        elif stderr not in (DEVNULL, STDOUT):
            self._pass(err, stderr, sys.stderr)

    def _pass(self, data, to, own):
        """Hands on what was said to a stream that the program has."""
        if hasattr(to, "write"):
            to.write(data if "b" in getattr(to, "mode", "b") else data.decode("utf-8", "replace"))
        elif data and to is None:
            own.write(data.decode("utf-8", "replace"))

    def _start(self, data=None, timeout=None):
        if self.returncode is None:
            if data is None:
                data = b""
            elif isinstance(data, str):
                data = data.encode(self._encoding)
            raw = self.stdin.buffer if self._text else self.stdin
            if not raw.closed:
                data = raw.getvalue() + data
            self._run(data, timeout)

    def communicate(self, input=None, timeout=None):
        self._start(input, timeout)
        return tuple(stream and stream.read() for stream in (self.stdout, self.stderr))

    def poll(self):
        self._start()
        return self.returncode

    def wait(self, timeout=None):
        return self.poll()

    def send_signal(self, number):
        pass

    def terminate(self):
        pass

    kill = terminate

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.wait()


def run(*args, input=None, capture_output=False, timeout=None, check=False, **how):
    if input is not None:
        how["stdin"] = PIPE
    if capture_output:
        how["stdout"] = how["stderr"] = PIPE
    with Popen(*args, **how) as process:
        out, err = process.communicate(input, timeout)
    done = CompletedProcess(process.args, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def call(*args, timeout=None, **how):
    return run(*args, timeout=timeout, **how).returncode


def check_call(*args, **how):
    run(*args, check=True, **how)
    return 0


def check_output(*args, **how):
    return run(*args, stdout=PIPE, check=True, **how).stdout


def getoutput(command, **how):
    return getstatusoutput(command)[1]


def getstatusoutput(command, **how):
    done = run(command, shell=True, stdout=PIPE, stderr=STDOUT, text=True)
    return done.returncode, done.stdout.removesuffix("\n")


def _args_from_interpreter_flags():
    flags = []
    for name, letter in (("dont_write_bytecode", "B"), ("optimize", "O"), ("bytes_warning", "b"), ("no_site", "S")):
        if value := getattr(sys.flags, name):
            flags.append("-" + letter * value)
    return flags + [f"-W{option}" for option in sys.warnoptions]


def _optim_args_from_interpreter_flags():
    return ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []


def _cleanup():
    pass


list2cmdline = " ".join
