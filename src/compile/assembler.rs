//! The assembler of one unit: instructions, labels, handlers, constants and names.
//!
//! It knows the depth of the stack at every moment. After an instruction that control does not
//! pass, and until a label that something jumps to, the position is unreachable and nothing is
//! emitted: dead code never exists. Targets are labels until `compile/emit/finish.rs` makes them indices.
//! Operations on constants are folded as they are emitted.

use rustc_hash::FxHashMap;

use super::fold;
use crate::bytecode::{Const, Flow, Folds, Op, Operand};
use crate::source::Span;
use crate::syntax::tree::Name;

/// A place in the code, perhaps not placed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(pub(super) u32);

/// Which handler covers an instruction: an index into `Assembler::handlers`, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HandlerId(pub(super) Option<u32>);

impl HandlerId {
    /// No handler: the exception leaves the frame.
    pub(super) const NONE: HandlerId = HandlerId(None);
}

/// An instruction that is not in its final place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Emitted {
    /// What is done.
    pub op: Op,
    /// The operand; a `Target` is a label.
    pub arg: u32,
    /// Where it comes from; empty for code that no text stands for.
    pub span: Span,
    /// What handles its exceptions.
    pub handler: HandlerId,
    /// The statement that a jump passes on its way, if it jumps; empty for none.
    pub passes: Span,
}

const UNKNOWN: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct LabelState {
    /// The index of the instruction it stands before.
    at: u32,
    /// The depth of the stack there.
    depth: u32,
}

/// The code of one unit while it is being made.
pub(super) struct Assembler {
    /// The instructions.
    pub code: Vec<Emitted>,
    /// For every handler its label and the depth that the stack is cut to.
    pub handlers: Vec<(Label, u32)>,
    /// The handler in force.
    pub handler: HandlerId,
    /// The constants.
    pub consts: Vec<Const>,
    /// The names.
    pub names: Vec<Name>,
    labels: Vec<LabelState>,
    /// The largest depth so far.
    pub max_depth: u32,
    depth: u32,
    is_reachable: bool,
    /// No instruction before this index may be merged with those after it.
    barrier: usize,
    const_index: FxHashMap<Const, u32>,
    name_index: FxHashMap<Name, u32>,
}

impl Assembler {
    /// Makes an empty unit.
    pub(super) fn new() -> Self {
        Assembler {
            code: Vec::new(),
            handlers: Vec::new(),
            handler: HandlerId::NONE,
            consts: Vec::new(),
            names: Vec::new(),
            labels: Vec::new(),
            max_depth: 0,
            depth: 0,
            is_reachable: true,
            barrier: 0,
            const_index: FxHashMap::default(),
            name_index: FxHashMap::default(),
        }
    }

    /// Emits an instruction, unless control cannot come here.
    pub(super) fn emit(&mut self, op: Op, arg: u32, span: Span) {
        if !self.is_reachable || self.fold(op, arg, span) {
            return;
        }
        self.push(op, arg, span);
    }

    fn push(&mut self, op: Op, arg: u32, span: Span) {
        self.code.push(Emitted { op, arg, span, handler: self.handler, passes: Span::default() });
        let below = self.depth.checked_sub(op.pops(arg)).expect("generated code never pops too much");
        self.depth = below + op.pushes(arg);
        self.max_depth = self.max_depth.max(self.depth);
        match op.flow() {
            Flow::Next => {}
            Flow::Stop => self.is_reachable = false,
            Flow::Jump => {
                self.meet(Label(arg), self.depth);
                self.is_reachable = false;
            }
            Flow::Branch { pushes, .. } => self.meet(Label(arg), below + pushes),
        }
    }

    /// Emits a jump to a label.
    pub(super) fn jump(&mut self, op: Op, to: Label, span: Span) {
        debug_assert!(op.operand().is_target());
        self.emit(op, to.0, span);
    }

    /// Emits the load of a constant.
    pub(super) fn load_const(&mut self, value: Const, span: Span) {
        if self.is_reachable {
            let index = self.constant(value);
            self.push(Op::LoadConst, index, span);
        }
    }

    /// Emits an instruction whose operand is a name.
    pub(super) fn emit_name(&mut self, op: Op, name: &Name, span: Span) {
        debug_assert_eq!(op.operand(), Operand::Name);
        if self.is_reachable {
            let index = match self.name_index.get(&**name) {
                Some(&index) => index,
                None => {
                    let index = self.names.len() as u32;
                    self.names.push(name.clone());
                    self.name_index.insert(name.clone(), index);
                    index
                }
            };
            self.push(op, index, span);
        }
    }

    /// Returns the index of a constant.
    fn constant(&mut self, value: Const) -> u32 {
        if let Some(&index) = self.const_index.get(&value) {
            return index;
        }
        let index = self.consts.len() as u32;
        self.consts.push(value.clone());
        self.const_index.insert(value, index);
        index
    }

    /// Makes a label.
    pub(super) fn label(&mut self) -> Label {
        self.labels.push(LabelState { at: UNKNOWN, depth: UNKNOWN });
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts a label at the current position.
    pub(super) fn place(&mut self, label: Label) {
        // A handler begins with the exception on the stack, which nothing pushed.
        let known = self.labels[label.0 as usize].depth;
        if self.is_reachable {
            self.meet(label, self.depth);
        } else if known != UNKNOWN {
            self.depth = known;
            self.max_depth = self.max_depth.max(known);
            self.is_reachable = true;
        }
        self.labels[label.0 as usize].at = self.code.len() as u32;
        self.barrier = self.code.len();
    }

    /// Records the depth of the stack with which a jump reaches a label.
    fn meet(&mut self, label: Label, depth: u32) {
        let known = &mut self.labels[label.0 as usize].depth;
        assert!(*known == UNKNOWN || *known == depth, "a label is always reached with the same depth");
        *known = depth;
    }

    /// Returns where a label stands.
    pub(super) fn position_of(&self, label: Label) -> u32 {
        let at = self.labels[label.0 as usize].at;
        assert!(at != UNKNOWN, "every label that is jumped to is placed");
        at
    }

    /// Covers what follows by the handler at `label`. The handler finds the stack without its top `above`
    /// values.
    ///
    /// Returns the handler that covered the code until then.
    pub(super) fn enter_handler(&mut self, label: Label, above: u32) -> HandlerId {
        let outer = self.handler;
        if self.is_reachable {
            self.meet(label, self.depth - above + 1);
        }
        self.handlers.push((label, self.depth.saturating_sub(above)));
        self.handler = HandlerId(Some(self.handlers.len() as u32 - 1));
        self.barrier = self.code.len();
        outer
    }

    /// Covers what follows by the handler `outer`. Returns the handler that covered the code until then.
    pub(super) fn set_handler(&mut self, outer: HandlerId) -> HandlerId {
        self.barrier = self.code.len();
        std::mem::replace(&mut self.handler, outer)
    }

    /// Folds an operation whose operands are the constants just loaded.
    fn fold(&mut self, op: Op, arg: u32, span: Span) -> bool {
        if op.folds() == Folds::No {
            return false;
        }
        let count = op.pops(arg) as usize;
        let Some(start) = self.code.len().checked_sub(count).filter(|&start| start >= self.barrier) else {
            return false;
        };
        if self.code[start..].iter().any(|emitted| emitted.op != Op::LoadConst) {
            return false;
        }
        let operands = self.code[start..].iter().map(|emitted| &self.consts[emitted.arg as usize]);
        let Some(value) = fold::apply(op, operands) else { return false };
        self.code.truncate(start);
        self.depth -= count as u32;
        self.load_const(value, span);
        true
    }
}
