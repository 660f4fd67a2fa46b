//! Running instructions: a backtracking matcher that keeps its own stack.

use super::compile::{Code, Inst};
use super::syntax::Assertion;
use crate::casing::lower_unit;

/// A part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Captured {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Tries to match at one place. `Err` when the steps are used up.
pub(super) fn run(
    code: &Code,
    input: &[u16],
    at: usize,
    origin: usize,
    steps: &mut u64,
) -> Result<Option<Vec<Vec<Captured>>>, ()> {
    let mut machine = Machine {
        code,
        input,
        origin,
        steps,
        captures: vec![Vec::new(); code.groups],
        opened: vec![0; code.groups],
        counters: vec![0; code.counters],
        marks: vec![usize::MAX; code.marks],
        trail: Vec::new(),
    };
    let matched = machine.matches(0, at)?;
    Ok(matched.map(|_| machine.captures))
}

/// What is undone when a way turns out wrong.
enum Undo {
    Capture(usize),
    Opened(usize, usize),
    Counter(usize, u32),
    Mark(usize, usize),
}

/// Where to go on when a way turns out wrong.
struct Choice {
    pc: usize,
    at: usize,
    trail: usize,
}

struct Machine<'a> {
    code: &'a Code,
    input: &'a [u16],
    origin: usize,
    steps: &'a mut u64,
    captures: Vec<Vec<Captured>>,
    opened: Vec<usize>,
    counters: Vec<u32>,
    marks: Vec<usize>,
    trail: Vec<Undo>,
}

/// What an instruction did.
enum Next {
    /// Goes on at an instruction and a place.
    At(usize, usize),
    /// The same, and another way is possible.
    Or((usize, usize), (usize, usize)),
    Fail,
    Done,
}

impl Machine<'_> {
    /// Matches the code at `pc` up to its `Done`; gives the place where it ended.
    fn matches(&mut self, pc: usize, at: usize) -> Result<Option<usize>, ()> {
        let mut choices: Vec<Choice> = Vec::new();
        let (mut pc, mut at) = (pc, at);
        loop {
            match self.steps.checked_sub(1) {
                Some(left) => *self.steps = left,
                None => return Err(()),
            }
            match self.step(pc, at)? {
                Next::At(next, place) => (pc, at) = (next, place),
                Next::Or(first, second) => {
                    choices.push(Choice {
                        pc: second.0,
                        at: second.1,
                        trail: self.trail.len(),
                    });
                    (pc, at) = first;
                }
                Next::Done => return Ok(Some(at)),
                Next::Fail => {
                    let Some(choice) = choices.pop() else {
                        return Ok(None);
                    };
                    self.undo(choice.trail);
                    (pc, at) = (choice.pc, choice.at);
                }
            }
        }
    }

    fn undo(&mut self, length: usize) {
        while self.trail.len() > length {
            match self.trail.pop() {
                Some(Undo::Capture(group)) => {
                    if let Some(captures) = self.captures.get_mut(group) {
                        captures.pop();
                    }
                }
                Some(Undo::Opened(group, start)) => set(&mut self.opened, group, start),
                Some(Undo::Counter(counter, count)) => set(&mut self.counters, counter, count),
                Some(Undo::Mark(mark, place)) => set(&mut self.marks, mark, place),
                None => return,
            }
        }
    }

    fn step(&mut self, pc: usize, at: usize) -> Result<Next, ()> {
        let Some(inst) = self.code.insts.get(pc) else {
            return Ok(Next::Done);
        };
        let next = pc + 1;
        Ok(match inst {
            Inst::Char {
                unit,
                ignore_case,
                back,
            } => match self.take(at, *back) {
                Some((found, place)) => {
                    let found = if *ignore_case {
                        lower_unit(found)
                    } else {
                        found
                    };
                    if found == *unit {
                        Next::At(next, place)
                    } else {
                        Next::Fail
                    }
                }
                None => Next::Fail,
            },
            Inst::Class { class, back } => {
                match (self.take(at, *back), self.code.classes.get(*class)) {
                    (Some((found, place)), Some(class)) if class.contains(found) => {
                        Next::At(next, place)
                    }
                    _ => Next::Fail,
                }
            }
            Inst::Split(first, second) => Next::Or((*first, at), (*second, at)),
            Inst::Jump(target) => Next::At(*target, at),
            Inst::Open(group) => {
                let before = self.opened.get(*group).copied().unwrap_or(0);
                self.trail.push(Undo::Opened(*group, before));
                set(&mut self.opened, *group, at);
                Next::At(next, at)
            }
            Inst::Close { group, back } => {
                let start = self.opened.get(*group).copied().unwrap_or(at);
                let captured = if *back {
                    Captured {
                        start: at,
                        end: start,
                    }
                } else {
                    Captured { start, end: at }
                };
                if let Some(captures) = self.captures.get_mut(*group) {
                    captures.push(captured);
                    self.trail.push(Undo::Capture(*group));
                }
                Next::At(next, at)
            }
            Inst::Assert(assertion) => {
                if self.holds(*assertion, at) {
                    Next::At(next, at)
                } else {
                    Next::Fail
                }
            }
            Inst::Done => Next::Done,
            _ => return self.rarer_step(inst, next, at),
        })
    }

    fn rarer_step(&mut self, inst: &Inst, next: usize, at: usize) -> Result<Next, ()> {
        Ok(match inst {
            Inst::Backreference {
                group,
                ignore_case,
                back,
            } => self
                .backreference(*group, *ignore_case, *back, at)
                .map_or(Next::Fail, |place| Next::At(next, place)),
            Inst::Look {
                next: after,
                negated,
            } => {
                let trail = self.trail.len();
                let matched = self.matches(next, at)?.is_some();
                if *negated {
                    self.undo(trail);
                }
                if matched == *negated {
                    Next::Fail
                } else {
                    Next::At(*after, at)
                }
            }
            Inst::Atomic { next: after } => match self.matches(next, at)? {
                Some(place) => Next::At(*after, place),
                None => Next::Fail,
            },
            Inst::IfGroup(group, yes, no) => {
                let captured = self.captures.get(*group).is_some_and(|c| !c.is_empty());
                Next::At(if captured { *yes } else { *no }, at)
            }
            Inst::IfMatch(yes, no) => {
                let matched = self.matches(next, at)?.is_some();
                Next::At(if matched { *yes } else { *no }, at)
            }
            Inst::Reset(counter) => {
                self.count_to(*counter, 0);
                Next::At(next, at)
            }
            Inst::Count {
                counter,
                least,
                most,
                greedy,
                body,
            } => {
                let more = self.more(*counter, (*least, *most), *body, at);
                match (more, greedy) {
                    (Some(true), _) => Next::At(*body, at),
                    (Some(false), _) => Next::At(next, at),
                    (None, true) => Next::Or((*body, at), (next, at)),
                    (None, false) => Next::Or((next, at), (*body, at)),
                }
            }
            Inst::Mark(mark) => {
                let before = self.marks.get(*mark).copied().unwrap_or(usize::MAX);
                self.trail.push(Undo::Mark(*mark, before));
                set(&mut self.marks, *mark, at);
                Next::At(next, at)
            }
            Inst::Progress { mark, exit } => {
                let stuck = self.marks.get(*mark) == Some(&at);
                Next::At(if stuck { *exit } else { next }, at)
            }
            _ => Next::Fail,
        })
    }

    /// Whether a counted loop goes on; `None` if it may do either.
    fn more(
        &mut self,
        counter: usize,
        (least, most): (u32, Option<u32>),
        body: usize,
        at: usize,
    ) -> Option<bool> {
        let done = self.counters.get(counter).copied().unwrap_or(0);
        let mark = match self.code.insts.get(body) {
            Some(Inst::Mark(mark)) => self.marks.get(*mark).copied(),
            _ => None,
        };
        // After the minimum an iteration that matched nothing ends the loop.
        let stuck = done > least && mark == Some(at);
        self.count_to(counter, done + 1);
        if done < least {
            Some(true)
        } else if stuck || most.is_some_and(|most| done >= most) {
            Some(false)
        } else {
            None
        }
    }

    fn count_to(&mut self, counter: usize, count: u32) {
        let before = self.counters.get(counter).copied().unwrap_or(0);
        self.trail.push(Undo::Counter(counter, before));
        set(&mut self.counters, counter, count);
    }

    /// The unit that is next, and the place after it.
    fn take(&self, at: usize, back: bool) -> Option<(u16, usize)> {
        let index = if back { at.checked_sub(1)? } else { at };
        let unit = self.input.get(index).copied()?;
        Some((unit, if back { index } else { at + 1 }))
    }

    fn backreference(
        &mut self,
        group: usize,
        ignore_case: bool,
        back: bool,
        at: usize,
    ) -> Option<usize> {
        let captured = *self.captures.get(group)?.last()?;
        let text = self.input.get(captured.start..captured.end)?;
        *self.steps = self.steps.saturating_sub(text.len() as u64);
        let (start, end) = if back {
            (at.checked_sub(text.len())?, at)
        } else {
            (at, at.checked_add(text.len())?)
        };
        let found = self.input.get(start..end)?;
        let same = found
            .iter()
            .zip(text)
            .all(|(a, b)| a == b || (ignore_case && lower_unit(*a) == lower_unit(*b)));
        same.then_some(if back { start } else { end })
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let length = self.input.len();
        let before = at.checked_sub(1).and_then(|index| self.input.get(index));
        let after = self.input.get(at);
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == length,
            Assertion::EndOrFinalNewline => {
                at == length || (at + 1 == length && after == Some(&10))
            }
            Assertion::LineStart => before.is_none_or(|unit| *unit == 10),
            Assertion::LineEnd => after.is_none_or(|unit| *unit == 10),
            Assertion::Boundary(negated, ecma) => {
                let word = |unit: Option<&u16>| unit.is_some_and(|unit| is_word(*unit, ecma));
                (word(before) != word(after)) != negated
            }
            Assertion::Continue => at == self.origin,
        }
    }
}

fn is_word(unit: u16, ecma: bool) -> bool {
    use super::class::{Class, Named};
    Class::named(if ecma { Named::AsciiWord } else { Named::Word }, false).contains(unit)
}

fn set<T>(list: &mut [T], index: usize, value: T) {
    if let Some(place) = list.get_mut(index) {
        *place = value;
    }
}
