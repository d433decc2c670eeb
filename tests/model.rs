//! The collector against a model of it: every small heap, and random larger ones.
//!
//! `model/driver.mv` builds each heap in a program, drops it and prints what ran, in which order, what was
//! returned and who lives, until nothing does; `model/reference.rs`, a collector of 200 lines, and `model/story.rs` say
//! what that has to be. The short form
//! takes the heaps of up to 2 nodes and some random ones; `.ci/model` sets `MINIVM_MODEL=long` for all of up to 4
//! and 200,000 random ones.

#[path = "model/reference.rs"]
mod reference;
#[path = "model/shape.rs"]
mod shape;
#[path = "model/story.rs"]
mod story;
#[path = "model/thing.rs"]
mod thing;

use std::io::Write;
use std::process::{Command, Stdio};

use shape::{Action, Dice, Heap};

/// Heaps for one process.
const BATCH: usize = 4000;
/// What differs is told for so many heaps; the rest is only counted.
const TOLD: usize = 10;
/// What the heaps of 4 nodes are made of: the finalizers that change who refers to whom, and one that does not.
const OF_FOUR: [Action; 8] = [
    Action::Nothing,
    Action::Keep,
    Action::Make,
    Action::ChangeClass,
    Action::Break,
    Action::Class,
    Action::Weak,
    Action::CallSubclasses,
];

/// Runs heaps through minivm in batches and gathers what differs.
#[derive(Default)]
struct Trial {
    heaps: Vec<Heap>,
    tried: usize,
    wrong: Vec<String>,
}

impl Trial {
    fn add(&mut self, heap: Heap) {
        self.heaps.push(heap);
        if self.heaps.len() == BATCH {
            self.run();
        }
    }

    /// Runs what has been gathered; a program that ends early is started again behind the heap that ended it.
    fn run(&mut self) {
        let heaps = std::mem::take(&mut self.heaps);
        let mut at = 0;
        while at < heaps.len() {
            let (lines, end) = play(&heaps[at..]);
            for line in &lines {
                let expected = story::expected(&heaps[at]);
                if *line != expected {
                    self.wrong.push(format!("{}\n  model  {expected}\n  minivm {line}", heaps[at].line()));
                }
                at += 1;
            }
            if at < heaps.len() {
                let expected = story::expected(&heaps[at]);
                self.wrong.push(format!("{}\n  model  {expected}\n  minivm {end}", heaps[at].line()));
                at += 1;
            }
        }
        self.tried += heaps.len();
    }

    fn finish(mut self, least: usize) {
        self.run();
        println!("{} heaps tried, {} differ", self.tried, self.wrong.len());
        let told = self.wrong.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.wrong.is_empty(), "{} of {} heaps:\n{told}", self.wrong.len(), self.tried);
        assert!(self.tried >= least, "{} heaps are all there are", self.tried);
    }
}

/// The lines a program printed for these heaps, and how it ended.
fn play(heaps: &[Heap]) -> (Vec<String>, String) {
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model/driver.mv");
    let mut command = Command::new(env!("CARGO_BIN_EXE_minivm"));
    command.args(std::env::var("MINIVM_MODEL_OPTIONS").iter().flat_map(|options| options.split_whitespace()));
    command.arg(driver).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("minivm starts");
    let mut input = child.stdin.take().expect("it is piped");
    let text: String = heaps.iter().map(|heap| heap.line() + "\n").collect();
    // The program reads line by line and may end before it has read all.
    let writer = std::thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("writing does not fail");
    let error = String::from_utf8_lossy(&output.stderr);
    let told = error.lines().find(|line| line.contains("panicked") || !line.is_empty()).unwrap_or("");
    let lines = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    (lines, format!("ended: {}: {told}", output.status))
}

fn is_long() -> bool {
    std::env::var("MINIVM_MODEL").is_ok_and(|form| form == "long")
}

/// Every heap of up to 3 nodes of all actions and one reference each; of 4 with those that change references.
#[test]
fn every_small_heap_is_collected_as_the_model_says() {
    let mut trial = Trial::default();
    for count in 1..=if is_long() { 3 } else { 2 } {
        shape::every(&Action::ALL, count, &mut |heap| trial.add(heap));
    }
    if is_long() {
        shape::every(&OF_FOUR, 4, &mut |heap| trial.add(heap));
    }
    trial.finish(if is_long() { 1_000_000 } else { 2_000 });
}

/// Random heaps of up to 12 nodes with two references each.
#[test]
fn random_heaps_are_collected_as_the_model_says() {
    let mut trial = Trial::default();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let count = if is_long() { 200_000 } else { 2_000 };
    (0..count).for_each(|_| trial.add(dice.heap()));
    trial.finish(count);
}
