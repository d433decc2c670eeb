//! Wrong programs: the message, the line and the carets are CPython's.

use std::fs;
use std::process::Command;

use crate::source::SourceText;
use crate::source::python::python;
use crate::syntax::{error, parse_module};

/// One line of the table: `program => line column carets message`.
struct Wrong {
    program: String,
    verdict: String,
}

fn table() -> Vec<Wrong> {
    let lines = include_str!("wrong_programs.txt").lines();
    let rows = lines.map(|line| {
        let (program, verdict) = line.rsplit_once(" => ").expect("every line has an arrow");
        let program = program.replace('⏎', "\n").replace('→', "\t") + "\n";
        Wrong { program, verdict: verdict.to_owned() }
    });
    rows.collect()
}

/// Boils printed output down to the line, the column and number of carets, and the message.
fn verdict(printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().collect();
    let Some((message, above)) = lines.split_last() else { return String::new() };
    let line = above.first().and_then(|first| first.rsplit_once(' ')).map_or("0", |(_, line)| line);
    let carets = above.last().filter(|line| line.contains('^') && line.trim().chars().all(|c| c == '^'));
    let (column, carets) = carets.map_or((0, 0), |line| (line.find('^').unwrap_or(4) - 4, line.trim().len()));
    format!("{line} {column} {carets} {message}")
}

#[test]
fn wrong_programs_are_explained() {
    for Wrong { program, verdict: wanted, .. } in table() {
        let source = SourceText::new("x.mv", &program);
        let printed = match parse_module(&source) {
            Ok(_) => panic!("{program:?} is taken for right"),
            Err(wrong) => error::render(&wrong, &source),
        };
        assert_eq!(verdict(&printed), wanted, "{program:?}\n{printed}");
    }
}

#[test]
fn the_whole_output_is_that_of_python() {
    let source = SourceText::new("x.mv", "x = = 2\n");
    let wrong = parse_module(&source).unwrap_err();
    let wanted = "  File \"x.mv\", line 1\n    x = = 2\n        ^\nSyntaxError: invalid syntax\n";
    assert_eq!(error::render(&wrong, &source), wanted);
}

#[test]
fn null_bytes_are_refused() {
    assert_eq!(super::message("x = 1\0"), "source code cannot contain null bytes");
}

/// Asks CPython about every thirtieth row: the table must not drift from it.
#[test]
fn the_table_is_what_python_says() {
    let Some(python) = python() else { return };
    let file = std::env::temp_dir().join(format!("minivm-wrong-{}.mv", std::process::id()));
    for Wrong { program, verdict: wanted } in table().into_iter().step_by(30) {
        fs::write(&file, &program).expect("the temporary folder can be written");
        let output = Command::new(&python).args(["-S", "-W", "ignore"]).arg(&file).output();
        let printed = String::from_utf8_lossy(&output.expect("it ran a moment ago").stderr).into_owned();
        assert_eq!(verdict(&printed), wanted, "{program:?}");
    }
    let _ = fs::remove_file(&file);
}
