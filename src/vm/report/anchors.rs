//! Where the operator of a binary operation is, the brackets of a subscript, those of a call.
//!
//! The tree knows where operands begin and end. The operator is between them, maybe behind closing brackets, comments
//! and line ends (CPython: `_extract_caret_anchors_from_line_segment`).

use crate::memory;
use crate::source::SourceText;
use crate::syntax;
use crate::syntax::tree::{Expr, ExprKind, Stmt, StmtKind};
use crate::text::unicode;

/// A place in some lines: the line from 0, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The part of an expression that is marked, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// Where it begins.
    pub left: Place,
    /// Where it ends.
    pub right: Place,
}

/// Returns what is to be marked in the text of an expression; nothing if it is no operation, subscript or call.
pub fn find(segment: &str) -> Option<Anchors> {
    // With brackets around it an expression may go over several lines.
    let wrapped = memory::formatted(format_args!("(\n{segment}\n)")).ok()?;
    let source = SourceText::new("<traceback>", &wrapped);
    let tree = syntax::parse_module(&source).ok()?;
    let [Stmt { kind: StmtKind::Expr { value }, .. }] = &tree.body[..] else { return None };
    let text =
        Segment { source: &source, lines: segment.split('\n').map(|line| line.chars().collect()).collect() };
    match &value.kind {
        ExprKind::BinOp { left, right, .. } => text.operator(left, right),
        ExprKind::Subscript { value: object, .. } => text.brackets(object, value, '['),
        ExprKind::Call { func, .. } => text.brackets(func, value, '('),
        _ => None,
    }
}

/// The lines of an expression, and the text with brackets around them.
struct Segment<'a> {
    source: &'a SourceText,
    lines: Vec<Vec<char>>,
}

impl Segment<'_> {
    /// Turns an offset in the text with brackets into a place in the lines.
    fn place(&self, offset: u32) -> Option<Place> {
        let position = self.source.position(offset);
        let line = (position.line as usize).checked_sub(2)?;
        let column = chars_before(self.source.line_text(position.line), position.column as usize);
        (line < self.lines.len()).then_some(Place { line, column })
    }

    /// Returns the place itself, or the next one where there is a character.
    fn settled(&self, mut place: Place) -> Option<Place> {
        while place.column >= self.lines.get(place.line)?.len() {
            place = Place { line: place.line + 1, column: 0 };
        }
        Some(place)
    }

    /// Returns the first place that holds such a character, outside of comments.
    fn search(&self, from: Place, is_wanted: impl Fn(char) -> bool) -> Option<Place> {
        let mut at = self.settled(from)?;
        loop {
            at = match self.lines[at.line][at.column] {
                '\\' | '#' => self.settled(Place { line: at.line + 1, column: 0 })?,
                found if is_wanted(found) => return Some(at),
                _ => self.settled(Place { column: at.column + 1, ..at })?,
            };
        }
    }

    /// Finds the one or two characters between two operands.
    fn operator(&self, left: &Expr, right: &Expr) -> Option<Anchors> {
        let is_operator = |found: char| !unicode::is_space(found) && found != ')';
        let begin = self.search(self.place(left.span.end)?, is_operator)?;
        let mut end = Place { column: begin.column + 1, ..begin };
        let operand = self.place(right.span.start)?;
        let is_before_operand = operand.line > end.line || end.column < operand.column;
        let second = self.lines[end.line].get(end.column);
        if is_before_operand
            && second.is_some_and(|&second| !unicode::is_space(second) && !matches!(second, '\\' | '#'))
        {
            end.column += 1;
        }
        Some(Anchors { left: begin, right: end })
    }

    /// Finds the bracket behind an operand, and the end of the whole, which is the other bracket.
    fn brackets(&self, operand: &Expr, whole: &Expr, open: char) -> Option<Anchors> {
        let left = self.search(self.place(operand.span.end)?, |found| found == open)?;
        Some(Anchors { left, right: self.place(whole.span.end)? })
    }
}

/// Returns how many characters begin before a byte.
pub fn chars_before(text: &str, bytes: usize) -> usize {
    text.char_indices().take_while(|(offset, _)| *offset < bytes).count()
}
