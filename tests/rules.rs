//! The rules of the collector: every number used in the sources stands in `src/gc/RULES.md`, and every rule there
//! names where it is kept and what shows it, or says why nothing does.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use support::{files_below, root};

const RULES: &str = "src/gc/RULES.md";
/// The rules of behaviour are numbered without a gap.
const LAST_BEHAVIOUR: u32 = 150;

#[test]
fn every_number_in_the_sources_is_a_rule() {
    let rules = rules();
    let mut report = String::new();
    let mut used = 0;
    for file in ["src", "tests"].into_iter().flat_map(|folder| files_in(folder, &["rs", "mv", "md", "toml"]))
    {
        if file == "tests/rules.rs" {
            continue;
        }
        for (number, line) in read(&file).lines().enumerate() {
            for name in numbers(line) {
                used += 1;
                if !rules.contains_key(&name) {
                    writeln!(report, "{file}:{}: {name}", number + 1).unwrap();
                }
            }
        }
    }
    assert!(report.is_empty(), "{RULES} knows nothing of these:\n{report}");
    assert!(used > rules.len(), "the sources refer to rules");
}

#[test]
fn every_rule_is_kept_and_shown() {
    let rules = rules();
    let mut report = String::new();
    for number in 1..=LAST_BEHAVIOUR {
        if !rules.contains_key(&format!("B-{number}")) {
            writeln!(report, "B-{number} is missing").unwrap();
        }
    }
    for (name, text) in &rules {
        for fault in faults(text) {
            writeln!(report, "{name} {fault}").unwrap();
        }
    }
    assert!(report.is_empty(), "{RULES}:\n{report}");
}

/// A golden file whose first line names a rule is named by that rule in turn.
#[test]
fn rules_name_their_golden_files() {
    let rules = rules();
    let mut report = String::new();
    for file in files_in("tests/golden", &["mv"]) {
        let text = read(&file);
        for name in text.lines().take(1).flat_map(numbers) {
            if !rules.get(&name).is_some_and(|rule| rule.contains(&format!("`{file}`"))) {
                writeln!(report, "{file} shows {name}, which does not name it").unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{RULES}:\n{report}");
}

#[test]
fn faults_are_found() {
    let sound = "Text. Kept in `src/lib.rs`. Shown by `tests/rules.rs::faults_are_found`.";
    assert_eq!(faults(sound), [""; 0]);
    assert_eq!(faults("Text. Kept in `src/lib.rs`. No test: nothing can go wrong."), [""; 0]);
    assert_eq!(faults("Text. Kept in `src/lib.rs`. No test: ."), ["gives no reason for having no test"]);
    assert_eq!(faults("Text. Shown by `tests/rules.rs`."), ["does not say where it is kept"]);
    assert_eq!(faults("Text. Kept in `src/lib.rs`."), ["has neither a test nor a reason for having none"]);
    assert_eq!(faults(&sound.replace("lib.rs", "no.rs")), ["names src/no.rs, which is not there"]);
    assert_eq!(
        faults(&sound.replace("faults_are", "nothing_is")),
        ["names tests/rules.rs::nothing_is_found, which is no function there"]
    );
    assert_eq!(numbers("(B-7, D-12): B-20…B-22, AB-1 B- B-x D-3."), ["B-7", "D-12", "B-20", "B-22", "D-3"]);
}

/// The rules by name, each in one line.
fn rules() -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    let mut name = None;
    for line in read(RULES).lines() {
        if let Some((next, text)) = line.strip_prefix("- **").and_then(|entry| entry.split_once(".** ")) {
            assert!(
                rules.insert(next.to_owned(), text.to_owned()).is_none(),
                "{next} stands in {RULES} twice"
            );
            name = Some(next.to_owned());
        } else if let (Some(name), Some(text)) = (&name, line.strip_prefix("  ")) {
            let rule = rules.get_mut(name).expect("it was put in when it began");
            rule.push(' ');
            rule.push_str(text);
        } else {
            name = None;
        }
    }
    rules
}

/// What is wrong with the text of a rule.
fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let Some((_, rest)) = text.split_once(" Kept in `") else {
        return vec!["does not say where it is kept".to_owned()];
    };
    if let Some((_, reason)) = rest.split_once(" No test: ") {
        if !reason.contains(char::is_alphabetic) {
            faults.push("gives no reason for having no test".to_owned());
        }
    } else if !rest.contains(" Shown by `") {
        faults.push("has neither a test nor a reason for having none".to_owned());
    }
    for named in text.split('`').skip(1).step_by(2) {
        if !["src/", "tests/"].iter().any(|folder| named.starts_with(folder)) {
            continue;
        }
        let (path, function) = named.split_once("::").unwrap_or((named, ""));
        if !root().join(path).is_file() {
            faults.push(format!("names {path}, which is not there"));
        } else if !function.is_empty() && !read(path).contains(&format!("fn {function}(")) {
            faults.push(format!("names {named}, which is no function there"));
        }
    }
    faults
}

/// The names of rules in a line, such as `B-1`.
fn numbers(line: &str) -> Vec<String> {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '-');
    let is_rule = |word: &&str| {
        let digits = word.strip_prefix("B-").or_else(|| word.strip_prefix("D-"));
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()))
    };
    words.filter(is_rule).map(str::to_owned).collect()
}

/// The files below a folder that end in one of `extensions`, as paths from the root.
fn files_in(folder: &str, extensions: &[&str]) -> BTreeSet<String> {
    let files = extensions.iter().flat_map(|extension| files_below(&root().join(folder), extension));
    files.map(|file| file.strip_prefix(root()).expect("below the root").display().to_string()).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the source can be read")
}
