//! The equality of code objects: they do the same, on the same lines; file and dotted name do not count.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::bytecode::{CodeUnit, Const};

/// Tells whether two units are equal, as `==` of code objects does: the same instructions, lines, names and constants.
/// The file and the dotted name are not compared.
pub fn is_same(left: &CodeUnit, right: &CodeUnit) -> bool {
    std::ptr::eq(left, right)
        || facts(left) == facts(right)
            && left.instructions == right.instructions
            && left.positions == right.positions
            && left.handlers == right.handlers
            && left.names == right.names
            && left.local_names == right.local_names
            && left.cell_names == right.cell_names
            && left.free_names == right.free_names
            && left.inner_variables == right.inner_variables
            && are_same_constants(&left.consts, &right.consts)
}

/// Returns the parts of a code object that are compared first, and hashed.
fn facts(unit: &CodeUnit) -> (&Arc<str>, [u32; 6]) {
    let counts = [
        unit.arg_count,
        unit.posonly_count,
        unit.kwonly_count,
        unit.flags.bits(),
        unit.first_line,
        unit.instructions.len() as u32,
    ];
    (&unit.name, counts)
}

fn are_same_constants(left: &[Const], right: &[Const]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|pair| match pair {
            (Const::Code(left), Const::Code(right)) => is_same(left, right),
            (Const::Tuple(left), Const::Tuple(right)) => are_same_constants(left, right),
            (left, right) => left == right,
        })
}

/// Returns a hash that is the same for equal code.
pub fn hash(unit: &CodeUnit) -> i64 {
    let mut hasher = rustc_hash::FxHasher::default();
    facts(unit).hash(&mut hasher);
    for instruction in &unit.instructions {
        (instruction.op, instruction.arg).hash(&mut hasher);
    }
    match hasher.finish() as i64 {
        -1 => -2,
        hash => hash,
    }
}
