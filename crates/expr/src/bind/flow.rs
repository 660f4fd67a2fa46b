//! Where control goes: definite assignment, missing returns, unreachable code.

use crate::bound::{
    Body, CatchSteps, Constant, Function, HostInvocation, Loop, NativeCall, Node, Op, Place, Step,
    SwitchSteps, TrySteps,
};
use crate::span::{Problem, Span};

/// Checks a whole program.
pub(super) fn check(
    function: &Function,
    watched: &[Option<Box<str>>],
    problems: &mut Vec<Problem>,
) {
    let mut flow = Flow {
        watched,
        problems,
        breaks: Vec::new(),
        unreachable: false,
    };
    let mut state = State {
        assigned: vec![false; watched.len()],
        dead: false,
    };
    match &function.body {
        Body::Value(node) => flow.node(node, &mut state),
        Body::Steps(step) => {
            flow.step(step, &mut state);
            if !state.dead {
                let message = "not all code paths return a value";
                let problem = Problem::error("CS0161", Span::default(), message)
                    .with_help("end the block with a `return` statement");
                flow.problems.push(problem);
            }
        }
    }
}

/// Whether control can reach the end of a statement.
pub(super) fn falls_through(step: &Step) -> bool {
    let mut problems = Vec::new();
    let mut flow = Flow {
        watched: &[],
        problems: &mut problems,
        breaks: Vec::new(),
        unreachable: true,
    };
    let mut state = State {
        assigned: Vec::new(),
        dead: false,
    };
    flow.step(step, &mut state);
    !state.dead
}

/// What is known at a point.
#[derive(Debug, Clone)]
struct State {
    /// Which variables have a value.
    assigned: Vec<bool>,
    /// Whether control cannot get here.
    dead: bool,
}

impl State {
    fn dead(&self) -> Self {
        Self {
            assigned: vec![true; self.assigned.len()],
            dead: true,
        }
    }

    /// What is known where two ways meet.
    fn join(&mut self, other: &Self) {
        if other.dead {
            return;
        }
        if self.dead {
            self.clone_from(other);
            return;
        }
        for (own, other) in self.assigned.iter_mut().zip(&other.assigned) {
            *own &= other;
        }
    }

    fn assign(&mut self, slot: usize) {
        if let Some(assigned) = self.assigned.get_mut(slot) {
            *assigned = true;
        }
    }
}

struct Flow<'a> {
    watched: &'a [Option<Box<str>>],
    problems: &'a mut Vec<Problem>,
    /// For each loop or switch that is open: what is known at its `break`s.
    breaks: Vec<Option<State>>,
    /// Whether unreachable code was reported; once is enough.
    unreachable: bool,
}

impl Flow<'_> {
    // === Expressions ===

    fn nodes(&mut self, nodes: &[Node], state: &mut State) {
        for node in nodes {
            self.node(node, state);
        }
    }

    fn node(&mut self, node: &Node, state: &mut State) {
        match &node.op {
            Op::Local(slot) => self.read(*slot, node.span, state),
            Op::All(_) | Op::Any(_) | Op::Not(_) => {
                let (mut yes, no) = self.condition(node, state.clone());
                yes.join(&no);
                *state = yes;
            }
            Op::Conditional(parts) => {
                let (mut yes, mut no) = self.condition(&parts.0, state.clone());
                self.node(&parts.1, &mut yes);
                self.node(&parts.2, &mut no);
                yes.join(&no);
                *state = yes;
            }
            Op::Coalesce(pair) | Op::Access(pair, _) => {
                self.node(&pair.0, state);
                self.node(&pair.1, &mut state.clone());
            }
            Op::Bind(value, slot) => {
                self.node(value, state);
                state.assign(*slot);
            }
            Op::Assign(parts) => {
                self.place(&parts.0, state);
                self.node(&parts.1, state);
                if let Place::Local(slot) = parts.0 {
                    state.assign(slot);
                }
            }
            Op::Update(update) => {
                self.place(&update.place, state);
                if let Place::Local(slot) = update.place {
                    self.read(slot, node.span, state);
                }
                self.node(&update.value, state);
            }
            Op::Throw(value) => {
                self.node(value, state);
                *state = state.dead();
            }
            Op::Native(call) => self.native(call, state),
            Op::HostCall(call) => self.host(call, state),
            _ => self.parts(node, state),
        }
    }

    /// Operations that only evaluate their operands.
    fn parts(&mut self, node: &Node, state: &mut State) {
        match &node.op {
            Op::HostGet(value, _)
            | Op::Negate(value, ..)
            | Op::Complement(value)
            | Op::Format(value, ..)
            | Op::Convert(value, _)
            | Op::Is(value, _)
            | Op::As(value, _)
            | Op::NewArraySized(_, value)
            | Op::Field(value, _) => self.node(value, state),
            Op::Invoke(delegate, args) => {
                self.node(delegate, state);
                self.nodes(args, state);
            }
            Op::ArrayGet(pair)
            | Op::TextEqual(_, pair)
            | Op::ValueEqual(_, pair)
            | Op::SameObject(_, pair)
            | Op::Logic(_, pair) => {
                self.node(&pair.0, state);
                self.node(&pair.1, state);
            }
            Op::Arith(arith) | Op::Compare(arith) => {
                self.node(&arith.left, state);
                self.node(&arith.right, state);
            }
            Op::Lifted(lifted) => {
                for (_, operand) in &lifted.operands {
                    self.node(operand, state);
                }
                self.node(&lifted.body, &mut state.clone());
            }
            Op::Concat(parts)
            | Op::NewArray(_, parts)
            | Op::Record(_, parts)
            | Op::Sequence(parts) => {
                self.nodes(parts, state);
            }
            Op::Initialize(value, _, effects) => {
                self.node(value, state);
                self.nodes(effects, state);
            }
            _ => {}
        }
    }

    fn native(&mut self, call: &NativeCall, state: &mut State) {
        self.nodes(&call.args, state);
        for (_, slot) in &call.outs {
            state.assign(*slot);
        }
    }

    fn host(&mut self, call: &HostInvocation, state: &mut State) {
        self.node(&call.receiver, state);
        self.nodes(&call.args, state);
        for (_, slot) in &call.outs {
            state.assign(*slot);
        }
    }

    fn place(&mut self, place: &Place, state: &mut State) {
        match place {
            Place::Local(_) | Place::Discard => {}
            Place::Item(array, index) => {
                self.node(array, state);
                self.node(index, state);
            }
            Place::Property { args, .. } => self.nodes(args, state),
        }
    }

    fn read(&mut self, slot: usize, span: Span, state: &mut State) {
        let Some(Some(name)) = self.watched.get(slot) else {
            return;
        };
        if state.assigned.get(slot) == Some(&false) {
            let message = format!("use of unassigned local variable `{name}`");
            self.problems.push(Problem::error("CS0165", span, message));
            state.assign(slot);
        }
    }

    /// What is known where a condition is true, and where it is false.
    fn condition(&mut self, node: &Node, mut state: State) -> (State, State) {
        match &node.op {
            Op::Constant(Constant::Bool(true)) => {
                let dead = state.dead();
                (state, dead)
            }
            Op::Constant(Constant::Bool(false)) => {
                let dead = state.dead();
                (dead, state)
            }
            Op::Not(inner) => {
                let (yes, no) = self.condition(inner, state);
                (no, yes)
            }
            Op::All(parts) => {
                let mut stopped = state.dead();
                for part in parts {
                    let (yes, no) = self.condition(part, state);
                    stopped.join(&no);
                    state = yes;
                }
                (state, stopped)
            }
            Op::Any(parts) => {
                let mut stopped = state.dead();
                for part in parts {
                    let (yes, no) = self.condition(part, state);
                    stopped.join(&yes);
                    state = no;
                }
                (stopped, state)
            }
            _ => {
                self.node(node, &mut state);
                (state.clone(), state)
            }
        }
    }

    // === Statements ===

    fn steps(&mut self, steps: &[Step], state: &mut State) {
        for step in steps {
            self.step(step, state);
        }
    }

    fn step(&mut self, step: &Step, state: &mut State) {
        if state.dead && !self.unreachable && !matches!(step, Step::Nothing | Step::Break) {
            self.unreachable = true;
            if let Some(span) = span_of(step) {
                let problem = Problem::warning("CS0162", span, "unreachable code detected");
                self.problems.push(problem);
            }
        }
        match step {
            Step::Nothing => {}
            Step::Expr(node) => self.node(node, state),
            Step::Set(slot, node) => {
                self.node(node, state);
                state.assign(*slot);
            }
            Step::Block(block) => self.steps(&block.steps, state),
            Step::If(parts) => {
                let (mut yes, mut no) = self.condition(&parts.0, state.clone());
                self.step(&parts.1, &mut yes);
                self.step(&parts.2, &mut no);
                yes.join(&no);
                *state = yes;
            }
            Step::Loop(steps) => self.run_loop(steps, state),
            Step::ForEach(each) => {
                self.node(&each.source, state);
                self.breaks.push(None);
                let mut inside = state.clone();
                inside.assign(each.slot);
                self.step(&each.body, &mut inside);
                if let Some(Some(broken)) = self.breaks.pop() {
                    state.join(&broken);
                }
            }
            Step::Switch(switch) => self.switch(switch, state),
            Step::Try(steps) => self.try_steps(steps, state),
            Step::Throw(node) => {
                self.node(node, state);
                *state = state.dead();
            }
            Step::Return(value) => {
                if let Some(node) = value {
                    self.node(node, state);
                }
                *state = state.dead();
            }
            Step::Break => {
                if let Some(broken) = self.breaks.last_mut() {
                    match broken {
                        Some(known) => known.join(state),
                        None => *broken = Some(state.clone()),
                    }
                }
                *state = state.dead();
            }
            Step::Continue | Step::Goto(_) => *state = state.dead(),
        }
    }

    fn run_loop(&mut self, steps: &Loop, state: &mut State) {
        self.breaks.push(None);
        let mut after = if steps.check_first {
            let (mut inside, after) = match &steps.condition {
                Some(condition) => self.condition(condition, state.clone()),
                None => (state.clone(), state.dead()),
            };
            self.step(&steps.body, &mut inside);
            self.nodes(&steps.updates, &mut inside);
            after
        } else {
            let mut inside = state.clone();
            self.step(&steps.body, &mut inside);
            if inside.dead {
                // A `continue` may still lead to the condition.
                inside = State {
                    dead: false,
                    ..state.clone()
                };
            }
            match &steps.condition {
                Some(condition) => self.condition(condition, inside).1,
                None => state.dead(),
            }
        };
        if let Some(Some(broken)) = self.breaks.pop() {
            after.join(&broken);
        }
        *state = after;
    }

    fn switch(&mut self, switch: &SwitchSteps, state: &mut State) {
        self.node(&switch.value, state);
        state.assign(switch.slot);
        self.breaks.push(None);
        let mut untaken = state.clone();
        for (index, (tests, body)) in switch.sections.iter().enumerate() {
            let mut inside = state.dead();
            for test in tests {
                let (yes, no) = self.condition(test, untaken.clone());
                inside.join(&yes);
                untaken = no;
            }
            if switch.default == Some(index) {
                inside.join(state);
            }
            if inside.dead {
                inside = State {
                    dead: false,
                    ..state.clone()
                };
            }
            self.step(body, &mut inside);
        }
        let mut after = if switch.default.is_some() {
            state.dead()
        } else {
            untaken
        };
        if let Some(Some(broken)) = self.breaks.pop() {
            after.join(&broken);
        }
        *state = after;
    }

    fn try_steps(&mut self, steps: &TrySteps, state: &mut State) {
        let before = state.clone();
        let mut after = state.clone();
        self.step(&steps.body, &mut after);
        for catch in &steps.catches {
            let caught = self.catch(catch, before.clone());
            after.join(&caught);
        }
        if let Some(finally) = &steps.finally {
            let mut last = before;
            self.step(finally, &mut last);
            if last.dead {
                after = after.dead();
            } else {
                for (own, done) in after.assigned.iter_mut().zip(&last.assigned) {
                    *own |= done;
                }
            }
        }
        *state = after;
    }

    fn catch(&mut self, catch: &CatchSteps, mut state: State) -> State {
        state.assign(catch.slot);
        if let Some(filter) = &catch.filter {
            self.node(filter, &mut state);
        }
        self.step(&catch.body, &mut state);
        state
    }
}

/// Where a statement stands, as far as its expressions tell.
fn span_of(step: &Step) -> Option<Span> {
    match step {
        Step::Expr(node) | Step::Set(_, node) | Step::Throw(node) | Step::Return(Some(node)) => {
            Some(node.span)
        }
        Step::Block(block) => block.steps.iter().find_map(span_of),
        Step::If(parts) => Some(parts.0.span),
        Step::ForEach(each) => Some(each.source.span),
        Step::Switch(switch) => Some(switch.value.span),
        Step::Loop(steps) => steps
            .condition
            .as_ref()
            .map(|c| c.span)
            .or_else(|| span_of(&steps.body)),
        Step::Try(steps) => span_of(&steps.body),
        _ => None,
    }
}
