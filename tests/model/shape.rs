//! The heaps the model is tried on, one by one or at random, and how `driver.mv` reads them.
//!
//! A heap is up to 12 nodes in order of birth. A node is an object with one thing its finalizer does, a
//! class, or a weak reference; objects and classes have up to two references, an object may be an instance of
//! an older class of the heap. With a *hub* all nodes hang off one cycle and die in one collection; without it
//! they are dropped one by one, so that counting frees what it can.

/// What a node is, or what its finalizer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Nothing,
    Log,
    Keep,
    KeepTarget,
    Make,
    ChangeClass,
    Break,
    Raise,
    Collect,
    Class,
    Weak,
    Call,
    CallSubclasses,
}

impl Action {
    pub const ALL: [Action; 13] = [
        Action::Nothing,
        Action::Log,
        Action::Keep,
        Action::KeepTarget,
        Action::Make,
        Action::ChangeClass,
        Action::Break,
        Action::Raise,
        Action::Collect,
        Action::Class,
        Action::Weak,
        Action::Call,
        Action::CallSubclasses,
    ];
    pub fn is_weak(self) -> bool {
        matches!(self, Action::Weak | Action::Call | Action::CallSubclasses)
    }
    fn letter(self) -> char {
        b"nlkKmcbrgCwWs"[self as usize].into()
    }
}

/// One object, class or weak reference.
#[derive(Clone, Debug)]
pub struct Node {
    pub action: Action,
    /// An older class of the heap, for objects.
    pub class: Option<usize>,
    /// What it refers to; the referent of a weak reference, which is older.
    pub edges: [Option<usize>; 2],
    /// Whether the program holds it when the first collection comes.
    pub root: bool,
}

/// One heap.
#[derive(Clone, Debug)]
pub struct Heap {
    pub hub: bool,
    pub nodes: Vec<Node>,
}

impl Heap {
    /// The line that `driver.mv` reads.
    pub fn line(&self) -> String {
        let digit = |to: &Option<usize>| to.map_or("-".to_owned(), |to| to.to_string());
        let mut line = String::from(if self.hub { "h" } else { "-" });
        for node in &self.nodes {
            let edges = node.edges.each_ref().map(digit).join("/");
            let class = digit(&node.class);
            line += &format!(" {},{class},{edges},{}", node.action.letter(), u8::from(node.root));
        }
        line
    }
}

/// Every node that may stand at `index` of `count`: any action of `actions`, any first reference, any older
/// class. Weak references with a callback are held by the program, all else is not.
pub fn choices(actions: &[Action], index: usize, count: usize, older: &[Node]) -> Vec<Node> {
    let mut nodes = Vec::new();
    let targets = || std::iter::once(None).chain((0..count).map(Some));
    let is_class = |at: &usize| older[*at].action == Action::Class;
    for &action in actions {
        let root = matches!(action, Action::Call | Action::CallSubclasses);
        let node = |class, first| Node { action, class, edges: [first, None], root };
        match action {
            Action::Class => nodes.extend(targets().map(|to| node(None, to))),
            _ if action.is_weak() => nodes.extend((0..index).map(|to| node(None, Some(to)))),
            _ => {
                let classes: Vec<usize> = (0..index).filter(is_class).collect();
                for class in std::iter::once(None).chain(classes.into_iter().map(Some)) {
                    nodes.extend(targets().map(|to| node(class, to)));
                }
            }
        }
    }
    nodes
}

/// Shows every heap of `count` nodes of these actions, with and without a hub.
pub fn every(actions: &[Action], count: usize, see: &mut impl FnMut(Heap)) {
    fn grow(actions: &[Action], count: usize, nodes: &mut Vec<Node>, see: &mut impl FnMut(Heap)) {
        if nodes.len() == count {
            for hub in [false, true] {
                see(Heap { hub, nodes: nodes.clone() });
            }
            return;
        }
        for node in choices(actions, nodes.len(), count, nodes) {
            nodes.push(node);
            grow(actions, count, nodes, see);
            nodes.pop();
        }
    }
    grow(actions, count, &mut Vec::new(), see);
}

/// A source of numbers that is the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    /// A heap of up to 12 nodes.
    pub fn heap(&mut self) -> Heap {
        let count = 1 + self.below(12);
        let mut nodes: Vec<Node> = Vec::new();
        for index in 0..count {
            let action = Action::ALL[self.below(if index == 0 { 10 } else { 13 })];
            let classes: Vec<usize> = (0..index).filter(|&at| nodes[at].action == Action::Class).collect();
            let is_object = !action.is_weak() && action != Action::Class;
            let class = if is_object && !classes.is_empty() && self.below(2) == 0 {
                Some(classes[self.below(classes.len())])
            } else {
                None
            };
            let edges = match action.is_weak() {
                true => [Some(self.below(index)), None],
                false => [0, 1].map(|_| (self.below(3) > 0).then(|| self.below(count))),
            };
            let root = self.below(if action.is_weak() { 2 } else { 8 }) == 0;
            nodes.push(Node { action, class, edges, root });
        }
        Heap { hub: self.below(3) == 0, nodes }
    }
}
