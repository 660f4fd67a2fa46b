//! Running bound trees.
//!
//! [`Vm`] holds what one evaluation uses up; the variables of a function are a [`Frame`]. Reading a
//! program's literal costs no allocation, and the common forms (`a + "b"`, `x == "y"`) compare and
//! append literals in place.

mod arith;
mod calls;
mod cast;
mod expression;
mod statement;

use std::rc::Rc;
use std::sync::Arc;

pub(crate) use arith::{arith, compare, complement, convert_num, negate, wrap};
pub(crate) use calls::Call;
pub(crate) use cast::{is_instance, unboxes};

use crate::bound::{Body, Function};
use crate::exception::{Exception, Outcome};
use crate::host::Host;
use crate::limits::{Limits, Meter};
use crate::program::Delegate;
use crate::surface::Surface;
use crate::value::{Value, same};

/// The variables of a running function.
pub(crate) struct Frame {
    slots: Vec<Value>,
}

impl Frame {
    /// The value of a variable.
    fn get(&self, slot: usize) -> Value {
        match self.slots.get(slot) {
            Some(Value::Cell(cell)) => cell.borrow().clone(),
            Some(value) => value.clone(),
            None => Value::Null,
        }
    }

    /// Gives a variable a value.
    fn set(&mut self, slot: usize, value: Value) {
        match self.slots.get_mut(slot) {
            Some(Value::Cell(cell)) => *cell.borrow_mut() = value,
            Some(place) => *place = value,
            None => {}
        }
    }

    /// Makes a variable one that lambdas can share, new and with that value.
    fn make_cell(&mut self, slot: usize, value: Value, vm: &mut Vm<'_>) {
        let cell = Rc::new(std::cell::RefCell::new(value));
        vm.cells.push(cell.clone());
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Value::Cell(cell);
        }
    }
}

/// One evaluation: its host, and what it may still use.
pub(crate) struct Vm<'h> {
    pub(crate) host: &'h mut dyn Host,
    pub(crate) surface: &'h Surface,
    pub(crate) limits: &'h Limits,
    pub(crate) meter: Meter,
    depth: u32,
    /// Captured variables: emptied at the end, for a lambda can hold the variable that holds it.
    cells: Vec<Rc<std::cell::RefCell<Value>>>,
    /// Trees that were made: a part knows its parent only as long as the whole is kept.
    kept: Vec<Value>,
    /// Where strings are put together.
    scratch: String,
}

impl<'h> Vm<'h> {
    pub(crate) fn new(host: &'h mut dyn Host, limits: &'h Limits, surface: &'h Surface) -> Self {
        Self {
            host,
            surface,
            limits,
            meter: Meter::new(limits),
            depth: limits.depth,
            cells: Vec::new(),
            kept: Vec::new(),
            scratch: String::new(),
        }
    }

    /// Runs a program's function.
    pub(crate) fn run(mut self, function: &Function) -> Outcome {
        let mut frame = Frame {
            slots: vec![Value::Null; function.slots],
        };
        let result = self.body(function, &mut frame);
        let result = result
            .and_then(|value| self.settle(value))
            .and_then(|value| self.showable(value));
        drop(frame);
        for cell in std::mem::take(&mut self.cells) {
            let _kept = cell.replace(Value::Null);
        }
        result
    }

    /// A lazy sequence must not outlive the variables it uses: it leaves as a list.
    fn settle(&mut self, value: Value) -> Outcome {
        match value {
            Value::Sequence(sequence) if !self.cells.is_empty() => {
                let items = self.collect(&Value::Sequence(sequence.clone()))?;
                Ok(crate::sequence::Sequence::ready(
                    sequence.ty().clone(),
                    items,
                ))
            }
            other => Ok(other),
        }
    }

    /// Refuses a tree whose text would be larger than all memory of an evaluation: it leaves to be
    /// written, and indentation or long prefixes can make much of little.
    fn showable(&self, value: Value) -> Outcome {
        let mut fresh = Meter::new(self.limits);
        match &value {
            Value::Json(token) if crate::json::may_swell(token) => {
                crate::json::write_within(token, true, &mut fresh)?;
            }
            Value::Xml(object) if crate::xml::may_swell(object) => {
                crate::xml::write_within(object, true, &mut fresh)?;
            }
            _ => {}
        }
        Ok(value)
    }

    fn body(&mut self, function: &Function, frame: &mut Frame) -> Outcome {
        for slot in &function.cells {
            let value = frame.get(*slot);
            frame.make_cell(*slot, value, self);
        }
        match &function.body {
            Body::Value(node) => self.eval(node, frame),
            Body::Steps(step) => match self.exec(step, frame)? {
                statement::Flow::Return(value) => Ok(value),
                _ => Ok(Value::Null),
            },
        }
    }

    /// Calls a delegate.
    pub(crate) fn invoke(&mut self, delegate: &Value, args: &[Value]) -> Outcome {
        match delegate {
            Value::Delegate(delegate) => self.invoke_delegate(delegate, args),
            Value::Null => Err(crate::exception::null_reference()),
            _ => Err(crate::exception::invalid_cast(
                "the value is not a delegate",
            )),
        }
    }

    fn invoke_delegate(&mut self, delegate: &Delegate, args: &[Value]) -> Outcome {
        let function: &Arc<Function> = delegate.function();
        self.step()?;
        let mut slots = Vec::with_capacity(function.slots);
        slots.extend(args.iter().take(function.params).cloned());
        slots.resize(function.slots, Value::Null);
        let mut frame = Frame { slots };
        for (slot, cell) in delegate.captured() {
            if let Some(place) = frame.slots.get_mut(*slot) {
                *place = Value::Cell(cell.clone());
            }
        }
        self.enter()?;
        let result = self.body(function, &mut frame);
        self.leave();
        result
    }

    // === Limits ===

    /// Counts one step.
    pub(crate) fn step(&mut self) -> Outcome<()> {
        self.charge_steps(1)
    }

    /// Counts steps.
    pub(crate) fn charge_steps(&mut self, steps: usize) -> Outcome<()> {
        self.meter.steps(steps)
    }

    /// Counts memory that is about to be, or has just been, taken.
    pub(crate) fn charge_bytes(&mut self, bytes: usize) -> Outcome<()> {
        self.meter.bytes(bytes)
    }

    /// Counts memory for values in a collection.
    pub(crate) fn charge_items(&mut self, items: usize) -> Outcome<()> {
        self.charge_steps(items)?;
        self.charge_bytes(items.saturating_mul(size_of::<Value>()))
    }

    /// Keeps a new tree until the evaluation ends.
    fn keep(&mut self, value: &Value) {
        let whole = match value {
            Value::Json(token) => token.is_container() && token.parent().is_none(),
            Value::Xml(object) => object.parent().is_none(),
            _ => false,
        };
        if whole && !self.kept.last().is_some_and(|last| same(last, value)) {
            self.kept.push(value.clone());
        }
    }

    /// Goes one level deeper.
    pub(crate) fn enter(&mut self) -> Outcome<()> {
        match self.depth.checked_sub(1) {
            Some(left) => {
                self.depth = left;
                Ok(())
            }
            None => Err(Exception::limit("it nests too deep")),
        }
    }

    /// Comes back up.
    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }
}
