//! One method for each group of instructions whose words name operands directly.
//!
//! Everything else is in `window.rs`: its operands are written out to consecutive slots.

use super::recipe::{Recipe, Window, recipe};
use super::symbols::{Lowering, Symbol};
use crate::bytecode::{Access, Flow, Form, Instruction, Test, Word, WordOp};

/// How unpacking is lowered; exchanges and loops over pairs look for it.
const UNPACK: Recipe = Recipe::Window(Window::Counted(WordOp::UnpackSequence));

/// Returns how a word gets the object of an attribute or item.
const fn object_access(symbol: Symbol) -> Access {
    match symbol {
        Symbol::Temp(_) | Symbol::Const(_) => Access::empty(),
        Symbol::Local { borrowed: true, .. } => Access::OBJECT_BORROWED,
        Symbol::Local { borrowed: false, .. } => Access::OBJECT_COUNTED,
    }
}

/// Returns how a word gets its two operands: an object, and the value that it stores in it.
const fn access([value, object]: [Symbol; 2]) -> Access {
    match value {
        Symbol::Local { .. } => object_access(object).union(Access::VALUE_STAYS),
        Symbol::Temp(_) | Symbol::Const(_) => object_access(object),
    }
}

impl Lowering<'_> {
    /// Lowers the instruction at `index` and perhaps those after it; returns how many.
    pub(super) fn instruction(&mut self, index: usize, leaders: &[bool]) -> usize {
        let Instruction { op, arg } = self.unit.instructions[index];
        // Only an instruction that nobody jumps to can melt into this one.
        let next = if self.fuse && !leaders[index + 1] {
            self.unit.instructions.get(index + 1).copied()
        } else {
            None
        };
        let store = match next {
            Some(next) if recipe(next.op) == Recipe::StoreLocal => Some(next.arg as u16),
            Some(_) | None => None,
        };
        match recipe(op) {
            Recipe::Nothing => {}
            Recipe::Pop => self.pop_value(),
            Recipe::Copy => self.copy(arg),
            Recipe::Swap => self.swap(arg),
            Recipe::Constant => self.push_symbol(Symbol::Const(arg)),
            Recipe::Local { checked, borrowed } => {
                if checked {
                    self.emit(Word::abc(WordOp::CheckLocal, arg as u16, 0, 0), &[]);
                }
                self.push_symbol(Symbol::Local { slot: arg as u16, borrowed });
            }
            Recipe::StoreLocal => self.store_local(arg as u16),
            Recipe::Unbind(word) => {
                self.protect_local(arg as u16, &[]);
                self.emit(Word::abc(word, arg as u16, 0, 0), &[]);
            }
            Recipe::Arithmetic { word, augmented } => return self.arithmetic(word, augmented, store),
            Recipe::Binary { word, augmented } => self.binary(word, augmented),
            Recipe::Compare { word, jump, contrary } => {
                if let Some(next) = next.filter(|_| !self.far)
                    && let Some(sense) = asks_for_truth(next)
                {
                    self.comparing_jump(jump, contrary, sense, next.arg);
                    return 2;
                }
                self.binary(word, false);
            }
            Recipe::Unary(word) => self.unary(word),
            Recipe::LoadAttr => return self.load_attr(arg, store),
            Recipe::StoreAttr => {
                let (slots, operands) = self.take_slots::<2>();
                let site = self.site(arg, false) as u16;
                let word = Word::abc(WordOp::StoreAttr, slots[0], slots[1], site);
                self.emit(word.with_access(access(operands)), &operands);
            }
            Recipe::LoadMethod => {
                let (slots, operands) = self.take_slots::<1>();
                let site = self.site(arg, false) as u16;
                let to = self.canonical(self.stack.len());
                let word = Word::abc(WordOp::LoadMethod, to, slots[0], site);
                self.emit(word.with_access(object_access(operands[0])), &operands);
                self.push_temp();
                self.push_temp();
            }
            Recipe::Subscript => return self.subscript(store),
            Recipe::StoreSubscript => {
                let (slots, operands) = self.take_slots::<3>();
                let word = Word::abc(WordOp::StoreSubscript, slots[0], slots[1], slots[2]);
                self.emit(word.with_access(access([operands[0], operands[1]])), &operands);
            }
            Recipe::DeleteSubscript => {
                let (slots, operands) = self.take_slots::<2>();
                self.emit(Word::abc(WordOp::DeleteSubscript, 0, slots[0], slots[1]), &operands);
            }
            Recipe::Jump(word) => {
                self.write_out();
                self.emit_jump(Word::wide(word, 0, 0), arg, false, &[]);
            }
            Recipe::Branch(word) => self.branch(word, arg),
            Recipe::BranchKeeping(word) => self.branch_keeping(word, arg),
            Recipe::ForIter => return self.for_iter(arg, store, leaders),
            Recipe::Return => self.return_value(),
            Recipe::StoreCell => {
                let (slots, operands) = self.take_slots::<1>();
                let cell = self.cell_slot(arg);
                self.emit(Word::abc(WordOp::StoreCell, cell, slots[0], 0), &operands);
            }
            Recipe::Append(word) => self.append(word, arg),
            Recipe::DictSet => {
                let (slots, operands) = self.take_slots::<2>();
                let container = self.canonical(self.stack.len() - arg as usize);
                self.emit(Word::abc(WordOp::DictSet, container, slots[0], slots[1]), &operands);
            }
            Recipe::BuildTuple => {
                if next.is_some_and(|next| self.exchange(arg, next)) {
                    return 2;
                }
                self.window(op, arg, |_, base| Word::abc(WordOp::BuildTuple, base, arg as u16, 0));
            }
            Recipe::CallKeywords(word) => self.call_keywords(op, word, arg),
            Recipe::Window(window) => {
                self.window(op, arg, |lowering, base| lowering.word_of_window(window, arg, base));
            }
        }
        1
    }

    /// Pops `N` operands and finds a slot for each. Returns the slots and the symbols.
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

    /// Writes a word whose result goes to the local of a store that follows, or becomes the new top. Returns
    /// how many instructions were used.
    fn result_or_store(
        &mut self,
        store: Option<u16>,
        operands: &[Symbol],
        word: impl FnOnce(Form, u16) -> Word,
    ) -> usize {
        match store {
            Some(local) => {
                self.protect_local(local, operands);
                self.emit(word(Form::STORES, local), operands);
                2
            }
            None => {
                self.result(|to| word(Form::empty(), to), operands);
                1
            }
        }
    }

    fn binary(&mut self, word: WordOp, augmented: bool) {
        let (slots, operands) = self.take_slots::<2>();
        self.result(|to| Word::abc(word, to, slots[0], slots[1]).with_x(augmented.into()), &operands);
    }

    fn arithmetic(&mut self, word: WordOp, augmented: bool, store: Option<u16>) -> usize {
        let [left, right] = self.take::<2>();
        let x = augmented.into();
        if let Symbol::Const(constant) = right
            && let Ok(constant) = u16::try_from(constant)
        {
            let ([left], [operand]) = self.in_slots([left]);
            return self.result_or_store(store, &[operand], |stores, to| {
                Word::abc(formed(word, Form::CONSTANT | stores), to, left, constant).with_x(x)
            });
        }
        let (slots, operands) = self.in_slots([left, right]);
        self.result_or_store(store, &operands, |stores, to| {
            Word::abc(formed(word, stores), to, slots[0], slots[1]).with_x(x)
        })
    }

    fn subscript(&mut self, store: Option<u16>) -> usize {
        let [object, key] = self.take::<2>();
        if let Symbol::Const(constant) = key
            && let Ok(constant) = u16::try_from(constant)
        {
            let ([object], [operand]) = self.in_slots([object]);
            let access = object_access(operand);
            return self.result_or_store(store.filter(|_| !access.is_empty()), &[operand], |stores, to| {
                let word = formed(WordOp::Subscript, Form::CONSTANT | stores);
                Word::abc(word, to, object, constant).with_access(access)
            });
        }
        let (slots, operands) = self.in_slots([object, key]);
        // A word releases one thing at most: a temporary object or the old value of a local.
        let access = object_access(operands[0]);
        self.result_or_store(store.filter(|_| !access.is_empty()), &operands, |stores, to| {
            Word::abc(formed(WordOp::Subscript, stores), to, slots[0], slots[1]).with_access(access)
        })
    }

    fn load_attr(&mut self, name: u32, store: Option<u16>) -> usize {
        let (slots, operands) = self.take_slots::<1>();
        let site = self.site(name, false) as u16;
        let access = object_access(operands[0]);
        self.result_or_store(store.filter(|_| !access.is_empty()), &operands, |stores, to| {
            Word::abc(formed(WordOp::LoadAttr, stores), to, slots[0], site).with_access(access)
        })
    }

    /// Writes a comparison and the branch on its answer as one word; `sense` is the answer on which it jumps.
    fn comparing_jump(&mut self, jump: WordOp, contrary: bool, sense: bool, target: u32) {
        let asks_equality = jump == WordOp::JumpIfEqual;
        let x = (contrary && asks_equality).into();
        let negated = if sense == contrary { Form::NEGATED } else { Form::empty() };
        // The operands are taken before the rest is written out, so sort out what lies below first.
        let depth = self.stack.len() - 2;
        self.write_out_below(depth);
        let [left, right] = self.take::<2>();
        if let Symbol::Const(constant) = right
            && let Ok(constant) = u16::try_from(constant)
            && let Some(word) = jump.with_form(Form::CONSTANT | negated)
        {
            let ([left], [operand]) = self.in_slots([left]);
            return self.emit_jump(Word::abc(word, left, constant, 0).with_x(x), target, true, &[operand]);
        }
        let (slots, operands) = self.in_slots([left, right]);
        let word = Word::abc(formed(jump, negated), slots[0], slots[1], 0).with_x(x);
        self.emit_jump(word, target, true, &operands);
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

    fn branch_keeping(&mut self, op: WordOp, target: u32) {
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

    /// Returns the two locals that a loop unpacks its items into, if the three words after the loop's do that.
    fn pair_target(&self, leaders: &[bool]) -> Option<(u16, u8)> {
        let after = self.index + 1;
        let [unpack, first, second] = self.unit.instructions.get(after..after + 3)? else { return None };
        let is_pair = recipe(unpack.op) == UNPACK
            && unpack.arg == 2
            && recipe(first.op) == Recipe::StoreLocal
            && recipe(second.op) == Recipe::StoreLocal
            && first.arg != second.arg
            && !leaders[after..after + 3].contains(&true);
        if is_pair { Some((first.arg as u16, u8::try_from(second.arg).ok()?)) } else { None }
    }

    /// Lowers `a, b = b, a` to words that exchange the values without a tuple; false if it is not such an
    /// assignment.
    fn exchange(&mut self, count: u32, next: Instruction) -> bool {
        let depth = self.stack.len();
        let is_unpacked = recipe(next.op) == UNPACK && next.arg == count;
        if !is_unpacked || !(2..=3).contains(&count) || depth > 60 {
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

/// Returns the operation in another form, which the table must have.
fn formed(word: WordOp, form: Form) -> WordOp {
    word.with_form(form).expect("recipes name families that have the form")
}

/// Returns the answer on which the instruction jumps, if it is a branch on truth.
fn asks_for_truth(instruction: Instruction) -> Option<bool> {
    match instruction.op.flow() {
        Flow::Branch { on: Test::True, pushes: 0 } => Some(true),
        Flow::Branch { on: Test::False, pushes: 0 } => Some(false),
        Flow::Branch { .. } | Flow::Next | Flow::Stop | Flow::Jump => None,
    }
}
