//! Parses the arguments of the command line.

use std::io::{Read, Seek};

use super::flags::{self, Letter};
use super::paths;
use crate::embed::{Settings, absolute, folder_of};
use crate::text::path;

/// What to do.
#[derive(Debug)]
pub(super) enum Command {
    /// Print the usage.
    Help,
    /// Print the version.
    Version,
    /// Print the licence of the library.
    Licences,
    /// Run a program, or a session.
    Run(Box<Program>),
}

/// A program to run, and its settings.
#[derive(Debug)]
pub(super) struct Program {
    /// Where its text comes from.
    pub source: Source,
    /// How the virtual machine is set up.
    pub settings: Settings,
    /// Whether its code is printed instead of run.
    pub disassemble: bool,
    /// Whether the collector's statistics are printed at the end.
    pub statistics: bool,
    /// Which of the program's requests for memory is to fail; 0 for none.
    pub failing_request: u64,
}

/// Where a program's text comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// A file.
    File(String),
    /// The text after `-c`.
    Text(String),
    /// Standard input.
    Input,
    /// The module after `-m`.
    Module(String),
    /// A text that has been read already, and its name.
    Bytes(String, Vec<u8>),
    /// An interactive session, which has no text.
    Session,
}

impl Source {
    /// Returns the name of a module, or the path of a folder or archive whose `__main__` is to run, and which it is.
    pub fn module(&self) -> Option<(String, bool)> {
        match self {
            Source::Module(name) => Some((name.clone(), false)),
            Source::File(path) if is_archive(path) => Some((absolute(path), true)),
            _ => None,
        }
    }

    /// Returns the name and the bytes of the text; `None` for a session.
    pub fn read(&self) -> Option<(String, std::io::Result<Vec<u8>>)> {
        match self {
            Source::File(file) => Some((absolute(file), path::read(file))),
            Source::Text(text) => Some(("<string>".to_owned(), Ok(text.clone().into_bytes()))),
            Source::Input => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().read_to_end(&mut bytes).map(|_| bytes);
                Some(("<stdin>".to_owned(), read))
            }
            Source::Bytes(name, bytes) => Some((name.clone(), Ok(bytes.clone()))),
            Source::Session | Source::Module(_) => None,
        }
    }
}

/// How far from its end a zip archive has the mark of its directory, at most.
const ARCHIVE_END_BYTES: u64 = 22 + 65_535;

/// Tells whether a path is that of a folder, or of a zip archive, which ends with its directory.
fn is_archive(path: &str) -> bool {
    let Some(path) = path::to_system(path) else { return false };
    let path = std::path::Path::new(&path);
    if path.is_dir() {
        return true;
    }
    let read_end = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(path)?;
        let facts = file.metadata()?;
        let mut end = Vec::new();
        // What is no ordinary file (a pipe, say) can be read only once.
        if facts.is_file() {
            file.seek(std::io::SeekFrom::Start(facts.len().saturating_sub(ARCHIVE_END_BYTES)))?;
            file.take(ARCHIVE_END_BYTES).read_to_end(&mut end)?;
        }
        Ok(end)
    };
    read_end().is_ok_and(|end| memchr::memmem::find(&end, b"PK\x05\x06").is_some())
}

/// An error of the system in a few words, as CPython prints it.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    match error.raw_os_error() {
        Some(number) => format!("[Errno {number}] {text}"),
        None => text,
    }
}

/// Parses the arguments. The error is a line to print.
pub(super) fn parse(words: Vec<String>) -> Result<Command, String> {
    let mut settings = Settings::default();
    let (mut disassemble, mut statistics, mut failing_request) = (false, false, 0);
    let mut words = words.into_iter();
    let source = loop {
        let Some(word) = words.next() else { break Source::Session };
        match word.as_str() {
            "-h" | "--help" => return Ok(Command::Help),
            "-V" | "--version" => return Ok(Command::Version),
            "--licenses" => return Ok(Command::Licences),
            "--dis" => disassemble = true,
            "--no-fuse" => settings.fuse = false,
            "--gc-verify" => settings.verify = true,
            "--gc-stats" => statistics = true,
            "--gc-stress" => {
                let number = words.next().ok_or("--gc-stress needs a number")?;
                settings.stress = stress(&number)?;
            }
            "--fail-allocation" => {
                let number = words.next().ok_or("--fail-allocation needs a number")?;
                let number =
                    number.parse().map_err(|_| format!("--fail-allocation takes a number, not '{number}'"));
                failing_request = number?;
            }
            "-" => break Source::Input,
            "--" => break words.next().map_or(Source::Session, Source::File),
            word if word.starts_with("--gc-stress=") => {
                settings.stress = stress(word.trim_start_matches("--gc-stress="))?;
            }
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            option if option.starts_with('-') => {
                if let Some(source) = letters(&mut settings, option, &mut words)? {
                    break source;
                }
            }
            _ => break Source::File(word),
        }
    };
    flags::complete(&mut settings.flags);
    let (first, folder) = match &source {
        Source::File(path) => (path.clone(), folder_of(path)),
        Source::Text(_) => ("-c".to_owned(), String::new()),
        Source::Module(_) => ("-m".to_owned(), absolute("").trim_end_matches('/').to_owned()),
        Source::Input => ("-".to_owned(), String::new()),
        Source::Bytes(..) | Source::Session => (String::new(), String::new()),
    };
    settings.arguments = std::iter::once(first).chain(words).collect();
    let given = &settings.flags;
    let used = paths::Use {
        no_variables: given.number("ignore_environment") > 0,
        no_site: given.number("no_site") > 0,
    };
    let folder = Some(folder).filter(|_| given.number("safe_path") == 0);
    settings.search_path = folder.into_iter().chain(paths::more(used)).collect();
    Ok(Command::Run(Box::new(Program { source, settings, disassemble, statistics, failing_request })))
}

/// Reads a word like `-Bsc`, of options with one letter each; returns the program if one of them names it. The error
/// is a line to print.
fn letters(
    settings: &mut Settings,
    word: &str,
    words: &mut impl Iterator<Item = String>,
) -> Result<Option<Source>, String> {
    for (at, letter) in word.char_indices().skip(1) {
        match flags::note(&mut settings.flags, letter) {
            Letter::Counted => {}
            Letter::Unknown => return Err(format!("unknown option -{letter}")),
            Letter::TakesText => {
                let rest = &word[at + letter.len_utf8()..];
                let text = if rest.is_empty() { words.next() } else { Some(rest.to_owned()) };
                let text = text.ok_or_else(|| format!("argument expected for the -{letter} option"))?;
                match letter {
                    'c' => return Ok(Some(Source::Text(text))),
                    'm' => return Ok(Some(Source::Module(text))),
                    'W' => settings.flags.warn_options.push(text),
                    _ => flags::note_x(&mut settings.flags, &text),
                }
                return Ok(None);
            }
        }
    }
    Ok(None)
}

fn stress(number: &str) -> Result<u32, String> {
    number.parse().map_err(|_| format!("--gc-stress takes a number of allocations, not '{number}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(words: &[&str]) -> Program {
        match parse(words.iter().map(|word| (*word).to_owned()).collect()) {
            Ok(Command::Run(program)) => *program,
            other => panic!("not a program: {other:?}"),
        }
    }

    #[test]
    fn what_follows_the_script_is_its_own() {
        let program = program(&["--no-fuse", "dir/x.mv", "--dis", "-c"]);
        assert_eq!(program.settings.arguments, ["dir/x.mv", "--dis", "-c"]);
        assert!(program.settings.search_path[0].ends_with("/dir"));
        assert!(!program.settings.fuse && !program.disassemble);
    }

    #[test]
    fn stress_takes_a_number() {
        assert_eq!(program(&["--gc-stress", "3", "-c", "pass"]).settings.stress, 3);
        assert_eq!(program(&["--gc-stress=7", "-"]).settings.stress, 7);
        assert!(parse(vec!["--gc-stress".into(), "often".into()]).is_err());
        assert!(parse(vec!["--gc-stress".into()]).is_err());
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(parse(vec!["--fast".into()]).is_err());
    }
}
