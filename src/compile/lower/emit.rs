//! One method for each group of instructions whose words name operands directly.
//!
//! Everything else is in `plain.rs`: its operands are written out to consecutive slots.

use super::symbols::{Lowering, Symbol};
use crate::bytecode::{Op, Word, WordOp};

/// The words of an arithmetic operation: slot and constant operand, to a temporary or a local.
struct Arithmetic {
    slots: WordOp,
    constant: WordOp,
    slots_store: WordOp,
    constant_store: WordOp,
    in_place: bool,
}

macro_rules! arithmetic {
    ($op:expr; $($plain:ident $in_place:ident $constant:ident $store:ident $constant_store:ident;)+) => {
        match $op {
            $(Op::$plain | Op::$in_place => Some(Arithmetic {
                slots: WordOp::$plain,
                constant: WordOp::$constant,
                slots_store: WordOp::$store,
                constant_store: WordOp::$constant_store,
                in_place: $op == Op::$in_place,
            }),)+
            _ => None,
        }
    };
}

fn arithmetic(op: Op) -> Option<Arithmetic> {
    arithmetic! { op;
        Add InPlaceAdd AddConst AddStore AddConstStore;
        Subtract InPlaceSubtract SubtractConst SubtractStore SubtractConstStore;
        Multiply InPlaceMultiply MultiplyConst MultiplyStore MultiplyConstStore;
        Divide InPlaceDivide DivideConst DivideStore DivideConstStore;
        FloorDivide InPlaceFloorDivide FloorDivideConst FloorDivideStore FloorDivideConstStore;
        Remainder InPlaceRemainder RemainderConst RemainderStore RemainderConstStore;
        BitAnd InPlaceBitAnd BitAndConst BitAndStore BitAndConstStore;
        BitOr InPlaceBitOr BitOrConst BitOrStore BitOrConstStore;
        BitXor InPlaceBitXor BitXorConst BitXorStore BitXorConstStore;
        ShiftLeft InPlaceShiftLeft ShiftLeftConst ShiftLeftStore ShiftLeftConstStore;
        ShiftRight InPlaceShiftRight ShiftRightConst ShiftRightStore ShiftRightConstStore;
    }
}

/// Binary operations that always leave a temporary, and whether they are augmented assignments.
fn plain_binary(op: Op) -> Option<(WordOp, bool)> {
    Some(match op {
        Op::Power => (WordOp::Power, false),
        Op::InPlacePower => (WordOp::Power, true),
        Op::MatrixMultiply => (WordOp::MatrixMultiply, false),
        Op::InPlaceMatrixMultiply => (WordOp::MatrixMultiply, true),
        Op::Less => (WordOp::Less, false),
        Op::LessEqual => (WordOp::LessEqual, false),
        Op::Equal => (WordOp::Equal, false),
        Op::NotEqual => (WordOp::NotEqual, false),
        Op::Greater => (WordOp::Greater, false),
        Op::GreaterEqual => (WordOp::GreaterEqual, false),
        Op::Is => (WordOp::Is, false),
        Op::IsNot => (WordOp::IsNot, false),
        Op::Contains => (WordOp::Contains, false),
        Op::NotContains => (WordOp::NotContains, false),
        _ => return None,
    })
}

/// The branches on a comparison: if it holds, if it does not, and both with a constant.
fn comparing_jumps(op: Op) -> Option<[WordOp; 4]> {
    use WordOp::*;
    Some(match op {
        Op::Less => [JumpIfLess, JumpIfNotLess, JumpIfLessConst, JumpIfNotLessConst],
        Op::LessEqual => [JumpIfLessEqual, JumpIfNotLessEqual, JumpIfLessEqualConst, JumpIfNotLessEqualConst],
        Op::Equal => [JumpIfEqual, JumpIfNotEqual, JumpIfEqualConst, JumpIfNotEqualConst],
        Op::NotEqual => [JumpIfNotEqual, JumpIfEqual, JumpIfNotEqualConst, JumpIfEqualConst],
        Op::Greater => [JumpIfGreater, JumpIfNotGreater, JumpIfGreaterConst, JumpIfNotGreaterConst],
        Op::GreaterEqual => {
            [JumpIfGreaterEqual, JumpIfNotGreaterEqual, JumpIfGreaterEqualConst, JumpIfNotGreaterEqualConst]
        }
        _ => return None,
    })
}

/// How a word gets at an object: 0 consumes a temporary, 1 borrows a local, 2 takes a reference of its own.
const fn source(symbol: Symbol) -> u8 {
    match symbol {
        Symbol::Temp(_) | Symbol::Const(_) => 0,
        Symbol::Local { borrowed: true, .. } => 1,
        Symbol::Local { borrowed: false, .. } => 2,
    }
}

impl Lowering<'_> {
    /// Lowers the instruction at `index` and perhaps those after it; returns how many.
    pub(super) fn instruction(&mut self, index: usize, leaders: &[bool]) -> usize {
        let instruction = self.unit.instructions[index];
        let (op, arg) = (instruction.op, instruction.arg);
        // Only an instruction that nobody jumps to can melt into this one.
        let next =
            if self.fuse && !leaders[index + 1] { self.unit.instructions.get(index + 1) } else { None };
        let store = match next {
            Some(next) if next.op == Op::StoreLocal => Some(next.arg as u16),
            _ => None,
        };
        if let Some(forms) = arithmetic(op) {
            return self.arithmetic(forms, store);
        }
        if let Some((word, in_place)) = plain_binary(op) {
            if let Some(next) = next
                && !self.far
                && let Some(taken) = self.comparing_jump(op, next.op, next.arg)
            {
                return taken;
            }
            let (slots, operands) = self.take_slots::<2>();
            self.result(|to| Word::abc(word, to, slots[0], slots[1]).with_x(in_place.into()), &operands);
            return 1;
        }
        match op {
            Op::Nop => {}
            Op::Pop => self.pop_value(),
            Op::Copy => self.copy(arg),
            Op::Swap => self.swap(arg),
            Op::LoadConst => self.push_symbol(Symbol::Const(arg)),
            Op::LoadLocal => self.push_symbol(Symbol::Local { slot: arg as u16, borrowed: false }),
            Op::LoadLocalBorrow => self.push_symbol(Symbol::Local { slot: arg as u16, borrowed: true }),
            Op::LoadLocalCheck | Op::LoadLocalCheckBorrow => {
                self.emit(Word::abc(WordOp::CheckLocal, arg as u16, 0, 0), &[]);
                let borrowed = op == Op::LoadLocalCheckBorrow;
                self.push_symbol(Symbol::Local { slot: arg as u16, borrowed });
            }
            Op::StoreLocal => self.store_local(arg as u16),
            Op::DeleteLocal => {
                self.protect_local(arg as u16, &[]);
                self.emit(Word::abc(WordOp::DeleteLocal, arg as u16, 0, 0), &[]);
            }
            Op::LoadAttr => return self.load_attr(arg, store),
            Op::StoreAttr => {
                let (slots, operands) = self.take_slots::<2>();
                let site = self.site(arg, false);
                // 4 says that the value is a local, which keeps its own reference.
                let x = source(operands[1]) | if source(operands[0]) == 0 { 0 } else { 4 };
                self.emit(Word::abc(WordOp::StoreAttr, slots[0], slots[1], site as u16).with_x(x), &operands);
            }
            Op::LoadMethod => {
                let (slots, operands) = self.take_slots::<1>();
                let site = self.site(arg, false);
                let to = self.canonical(self.stack.len());
                let x = source(operands[0]);
                self.emit(Word::abc(WordOp::LoadMethod, to, slots[0], site as u16).with_x(x), &operands);
                self.push_temp();
                self.push_temp();
            }
            Op::Subscript => return self.subscript(store),
            Op::StoreSubscript => {
                let (slots, operands) = self.take_slots::<3>();
                let x = source(operands[1]) | if source(operands[0]) == 0 { 0 } else { 4 };
                self.emit(
                    Word::abc(WordOp::StoreSubscript, slots[0], slots[1], slots[2]).with_x(x),
                    &operands,
                );
            }
            Op::DeleteSubscript => {
                let (slots, operands) = self.take_slots::<2>();
                self.emit(Word::abc(WordOp::DeleteSubscript, 0, slots[0], slots[1]), &operands);
            }
            Op::Negate => self.unary(WordOp::Negate),
            Op::Positive => self.unary(WordOp::Positive),
            Op::Invert => self.unary(WordOp::Invert),
            Op::Not => self.unary(WordOp::Not),
            Op::GetIter => self.unary(WordOp::GetIter),
            Op::Jump | Op::JumpBack => {
                self.write_out();
                let word = if op == Op::Jump { WordOp::Jump } else { WordOp::JumpBack };
                self.emit_jump(Word::wide(word, 0, 0), arg, false, &[]);
            }
            Op::PopJumpIfTrue | Op::PopJumpBackIfTrue => self.branch(WordOp::JumpIfTrue, arg),
            Op::PopJumpIfFalse | Op::PopJumpBackIfFalse => self.branch(WordOp::JumpIfFalse, arg),
            Op::PopJumpIfNone => self.branch(WordOp::JumpIfNone, arg),
            Op::PopJumpIfNotNone => self.branch(WordOp::JumpIfNotNone, arg),
            Op::JumpIfTrueOrPop => self.branch_or_pop(WordOp::JumpIfTrueKeep, arg),
            Op::JumpIfFalseOrPop => self.branch_or_pop(WordOp::JumpIfFalseKeep, arg),
            Op::ForIter => return self.for_iter(arg, store, leaders),
            Op::Return => self.return_value(),
            Op::StoreCell => {
                let (slots, operands) = self.take_slots::<1>();
                let cell = self.cell_slot(arg);
                self.emit(Word::abc(WordOp::StoreCell, cell, slots[0], 0), &operands);
            }
            Op::BuildTuple if next.is_some_and(|next| self.exchange(arg, next)) => return 2,
            Op::ListAppend => self.append(WordOp::ListAppend, arg),
            Op::SetAdd => self.append(WordOp::SetAdd, arg),
            Op::DictSet => {
                let (slots, operands) = self.take_slots::<2>();
                let container = self.canonical(self.stack.len() - arg as usize);
                self.emit(Word::abc(WordOp::DictSet, container, slots[0], slots[1]), &operands);
            }
            _ => self.plain(op, arg),
        }
        1
    }

    /// Pops operands and gives each a slot.
    pub(super) fn take_slots<const N: usize>(&mut self) -> ([u16; N], [Symbol; N]) {
        let operands = self.take::<N>();
        self.in_slots(operands)
    }

    /// Writes a word whose result becomes the new top.
    fn result(&mut self, word: impl FnOnce(u16) -> Word, operands: &[Symbol]) {
        let to = self.canonical(self.stack.len());
        self.emit(word(to), operands);
        self.push_temp();
    }

    /// Writes a word whose result goes to a local, or becomes the new top; returns the instructions used.
    fn result_or_store(
        &mut self,
        store: Option<u16>,
        operands: &[Symbol],
        word: impl FnOnce(bool, u16) -> Word,
    ) -> usize {
        match store {
            Some(local) => {
                self.protect_local(local, operands);
                self.emit(word(true, local), operands);
                2
            }
            None => {
                self.result(|to| word(false, to), operands);
                1
            }
        }
    }

    fn arithmetic(&mut self, forms: Arithmetic, store: Option<u16>) -> usize {
        let [left, right] = self.take::<2>();
        let x = forms.in_place.into();
        if let Symbol::Const(constant) = right
            && let Ok(constant) = u16::try_from(constant)
        {
            let ([left], [operand]) = self.in_slots([left]);
            return self.result_or_store(store, &[operand], |stores, to| {
                let op = if stores { forms.constant_store } else { forms.constant };
                Word::abc(op, to, left, constant).with_x(x)
            });
        }
        let (slots, operands) = self.in_slots([left, right]);
        self.result_or_store(store, &operands, |stores, to| {
            let op = if stores { forms.slots_store } else { forms.slots };
            Word::abc(op, to, slots[0], slots[1]).with_x(x)
        })
    }

    fn subscript(&mut self, store: Option<u16>) -> usize {
        let [object, key] = self.take::<2>();
        if let Symbol::Const(constant) = key
            && let Ok(constant) = u16::try_from(constant)
        {
            let ([object], [operand]) = self.in_slots([object]);
            let x = source(operand);
            return self.result_or_store(store.filter(|_| x != 0), &[operand], |stores, to| {
                let op = if stores { WordOp::SubscriptConstStore } else { WordOp::SubscriptConst };
                Word::abc(op, to, object, constant).with_x(x)
            });
        }
        let (slots, operands) = self.in_slots([object, key]);
        // A word releases one thing at most: a temporary object or the old value of a local.
        let x = source(operands[0]);
        self.result_or_store(store.filter(|_| x != 0), &operands, |stores, to| {
            let op = if stores { WordOp::SubscriptStore } else { WordOp::Subscript };
            Word::abc(op, to, slots[0], slots[1]).with_x(x)
        })
    }

    fn load_attr(&mut self, name: u32, store: Option<u16>) -> usize {
        let (slots, operands) = self.take_slots::<1>();
        let site = self.site(name, false) as u16;
        let x = source(operands[0]);
        self.result_or_store(store.filter(|_| x != 0), &operands, |stores, to| {
            let op = if stores { WordOp::LoadAttrStore } else { WordOp::LoadAttr };
            Word::abc(op, to, slots[0], site).with_x(x)
        })
    }

    /// A comparison and the branch on it in one word, if both are of that kind.
    fn comparing_jump(&mut self, op: Op, jump: Op, target: u32) -> Option<usize> {
        let sense = match jump {
            Op::PopJumpIfTrue | Op::PopJumpBackIfTrue => true,
            Op::PopJumpIfFalse | Op::PopJumpBackIfFalse => false,
            _ => return None,
        };
        let identity = match op {
            Op::Is => Some(sense),
            Op::IsNot => Some(!sense),
            _ => None,
        };
        let jumps = comparing_jumps(op);
        if identity.is_none() && jumps.is_none() {
            return None;
        }
        let x = (op == Op::NotEqual).into();
        // The operands are taken before the rest is written out, so sort out what lies below first.
        let depth = self.stack.len() - 2;
        self.write_out_below(depth);
        let [left, right] = self.take::<2>();
        if let (Some(jumps), Symbol::Const(constant)) = (jumps, right)
            && let Ok(constant) = u16::try_from(constant)
        {
            let ([left], [operand]) = self.in_slots([left]);
            let word = jumps[if sense { 2 } else { 3 }];
            self.emit_jump(Word::abc(word, left, constant, 0).with_x(x), target, true, &[operand]);
            return Some(2);
        }
        let (slots, operands) = self.in_slots([left, right]);
        let word = match (identity, jumps) {
            (Some(true), _) => WordOp::JumpIfIs,
            (Some(false), _) => WordOp::JumpIfIsNot,
            (None, Some(jumps)) => jumps[if sense { 0 } else { 1 }],
            (None, None) => unreachable!("one of the two was found above"),
        };
        self.emit_jump(Word::abc(word, slots[0], slots[1], 0).with_x(x), target, true, &operands);
        Some(2)
    }

    fn unary(&mut self, op: WordOp) {
        let (slots, operands) = self.take_slots::<1>();
        self.result(|to| Word::abc(op, to, slots[0], 0), &operands);
    }

    fn branch(&mut self, op: WordOp, target: u32) {
        let depth = self.stack.len() - 1;
        self.write_out_below(depth);
        let (slots, operands) = self.take_slots::<1>();
        self.emit_jump(Word::wide(op, slots[0], 0), target, false, &operands);
    }

    fn branch_or_pop(&mut self, op: WordOp, target: u32) {
        self.write_out();
        let slot = self.canonical(self.stack.len() - 1);
        self.emit_jump(Word::wide(op, slot, 0), target, false, &[]);
        self.pop();
    }

    fn for_iter(&mut self, target: u32, store: Option<u16>, leaders: &[bool]) -> usize {
        self.write_out();
        let iterator = self.canonical(self.stack.len() - 1);
        if self.far || !self.fuse {
            self.emit_jump(Word::wide(WordOp::ForIterFar, iterator, 0), target, false, &[]);
            self.push_temp();
            return 1;
        }
        match store {
            None if let Some((first, second)) = self.pair_target(leaders) => {
                let word = Word::abc(WordOp::ForIterPair, iterator, first, 0).with_x(second);
                self.emit_jump(word, target, true, &[]);
                self.push_temp();
                1
            }
            Some(local) => {
                self.emit_jump(Word::abc(WordOp::ForIterStore, iterator, local, 0), target, true, &[]);
                2
            }
            None => {
                self.emit_jump(Word::abc(WordOp::ForIter, iterator, iterator + 1, 0), target, true, &[]);
                self.push_temp();
                1
            }
        }
    }

    /// The two locals that the items of a loop are unpacked into: the three words after the loop's do that.
    fn pair_target(&self, leaders: &[bool]) -> Option<(u16, u8)> {
        let after = self.index + 1;
        let [unpack, first, second] = self.unit.instructions.get(after..after + 3)? else { return None };
        let is_pair = unpack.op == Op::UnpackSequence
            && unpack.arg == 2
            && first.op == Op::StoreLocal
            && second.op == Op::StoreLocal
            && first.arg != second.arg
            && !leaders[after..after + 3].contains(&true);
        if is_pair { Some((first.arg as u16, u8::try_from(second.arg).ok()?)) } else { None }
    }

    /// `a, b = b, a`: the values change places, and no tuple is made.
    fn exchange(&mut self, count: u32, next: &crate::bytecode::Instruction) -> bool {
        let depth = self.stack.len();
        if next.op != Op::UnpackSequence || next.arg != count || !(2..=3).contains(&count) || depth > 60 {
            return false;
        }
        self.stack.swap(depth - 1, depth - count as usize);
        // The compiler showed that the locals outlive the tuple, not what is taken out of it.
        for symbol in &mut self.stack[depth - count as usize..] {
            if let Symbol::Local { borrowed, .. } = symbol {
                *borrowed = false;
            }
        }
        true
    }

    fn return_value(&mut self) {
        let word = match self.pop() {
            Symbol::Temp(slot) => {
                self.stack.push(Symbol::Temp(slot));
                Word::abc(WordOp::Return, slot, self.base, 0)
            }
            Symbol::Local { slot, .. } => Word::abc(WordOp::ReturnLocal, slot, self.base, 0),
            Symbol::Const(index) => Word::wide(WordOp::ReturnConst, 0, index),
        };
        self.emit(word, &[]);
    }

    fn pop_value(&mut self) {
        if let Symbol::Temp(slot) = self.pop() {
            self.emit(Word::abc(WordOp::Release, slot, 0, 0), &[Symbol::Temp(slot)]);
        }
    }

    fn copy(&mut self, depth: u32) {
        let symbol = self.stack[self.stack.len() - depth as usize];
        match symbol {
            Symbol::Temp(_) => {
                let to = self.push_temp();
                // Sorting may have moved it.
                let Symbol::Temp(from) = self.stack[self.stack.len() - 1 - depth as usize] else {
                    unreachable!("sorting keeps temporaries temporary")
                };
                self.stack.pop();
                self.emit(Word::abc(WordOp::CopyOwned, to, from, 0), &[]);
                self.stack.push(Symbol::Temp(to));
            }
            noted => self.push_symbol(noted),
        }
    }

    fn swap(&mut self, depth: u32) {
        let top = self.stack.len() - 1;
        let other = self.stack.len() - depth as usize;
        if self.fuse && top < 64 {
            self.stack.swap(top, other);
        } else {
            self.write_out();
            self.emit(Word::abc(WordOp::Swap, self.canonical(top), self.canonical(other), 0), &[]);
        }
    }

    fn store_local(&mut self, local: u16) {
        let symbol = self.pop();
        match symbol {
            Symbol::Local { slot, .. } if slot == local => {}
            Symbol::Local { slot, .. } => {
                self.protect_local(local, &[]);
                self.emit(Word::abc(WordOp::CopyStore, local, slot, 0), &[]);
            }
            Symbol::Const(index) => {
                self.protect_local(local, &[]);
                self.emit(Word::wide(WordOp::LoadConstStore, local, index), &[]);
            }
            Symbol::Temp(slot) => {
                self.stack.push(symbol);
                self.protect_local(local, &[]);
                // Sorting may have moved it.
                let moved = self.pop();
                let slot = if let Symbol::Temp(slot) = moved { slot } else { slot };
                self.emit(Word::abc(WordOp::MoveStore, local, slot, 0), &[moved]);
            }
        }
    }

    /// `ListAppend` and `SetAdd`: the container stays on the stack.
    fn append(&mut self, op: WordOp, depth: u32) {
        let (slots, operands) = self.take_slots::<1>();
        let container = self.stack.len() - depth as usize;
        let slot = self.canonical(container);
        debug_assert_eq!(self.stack[container], Symbol::Temp(slot));
        self.emit(Word::abc(op, slot, slots[0], 0), &operands);
    }

    /// The frame slot of a cell or free variable.
    pub(super) fn cell_slot(&self, cell: u32) -> u16 {
        (self.unit.local_names.len() + cell as usize) as u16
    }
}
