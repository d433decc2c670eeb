//! Small units lowered both ways.

use super::*;
use crate::bytecode::{CodeFlags, Const, Flow, Instruction, Op, Operand, WordOp};
use crate::compile::flow::blocks::Blocks;
use crate::compile::flow::borrow::borrow_loads;

pub(super) fn unit(locals: usize, max_stack: u32, instructions: &[(Op, u32)]) -> CodeUnit {
    CodeUnit {
        name: "f".into(),
        qualname: "f".into(),
        filename: "f.mv".into(),
        typed_text: None,
        first_line: 1,
        posonly_count: 0,
        arg_count: 0,
        kwonly_count: 0,
        flags: CodeFlags::OPTIMIZED,
        local_names: (0..locals).map(|local| format!("v{local}").into()).collect(),
        cell_names: Vec::new(),
        free_names: Vec::new(),
        inner_variables: Vec::new(),
        names: Vec::new(),
        consts: vec![Const::Int(1), Const::None],
        instructions: instructions.iter().map(|&(op, arg)| Instruction::new(op, arg)).collect(),
        positions: vec![Default::default(); instructions.len()],
        passed_lines: Vec::new(),
        handlers: Vec::new(),
        max_stack,
        docstring: None,
        self_attrs: 0,
    }
}

pub(super) fn lowered(unit: &CodeUnit, fuse: bool) -> Lowered {
    lower(&crate::bytecode::verify(unit).expect("well formed"), fuse).expect("small")
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
    let lowered = lowered(&unit(2, 2, COUNTING_LOOP), true);
    let expected = [WordOp::JumpIfNotLess, WordOp::AddConstStore, WordOp::JumpBack, WordOp::ReturnConst];
    assert_eq!(ops(&lowered), expected);
    assert_eq!(lowered.words[0].signed_c(), 3);
    assert_eq!(lowered.words[2].signed_bc(), -2);
}

#[test]
fn without_fusing_every_instruction_is_a_word() {
    let lowered = lowered(&unit(2, 2, COUNTING_LOOP), false);
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
    let lowered = lowered(&unit(1, 2, &code), true);
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
    let lowered = lowered(&unit, true);
    let expected = [WordOp::LoadGlobal, WordOp::LoadGlobal, WordOp::Swap, WordOp::BuildTuple, WordOp::Return];
    assert_eq!(ops(&lowered), expected);
}

/// Makes random code that the verifier accepts: operands that are there, jumps that meet at one depth.
struct Writer {
    dice: u64,
    code: Vec<(Op, u32)>,
    depth: u32,
    /// Jumps without a target yet, and the depth where they come out.
    open: Vec<(usize, u32)>,
}

impl Writer {
    const LOCALS: u32 = 3;

    /// A number below `bound`, the next of a linear congruential generator.
    fn roll(&mut self, bound: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.dice >> 33) % u64::from(bound)) as u32
    }

    fn push(&mut self, op: Op, arg: u32) {
        if let Flow::Branch { pushes, .. } = op.flow() {
            self.open.push((self.code.len(), self.depth - op.pops(arg) + pushes));
        }
        self.depth = self.depth - op.pops(arg) + op.pushes(arg);
        self.code.push((op, arg));
    }

    /// Brings the stack to a depth, and every jump that comes out there.
    fn land(&mut self, depth: u32) {
        while self.depth > depth {
            self.push(Op::Pop, 0);
        }
        while self.depth < depth {
            self.push(Op::LoadConst, 0);
        }
        let here = self.code.len() as u32;
        for (at, _) in self.open.extract_if(.., |(at, out)| *out == depth && *at as u32 + 1 < here) {
            self.code[at].1 = here;
        }
    }

    fn step(&mut self) {
        use Op::*;
        const OPS: &[Op] = &[
            LoadConst,
            LoadLocal,
            LoadLocal,
            LoadLocalCheck,
            StoreLocal,
            StoreLocal,
            DeleteLocal,
            ClearLocal,
            Pop,
            Copy,
            Swap,
            Add,
            InPlaceSubtract,
            Power,
            Less,
            NotEqual,
            Is,
            Contains,
            Not,
            Negate,
            LoadAttr,
            StoreAttr,
            DeleteAttr,
            LoadMethod,
            Subscript,
            StoreSubscript,
            DeleteSubscript,
            LoadGlobal,
            StoreGlobal,
            GetIter,
            ForIter,
            BuildTuple,
            BuildList,
            BuildDict,
            UnpackSequence,
            Call,
            CallMethod,
            FormatValue,
            MatchMapping,
            PopJumpIfTrue,
            PopJumpIfFalse,
            PopJumpIfNone,
            JumpIfTrueOrPop,
            JumpIfFalseOrPop,
            BuildSlice,
        ];
        let op = OPS[self.roll(OPS.len() as u32) as usize];
        let arg = match op.operand() {
            Operand::Const => self.roll(2),
            Operand::Local => self.roll(Writer::LOCALS),
            Operand::Count => 1 + self.roll(3),
            Operand::SliceParts => 2 + self.roll(2),
            Operand::Depth => 1 + self.roll(3),
            Operand::SwapDepth => 2 + self.roll(2),
            _ => 0,
        };
        if op.pops(arg) <= self.depth && self.depth + op.pushes(arg) < 12 {
            self.push(op, arg);
        }
        if self.roll(6) == 0 {
            self.land(self.depth);
        }
    }
}

#[test]
fn words_of_random_code_are_sound() {
    for seed in 0..3000 {
        let mut writer = Writer { dice: seed, code: Vec::new(), depth: 0, open: Vec::new() };
        (0..40).for_each(|_| writer.step());
        while let Some(&(_, depth)) = writer.open.first() {
            writer.push(Op::Nop, 0);
            writer.land(depth);
        }
        writer.land(1);
        writer.push(Op::Return, 0);
        let mut unit = unit(Writer::LOCALS as usize, 16, &writer.code);
        unit.names.push("x".into());
        let blocks = Blocks::new(&unit.instructions, &unit.handlers);
        borrow_loads(&mut unit.instructions, &blocks);
        for fuse in [true, false] {
            let lowered = lowered(&unit, fuse);
            assert_eq!(verify_words::verify(&unit, &lowered), Ok(()), "seed {seed}, fuse {fuse}");
        }
    }
}

/// The words of the golden programs, on which debug builds prove what the table says of their handlers
/// (`vm/frame/watch.rs`).
#[test]
fn golden_programs_have_every_word() {
    let mut found = std::collections::HashSet::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut pending = vec![folder];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(path).expect("is readable").map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "mv")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            let source = crate::source::SourceText::new("t.mv", &text);
            let Ok(module) = crate::syntax::parse_module(&source) else { continue };
            let Ok(unit) = crate::compile::compile_module(&module, &source, crate::compile::Mode::Module)
            else {
                continue;
            };
            collect_ops(&unit, &mut found);
        }
    }
    // No instruction becomes the first, only an interactive session makes the second, and the others report to trace
    // functions (`traced.rs`) or are put in when code is traced.
    let elsewhere = [WordOp::Nop, WordOp::PrintExpr, WordOp::Trace, WordOp::TraceCalled, WordOp::EnterTraced];
    let missing: Vec<_> =
        WordOp::ALL.iter().filter(|op| !found.contains(op) && !elsewhere.contains(op)).collect();
    assert!(missing.is_empty(), "no golden program has {missing:?}");
}

fn collect_ops(unit: &CodeUnit, found: &mut std::collections::HashSet<WordOp>) {
    for fuse in [true, false] {
        if let Ok(lowered) = lower(&crate::bytecode::verify(unit).expect("well formed"), fuse) {
            found.extend(ops(&lowered));
        }
    }
    // Checks that there is a way to the traced words after each word that may run script code.
    let _ = lower_traced(&crate::bytecode::verify(unit).expect("well formed"), true);
    for constant in &unit.consts {
        if let Const::Code(inner) = constant {
            collect_ops(inner, found);
        }
    }
}
