//! How far lines are indented, and which blocks that begins and ends.
//!
//! Columns are measured twice, with tabs to the next multiple of eight and with tabs as one: where
//! the two disagree about nesting, the mix of tabs and spaces is ambiguous and refused.

/// 100, as CPython's tokenizer allows (CPython: MAXINDENT).
const MAX_INDENTS: usize = 100;

/// An indentation, measured both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    wide: u32,
    narrow: u32,
}

/// What the indentation of a line means for the blocks around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The line belongs to the innermost block.
    Same,
    /// The line begins a block.
    Deeper,
    /// The line ends this many blocks.
    Shallower(usize),
    /// The line stands between two outer blocks.
    Unaligned,
    /// The answer would depend on the width of a tab.
    Inconsistent,
    /// The line begins one block too many.
    TooMany,
}

/// The blocks that are open, by their indentation.
#[derive(Default)]
pub struct Indentation {
    open: Vec<Column>,
}

impl Indentation {
    /// Returns the number of open blocks.
    pub fn blocks(&self) -> usize {
        self.open.len()
    }

    /// Measures the blanks at the start of `rest`: their bytes, and their column unless the line
    /// holds nothing else than a comment.
    pub fn measure(&self, rest: &[u8]) -> (usize, Option<Column>) {
        let (mut at, mut column) = (0, Column::default());
        // Lines joined by a backslash count from the first one's indentation.
        let mut joined = None;
        loop {
            match rest.get(at) {
                Some(b' ') => column = Column { wide: column.wide + 1, narrow: column.narrow + 1 },
                Some(b'\t') => column = Column { wide: (column.wide / 8 + 1) * 8, narrow: column.narrow + 1 },
                Some(b'\x0c') => column = Column::default(),
                Some(b'\\') if rest.get(at + 1) == Some(&b'\n') => {
                    joined = joined.or(Some(column));
                    at += 1;
                }
                None | Some(b'\n' | b'#') => return (at, None),
                Some(_) => return (at, Some(joined.unwrap_or(column))),
            }
            at += 1;
        }
    }

    /// Decides what a line at `column` means, and opens or closes blocks accordingly.
    pub fn step(&mut self, column: Column) -> Step {
        let top = self.open.last().copied().unwrap_or_default();
        if column.wide > top.wide {
            if column.narrow <= top.narrow {
                return Step::Inconsistent;
            }
            if self.open.len() + 2 > MAX_INDENTS {
                return Step::TooMany;
            }
            self.open.push(column);
            return Step::Deeper;
        }
        let before = self.open.len();
        while self.open.last().is_some_and(|block| block.wide > column.wide) {
            self.open.pop();
        }
        let top = self.open.last().copied().unwrap_or_default();
        if column.wide != top.wide {
            return Step::Unaligned;
        }
        if column.narrow != top.narrow {
            return Step::Inconsistent;
        }
        match before - self.open.len() {
            0 => Step::Same,
            blocks => Step::Shallower(blocks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(indentation: &mut Indentation, line: &str) -> Step {
        let (_, column) = indentation.measure(line.as_bytes());
        indentation.step(column.unwrap())
    }

    #[test]
    fn blocks_open_and_close() {
        let mut indentation = Indentation::default();
        assert_eq!(step(&mut indentation, "a"), Step::Same);
        assert_eq!(step(&mut indentation, "  a"), Step::Deeper);
        assert_eq!(step(&mut indentation, "    a"), Step::Deeper);
        assert_eq!(step(&mut indentation, "a"), Step::Shallower(2));
        assert_eq!(indentation.blocks(), 0);
    }

    #[test]
    fn tabs_must_not_matter() {
        let mut indentation = Indentation::default();
        assert_eq!(step(&mut indentation, "\ta"), Step::Deeper);
        assert_eq!(step(&mut indentation, "        a"), Step::Inconsistent);
    }

    #[test]
    fn a_line_between_blocks_is_refused() {
        let mut indentation = Indentation::default();
        step(&mut indentation, "    a");
        assert_eq!(step(&mut indentation, "  a"), Step::Unaligned);
    }

    #[test]
    fn comments_and_blank_lines_have_no_column() {
        let indentation = Indentation::default();
        assert_eq!(indentation.measure(b"   # x"), (3, None));
        assert_eq!(indentation.measure(b"  \n"), (2, None));
        assert_eq!(indentation.measure(b""), (0, None));
    }
}
