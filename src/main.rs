//! The `minivm` command.

use std::process::exit;

#[cfg_attr(system_allocator, path = "allocator_system.rs")]
mod allocator;
mod descriptors;

/// The status of a panic: always a bug of ours.
const PANIC_STATUS: i32 = 101;

fn main() {
    allocator::set_up();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        eprintln!("minivm: this is a bug in minivm {}; please report it", env!("CARGO_PKG_VERSION"));
        exit(PANIC_STATUS);
    }));
    let words = std::env::args_os().skip(1).collect();
    exit(minivm::cli::main(words, descriptors::stand_ins()));
}
