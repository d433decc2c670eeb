//! The interactive session on a real pseudo-terminal: what is typed, and what the screen shows then.
//!
//! A terminal here is the master side of a pseudo-terminal with a small emulator behind it, which knows what a
//! line editor does: carriage returns, moves of the cursor, erasing to the end of the line.

#![cfg(unix)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use support::{MINIVM, code_of};

const LIMIT: Duration = Duration::from_secs(60);
/// A terminal that an editor draws on, and one that it does not.
const KINDS: [&str; 2] = ["xterm", "dumb"];

/// A session on a terminal.
struct Terminal {
    keyboard: File,
    child: Child,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// Starts a session on a terminal of this kind; the keys are in its queue before it looks.
    fn start(kind: &str, typed_ahead: &str) -> Terminal {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("it is ours");
        let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("of ASCII");
        let open = || OpenOptions::new().read(true).write(true).open(&name).expect("it can be opened");
        let child = Command::new(MINIVM)
            .env("TERM", kind)
            .stdin(open())
            .stdout(open())
            .stderr(open())
            .spawn()
            .expect("minivm starts");
        let mut keyboard = File::from(master);
        keyboard.write_all(typed_ahead.as_bytes()).expect("the queue takes it");
        let written = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, seen) = (keyboard.try_clone().expect("it can be shared"), written.clone());
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // A terminal nobody has open any more gives an error.
            while let Ok(count @ 1..) = screen.read(&mut chunk) {
                seen.lock().unwrap().extend_from_slice(&chunk[..count]);
            }
        });
        Terminal { keyboard, child, written }
    }

    /// Types something.
    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal is open");
    }

    /// What the screen shows.
    fn screen(&self) -> String {
        shown(&self.written.lock().unwrap())
    }

    /// Waits until the screen shows something.
    fn wait_for(&self, text: &str) {
        let started = Instant::now();
        while !self.screen().contains(text) {
            assert!(started.elapsed() < LIMIT, "{text:?} is not shown:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the end; the screen and the status.
    fn end(mut self) -> (String, i32) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // A moment for what was written last.
                std::thread::sleep(Duration::from_millis(100));
                return (self.screen(), code_of(status));
            }
            if started.elapsed() > LIMIT {
                self.child.kill().ok();
                panic!("the session does not end:\n{}", self.screen());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What a terminal shows of these bytes.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (mut lines, mut row, mut column) = (vec![Vec::<char>::new()], 0, 0);
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\r' => column = 0,
            '\n' => {
                (row, column) = (row + 1, 0);
                lines.resize(lines.len().max(row + 1), Vec::new());
            }
            '\x07' => {}
            '\x1b' => {
                let mut number = String::new();
                let code = chars.by_ref().skip_while(|char| *char == '[').find(|char| {
                    let is_number = "0123456789;?".contains(*char);
                    if is_number {
                        number.push(*char);
                    }
                    !is_number
                });
                let count = number.parse().unwrap_or(1);
                match code {
                    Some('K') => lines[row].truncate(column),
                    Some('C') => column += count,
                    Some('D') => column = column.saturating_sub(count),
                    Some('A') => row = row.saturating_sub(count),
                    Some('B') => row = (row + count).min(lines.len() - 1),
                    _ => {}
                }
            }
            char => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = char;
                column += 1;
            }
        }
    }
    lines.iter().map(|line| line.iter().collect::<String>() + "\n").collect()
}

/// Types everything at once, on both kinds of terminals; the screens and the status.
fn type_at_once(keys: &str, status: i32) -> [String; 2] {
    KINDS.map(|kind| {
        let (screen, ended) = Terminal::start(kind, keys).end();
        assert_eq!(ended, status, "{kind}:\n{screen}");
        screen
    })
}

/// All of these lines of the screens are there, besides what was typed.
fn expect_lines(screens: &[String], wanted: &[&str]) {
    for screen in screens {
        for wanted in wanted {
            // Where nothing draws, prompts of lines that were typed ahead stand before what they print.
            let is_there = [">>> ", "... "].iter().any(|prompt| {
                let behind_prompts = format!("{prompt}{wanted}");
                screen.lines().any(|line| line == *wanted || line.ends_with(&behind_prompts))
            });
            assert!(is_there, "{wanted:?} is missing:\n{screen}");
        }
    }
}

#[test]
fn lines_that_arrive_together_are_all_run() {
    let screens =
        type_at_once("x = 1\ny = 2\nprint('sum', x + y)\nfor n in 1, 2:\n\tprint('n is', n)\n\nexit()\n", 0);
    expect_lines(&screens, &["sum 3", "n is 1", "n is 2"]);
}

#[test]
fn lines_pasted_in_brackets_are_all_run() {
    let mut terminal = Terminal::start("xterm", "");
    terminal.wait_for(">>> ");
    terminal
        .type_keys("\x1b[200~def f():\n    return 'from f'\n\nprint(f())\nname = input()\nBob\x1b[201~\n");
    terminal.wait_for("from f");
    terminal.type_keys("print('hello', name)\nexit(3)\n");
    let (screen, status) = terminal.end();
    expect_lines(&[screen], &["hello Bob"]);
    assert_eq!(status, 3);
}

#[test]
fn input_takes_the_line_behind_the_statement() {
    let screens = type_at_once("name = input('who? ')\nBob\nprint('hello', name)\nexit()\n", 0);
    expect_lines(&screens, &["hello Bob"]);
}

#[test]
fn comments_and_blanks_do_not_end_an_entry() {
    let block = "def f():\n    # a comment\n    x = 7\n    \n# at the margin\n    return x * 2\n\nprint('f is', f())\n";
    let brackets = "a = [1,\n\n# a comment\n2]\nprint('a is', a)\n";
    let string = "s = '''one\n\ntwo'''\nprint('s is', repr(s))\n# alone\n";
    let screens = type_at_once(&format!("{block}{brackets}{string}exit()\n"), 0);
    expect_lines(&screens, &["f is 14", "a is [1, 2]", "s is 'one\\n\\ntwo'"]);
    for screen in screens {
        assert!(!screen.contains("Error"), "{screen}");
    }
}

#[test]
fn output_without_a_line_end_stays() {
    let screens = type_at_once("print('left' + 'over', end='')\nprint('next')\nexit()\n", 0);
    expect_lines(&screens, &["leftover", "next"]);
}

#[test]
fn every_way_out_runs_destructors() {
    let start = "class Last:\n    def __del__(self): print('last', 'words')\n\nlast = Last()\n";
    let ways = [("exit()\n", 0), ("quit(5)\n", 5), ("raise SystemExit(6)\n", 6)];
    // A hook holds the names of the session, so only its status is looked at.
    for hooked in ["sys.excepthook = hook\n1 / 0\n", "sys.displayhook = hook\n1\n"] {
        let hook = "import sys\ndef hook(*facts): sys.exit(4)\n\n";
        type_at_once(&format!("{hook}{hooked}"), 4);
    }
    for (way, status) in ways {
        expect_lines(&type_at_once(&format!("{start}{way}"), status), &["last words"]);
    }
    for kind in KINDS {
        let mut terminal = Terminal::start(kind, start);
        terminal.type_keys("print('re' + 'ady')\n");
        terminal.wait_for("ready\n>>> ");
        terminal.type_keys("\x04");
        let (screen, status) = terminal.end();
        expect_lines(&[screen], &["last words"]);
        assert_eq!(status, 0);
    }
}

#[test]
fn end_of_input_ends_a_block() {
    for kind in KINDS {
        let mut terminal = Terminal::start(kind, "if True:\n    print('in the', 'block')\n");
        terminal.wait_for("... \n");
        std::thread::sleep(Duration::from_millis(300));
        terminal.type_keys("\x04");
        terminal.wait_for("in the block");
        terminal.type_keys("exit()\n");
        assert_eq!(terminal.end().1, 0);
    }
}

#[test]
fn the_last_value_is_let_go_before_the_next_is_shown() {
    let class = "class Loud:\n    def __del__(self): print('let', 'go')\n    def __repr__(self): return 'lo' + 'ud'\n\n";
    let wrong = "class Wrong:\n    def __repr__(self): return 1 / 0\n\n";
    let keys =
        format!("{class}{wrong}Loud()\n'ne' + 'xt'\nprint('is', _)\nWrong()\nprint('still', _)\nexit()\n");
    for screen in type_at_once(&keys, 0) {
        let places = ["loud", "let go", "'next'", "is next", "ZeroDivisionError", "still None"]
            .map(|text| screen.rfind(text).unwrap_or_else(|| panic!("{text:?} is missing:\n{screen}")));
        assert!(places.is_sorted(), "{screen}");
    }
}

#[test]
fn prompts_are_what_the_program_wants() {
    for kind in KINDS {
        let mut terminal = Terminal::start(kind, "");
        terminal.wait_for(">>> ");
        terminal.type_keys("import sys\nsys.ps1, sys.ps2 = 'first' + '? ', 5\n");
        terminal.wait_for("first? ");
        terminal.type_keys("if True:\n");
        terminal.wait_for("\n5");
        terminal.type_keys("    print('with' + 'in')\n\nexit()\n");
        let (screen, status) = terminal.end();
        assert!(screen.contains("within"), "{screen}");
        assert_eq!(status, 0);
    }
}

#[test]
fn bytes_that_are_no_text_do_not_end_the_session() {
    let mut terminal = Terminal::start("dumb", "");
    terminal.wait_for(">>> ");
    terminal.keyboard.write_all(b"x = '\xff'\n").expect("the terminal is open");
    terminal.wait_for("SyntaxError: (unicode error)");
    terminal.type_keys("print('go' + 'ing on')\nexit()\n");
    let (screen, status) = terminal.end();
    assert!(screen.contains("going on"), "{screen}");
    assert_eq!(status, 0);
}
