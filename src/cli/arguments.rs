//! Parses the arguments of the command line.

use std::io::Read;

use crate::embed::{Settings, absolute, folder_of};

/// What to do.
#[derive(Debug)]
pub(super) enum Command {
    /// Print the usage.
    Help,
    /// Print the version.
    Version,
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
    /// A text that has been read already, and its name.
    Bytes(String, Vec<u8>),
    /// An interactive session, which has no text.
    Session,
}

impl Source {
    /// Returns the name and the bytes of the text; `None` for a session.
    pub fn read(&self) -> Option<(String, std::io::Result<Vec<u8>>)> {
        match self {
            Source::File(path) => Some((absolute(path), std::fs::read(path))),
            Source::Text(text) => Some(("<string>".to_owned(), Ok(text.clone().into_bytes()))),
            Source::Input => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().read_to_end(&mut bytes).map(|_| bytes);
                Some(("<stdin>".to_owned(), read))
            }
            Source::Bytes(name, bytes) => Some((name.clone(), Ok(bytes.clone()))),
            Source::Session => None,
        }
    }
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
            "-c" => break Source::Text(words.next().ok_or("argument expected for the -c option")?),
            "-" => break Source::Input,
            "--" => break words.next().map_or(Source::Session, Source::File),
            word if word.starts_with("--gc-stress=") => {
                settings.stress = stress(word.trim_start_matches("--gc-stress="))?;
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => break Source::File(word),
        }
    };
    let (first, folder) = match &source {
        Source::File(path) => (path.clone(), folder_of(path)),
        Source::Text(_) => ("-c".to_owned(), String::new()),
        Source::Input => ("-".to_owned(), String::new()),
        Source::Bytes(..) | Source::Session => (String::new(), String::new()),
    };
    settings.arguments = std::iter::once(first).chain(words).collect();
    settings.search_path = std::iter::once(folder).chain(environment_path()).collect();
    Ok(Command::Run(Box::new(Program { source, settings, disassemble, statistics, failing_request })))
}

/// The folders that the variable `PYTHONPATH` names.
fn environment_path() -> Vec<String> {
    let folders = std::env::var("PYTHONPATH").unwrap_or_default();
    folders.split(':').filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
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
