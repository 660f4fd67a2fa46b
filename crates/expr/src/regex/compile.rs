//! Nodes → instructions.

use super::class::Class;
use super::syntax::{Assertion, Node, Parsed};

/// An instruction. A flag `back` says that it matches towards the beginning.
#[derive(Debug, Clone)]
pub(super) enum Inst {
    Char {
        unit: u16,
        ignore_case: bool,
        back: bool,
    },
    Class {
        class: usize,
        back: bool,
    },
    /// Goes on at the first; at the second if that fails.
    Split(usize, usize),
    Jump(usize),
    /// Remembers where a group begins.
    Open(usize),
    /// Ends a group.
    Close {
        group: usize,
        back: bool,
    },
    Backreference {
        group: usize,
        ignore_case: bool,
        back: bool,
    },
    Assert(Assertion),
    /// Runs the code that follows up to its `Done`; then goes on at `next`.
    Look {
        next: usize,
        negated: bool,
    },
    Atomic {
        next: usize,
    },
    /// Goes on at the first if the group has a capture, else at the second.
    IfGroup(usize, usize, usize),
    /// Runs the test that follows; goes on at the first if it holds, else at the second.
    IfMatch(usize, usize),
    /// Begins a counted loop.
    Reset(usize),
    /// Decides whether a counted loop goes round again.
    Count {
        counter: usize,
        least: u32,
        most: Option<u32>,
        greedy: bool,
        body: usize,
    },
    /// Remembers where an iteration begins.
    Mark(usize),
    /// Leaves the loop if the iteration matched nothing.
    Progress {
        mark: usize,
        exit: usize,
    },
    Done,
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) insts: Vec<Inst>,
    pub(super) classes: Vec<Class>,
    pub(super) groups: usize,
    pub(super) counters: usize,
    pub(super) marks: usize,
    /// The unit that every match begins with, if that is known.
    first: Option<u16>,
}

impl Code {
    /// The next place at which a match can begin.
    pub(super) fn skip_to(&self, input: &[u16], at: usize) -> usize {
        let Some(first) = self.first else { return at };
        let rest = input.get(at..).unwrap_or_default();
        rest.iter()
            .position(|unit| *unit == first)
            .map_or(input.len(), |offset| at + offset)
    }
}

/// Compiles a pattern.
pub(super) fn compile(parsed: &Parsed, back: bool) -> Code {
    let groups = parsed
        .groups
        .iter()
        .map(|(number, _)| number + 1)
        .max()
        .unwrap_or(1);
    let mut compiler = Compiler {
        code: Code {
            insts: Vec::new(),
            classes: Vec::new(),
            groups,
            counters: 0,
            marks: 0,
            first: if back { None } else { first_unit(&parsed.node) },
        },
    };
    compiler.push(Inst::Open(0));
    compiler.node(&parsed.node, back);
    compiler.push(Inst::Close { group: 0, back });
    compiler.push(Inst::Done);
    compiler.code
}

fn first_unit(node: &Node) -> Option<u16> {
    match node {
        Node::Char {
            unit,
            ignore_case: false,
        } => Some(*unit),
        Node::Sequence(items) => first_unit(items.first()?),
        Node::Group(_, inner) | Node::Atomic(inner) => first_unit(inner),
        Node::Repeat {
            node, least: 1.., ..
        } => first_unit(node),
        _ => None,
    }
}

/// How large a repeated part may be to be written out instead of counted.
const SMALL: usize = 8;

struct Compiler {
    code: Code,
}

impl Compiler {
    fn push(&mut self, inst: Inst) -> usize {
        self.code.insts.push(inst);
        self.code.insts.len() - 1
    }

    fn here(&self) -> usize {
        self.code.insts.len()
    }

    fn patch(&mut self, at: usize, inst: Inst) {
        if let Some(place) = self.code.insts.get_mut(at) {
            *place = inst;
        }
    }

    fn node(&mut self, node: &Node, back: bool) {
        match node {
            Node::Empty => {}
            Node::Char { unit, ignore_case } => self.unit(*unit, *ignore_case, back),
            Node::Class(class) => {
                let class = self.class(class);
                self.push(Inst::Class { class, back });
            }
            Node::Sequence(items) => {
                if back {
                    items.iter().rev().for_each(|item| self.node(item, back));
                } else {
                    for item in items {
                        self.node(item, back);
                    }
                }
            }
            Node::Alternatives(branches) => self.alternatives(branches, back),
            Node::Repeat {
                node,
                least,
                most,
                greedy,
            } => self.repeat(node, (*least, *most), *greedy, back),
            Node::Group(number, inner) => {
                self.push(Inst::Open(*number));
                self.node(inner, back);
                self.push(Inst::Close {
                    group: *number,
                    back,
                });
            }
            Node::Backreference(group, ignore_case) => {
                self.push(Inst::Backreference {
                    group: *group,
                    ignore_case: *ignore_case,
                    back,
                });
            }
            _ => self.test(node, back),
        }
    }

    /// What looks without moving, and what decides by looking.
    fn test(&mut self, node: &Node, back: bool) {
        match node {
            Node::Assert(assertion) => {
                self.push(Inst::Assert(*assertion));
            }
            Node::Look {
                node,
                behind,
                negated,
            } => {
                let at = self.push(Inst::Done);
                self.node(node, *behind);
                self.push(Inst::Done);
                let next = self.here();
                self.patch(
                    at,
                    Inst::Look {
                        next,
                        negated: *negated,
                    },
                );
            }
            Node::Atomic(inner) => {
                let at = self.push(Inst::Done);
                self.node(inner, back);
                self.push(Inst::Done);
                let next = self.here();
                self.patch(at, Inst::Atomic { next });
            }
            Node::IfGroup(group, branches) => {
                let at = self.push(Inst::Done);
                let (yes, no) = self.branches(&branches.0, &branches.1, back);
                self.patch(at, Inst::IfGroup(*group, yes, no));
            }
            Node::IfMatch(parts) => {
                let at = self.push(Inst::Done);
                self.node(&parts.0, back);
                self.push(Inst::Done);
                let (yes, no) = self.branches(&parts.1, &parts.2, back);
                self.patch(at, Inst::IfMatch(yes, no));
            }
            _ => {}
        }
    }

    fn unit(&mut self, unit: u16, ignore_case: bool, back: bool) {
        let unit = if ignore_case {
            crate::casing::lower_unit(unit)
        } else {
            unit
        };
        self.push(Inst::Char {
            unit,
            ignore_case,
            back,
        });
    }

    /// The number of a class.
    fn class(&mut self, class: &Class) -> usize {
        let known = self.code.classes.iter().position(|own| own == class);
        known.unwrap_or_else(|| {
            self.code.classes.push(class.clone());
            self.code.classes.len() - 1
        })
    }

    fn branches(&mut self, yes: &Node, no: &Node, back: bool) -> (usize, usize) {
        let first = self.here();
        self.node(yes, back);
        let jump = self.push(Inst::Done);
        let second = self.here();
        self.node(no, back);
        let end = self.here();
        self.patch(jump, Inst::Jump(end));
        (first, second)
    }

    fn alternatives(&mut self, branches: &[Node], back: bool) {
        let mut jumps = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            if index + 1 == branches.len() {
                self.node(branch, back);
                break;
            }
            let split = self.push(Inst::Done);
            self.node(branch, back);
            jumps.push(self.push(Inst::Done));
            let next = self.here();
            self.patch(split, Inst::Split(split + 1, next));
        }
        let end = self.here();
        for jump in jumps {
            self.patch(jump, Inst::Jump(end));
        }
    }

    fn repeat(&mut self, node: &Node, bounds: (u32, Option<u32>), greedy: bool, back: bool) {
        match bounds {
            (0, Some(0)) => {}
            (1, Some(1)) => self.node(node, back),
            (0, Some(1)) => {
                let split = self.push(Inst::Done);
                self.node(node, back);
                let end = self.here();
                self.patch(split, split_to(split + 1, end, greedy));
            }
            (0, None) => self.star(node, greedy, back),
            (1, None) if size(node) <= SMALL => {
                self.node(node, back);
                self.star(node, greedy, back);
            }
            (least, most) => self.counted(node, (least, most), greedy, back),
        }
    }

    fn star(&mut self, node: &Node, greedy: bool, back: bool) {
        let mark = self.code.marks;
        self.code.marks += 1;
        let split = self.push(Inst::Done);
        self.push(Inst::Mark(mark));
        self.node(node, back);
        let progress = self.push(Inst::Done);
        self.push(Inst::Jump(split));
        let end = self.here();
        self.patch(progress, Inst::Progress { mark, exit: end });
        self.patch(split, split_to(split + 1, end, greedy));
    }

    fn counted(&mut self, node: &Node, bounds: (u32, Option<u32>), greedy: bool, back: bool) {
        let counter = self.code.counters;
        self.code.counters += 1;
        let mark = self.code.marks;
        self.code.marks += 1;
        self.push(Inst::Reset(counter));
        let jump = self.push(Inst::Done);
        let body = self.here();
        self.push(Inst::Mark(mark));
        self.node(node, back);
        let count = self.here();
        self.patch(jump, Inst::Jump(count));
        let (least, most) = bounds;
        self.push(Inst::Count {
            counter,
            least,
            most,
            greedy,
            body,
        });
    }
}

fn split_to(body: usize, end: usize, greedy: bool) -> Inst {
    if greedy {
        Inst::Split(body, end)
    } else {
        Inst::Split(end, body)
    }
}

fn size(node: &Node) -> usize {
    match node {
        Node::Empty
        | Node::Char { .. }
        | Node::Class(_)
        | Node::Assert(_)
        | Node::Backreference(..) => 1,
        Node::Sequence(items) | Node::Alternatives(items) => {
            items.iter().map(size).sum::<usize>() + 1
        }
        Node::Group(_, inner) | Node::Atomic(inner) => size(inner) + 2,
        Node::Look { node, .. } | Node::Repeat { node, .. } => size(node) * 2 + 2,
        Node::IfGroup(_, branches) => size(&branches.0) + size(&branches.1) + 2,
        Node::IfMatch(parts) => size(&parts.0) + size(&parts.1) + size(&parts.2) + 2,
    }
}
