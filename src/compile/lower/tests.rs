//! Small units lowered both ways.

use super::*;
use crate::bytecode::{CodeFlags, Const, Instruction, Op, WordOp};

fn unit(locals: usize, max_stack: u32, instructions: &[(Op, u32)]) -> CodeUnit {
    CodeUnit {
        name: "f".into(),
        qualname: "f".into(),
        filename: "f.mv".into(),
        first_line: 1,
        posonly_count: 0,
        arg_count: 0,
        kwonly_count: 0,
        flags: CodeFlags::OPTIMIZED,
        local_names: (0..locals).map(|local| format!("v{local}").into()).collect(),
        cell_names: Vec::new(),
        free_names: Vec::new(),
        names: Vec::new(),
        consts: vec![Const::Int(1), Const::None],
        instructions: instructions.iter().map(|&(op, arg)| Instruction::new(op, arg)).collect(),
        positions: vec![Default::default(); instructions.len()],
        handlers: Vec::new(),
        max_stack,
        docstring: None,
        self_attrs: 0,
    }
}

fn ops(lowered: &Lowered) -> Vec<WordOp> {
    lowered.words.iter().map(|word| word.op()).collect()
}

const COUNTING_LOOP: &[(Op, u32)] = &[
    (Op::LoadLocalBorrow, 0),
    (Op::LoadLocalBorrow, 1),
    (Op::Less, 0),
    (Op::PopJumpIfFalse, 9),
    (Op::LoadLocal, 0),
    (Op::LoadConst, 0),
    (Op::Add, 0),
    (Op::StoreLocal, 0),
    (Op::JumpBack, 0),
    (Op::LoadConst, 1),
    (Op::Return, 0),
];

#[test]
fn a_counting_loop_is_three_words() {
    let lowered = lower(&unit(2, 2, COUNTING_LOOP), true).expect("small");
    let expected = [WordOp::JumpIfNotLess, WordOp::AddConstStore, WordOp::JumpBack, WordOp::ReturnConst];
    assert_eq!(ops(&lowered), expected);
    assert_eq!(lowered.words[0].signed_c(), 3);
    assert_eq!(lowered.words[2].signed_bc(), -2);
}

#[test]
fn without_fusing_every_instruction_is_a_word() {
    let lowered = lower(&unit(2, 2, COUNTING_LOOP), false).expect("small");
    assert_eq!(lowered.words.len(), COUNTING_LOOP.len());
    assert!(lowered.origins.iter().enumerate().all(|(word, &origin)| word == origin as usize));
}

#[test]
fn a_noted_local_is_saved_before_it_changes() {
    // v0, (v0 := 1) → both on the stack.
    let code = [
        (Op::LoadLocal, 0),
        (Op::LoadConst, 0),
        (Op::StoreLocal, 0),
        (Op::LoadLocal, 0),
        (Op::BuildTuple, 2),
        (Op::Return, 0),
    ];
    let lowered = lower(&unit(1, 2, &code), true).expect("small");
    let expected =
        [WordOp::CopyOwned, WordOp::LoadConstStore, WordOp::CopyOwned, WordOp::BuildTuple, WordOp::Return];
    assert_eq!(ops(&lowered), expected);
    assert_eq!(lowered.live_sets[lowered.live[3] as usize].low, 0b11);
}

#[test]
fn swapped_temporaries_come_home_at_the_end_of_a_block() {
    let code =
        [(Op::LoadGlobal, 0), (Op::LoadGlobal, 0), (Op::Swap, 2), (Op::BuildTuple, 2), (Op::Return, 0)];
    let mut unit = unit(0, 2, &code);
    unit.names.push("x".into());
    let lowered = lower(&unit, true).expect("small");
    let expected = [WordOp::LoadGlobal, WordOp::LoadGlobal, WordOp::Swap, WordOp::BuildTuple, WordOp::Return];
    assert_eq!(ops(&lowered), expected);
}
