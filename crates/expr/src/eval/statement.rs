//! Statements.

use super::{Frame, Vm};
use crate::bound::{BlockSteps, CatchSteps, Each, Loop, Node, Step, SwitchSteps, TrySteps};
use crate::exception::{Exception, Outcome, null_reference};
use crate::relations::is_subtype;
use crate::value::Value;

/// How a statement ended.
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
    /// To a section of the innermost `switch`.
    Goto(usize),
}

impl Vm<'_> {
    /// Runs a statement.
    pub(super) fn exec(&mut self, step: &Step, frame: &mut Frame) -> Outcome<Flow> {
        self.step()?;
        self.enter()?;
        let flow = self.exec_step(step, frame);
        self.leave();
        flow
    }

    fn exec_step(&mut self, step: &Step, frame: &mut Frame) -> Outcome<Flow> {
        match step {
            Step::Nothing => Ok(Flow::Next),
            Step::Expr(value) => {
                self.eval(value, frame)?;
                Ok(Flow::Next)
            }
            Step::Set(slot, value) => {
                let value = self.eval(value, frame)?;
                frame.set(*slot, value);
                Ok(Flow::Next)
            }
            Step::Block(block) => self.block(block, frame),
            Step::If(parts) => {
                let branch = if self.test(&parts.0, frame)? {
                    &parts.1
                } else {
                    &parts.2
                };
                self.exec(branch, frame)
            }
            Step::Loop(steps) => self.run_loop(steps, frame),
            Step::ForEach(each) => self.for_each(each, frame),
            Step::Switch(switch) => self.switch(switch, frame),
            Step::Try(steps) => self.try_steps(steps, frame),
            Step::Throw(value) => match self.eval(value, frame)? {
                Value::Exception(exception) => Err(exception),
                _ => Err(null_reference()),
            },
            Step::Return(Some(value)) => self.eval(value, frame).map(Flow::Return),
            Step::Return(None) => Ok(Flow::Return(Value::Null)),
            Step::Break => Ok(Flow::Break),
            Step::Continue => Ok(Flow::Continue),
            Step::Goto(section) => Ok(Flow::Goto(*section)),
        }
    }

    fn test(&mut self, condition: &Node, frame: &mut Frame) -> Outcome<bool> {
        Ok(matches!(self.eval(condition, frame)?, Value::Bool(true)))
    }

    fn block(&mut self, block: &BlockSteps, frame: &mut Frame) -> Outcome<Flow> {
        for slot in &block.cells {
            frame.make_cell(*slot, Value::Null, self);
        }
        for (slot, lambda, ty) in &block.functions {
            let function = self.local_function(lambda, ty, frame);
            frame.set(*slot, function);
        }
        for step in &block.steps {
            match self.exec(step, frame)? {
                Flow::Next => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    fn run_loop(&mut self, steps: &Loop, frame: &mut Frame) -> Outcome<Flow> {
        let mut check = steps.check_first;
        loop {
            self.step()?;
            if check
                && let Some(condition) = &steps.condition
                && !self.test(condition, frame)?
            {
                return Ok(Flow::Next);
            }
            check = true;
            match self.exec(&steps.body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                other => return Ok(other),
            }
            for update in &steps.updates {
                self.eval(update, frame)?;
            }
        }
    }

    fn for_each(&mut self, each: &Each, frame: &mut Frame) -> Outcome<Flow> {
        let source = self.eval(&each.source, frame)?;
        if source.is_null() {
            return Err(null_reference());
        }
        let mut cursor = self.open(&source)?;
        while let Some(item) = cursor.next(self)? {
            self.step()?;
            frame.set(each.slot, item);
            match self.exec(&each.body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    fn switch(&mut self, switch: &SwitchSteps, frame: &mut Frame) -> Outcome<Flow> {
        let value = self.eval(&switch.value, frame)?;
        frame.set(switch.slot, value);
        let mut next = None;
        'sections: for (index, (labels, _)) in switch.sections.iter().enumerate() {
            for label in labels {
                if self.test(label, frame)? {
                    next = Some(index);
                    break 'sections;
                }
            }
        }
        let mut next = next.or(switch.default);
        while let Some((_, body)) = next.and_then(|index| switch.sections.get(index)) {
            self.step()?;
            match self.exec(body, frame)? {
                Flow::Goto(section) => next = Some(section),
                Flow::Next | Flow::Break => return Ok(Flow::Next),
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    fn try_steps(&mut self, steps: &TrySteps, frame: &mut Frame) -> Outcome<Flow> {
        let depth = self.depth;
        let mut flow = self.exec(&steps.body, frame);
        if let Err(exception) = &flow
            && exception.is_catchable()
        {
            self.depth = depth;
            let exception = exception.clone();
            if let Some(caught) = self.catch(&exception, &steps.catches, frame) {
                flow = caught;
            }
        }
        let stopped = matches!(&flow, Err(exception) if !exception.is_catchable());
        if let Some(finally) = &steps.finally
            && !stopped
        {
            match self.exec(finally, frame)? {
                Flow::Next => {}
                other => return Ok(other),
            }
        }
        flow
    }

    /// Runs the first `catch` that takes the exception.
    fn catch(
        &mut self,
        exception: &Exception,
        catches: &[CatchSteps],
        frame: &mut Frame,
    ) -> Option<Outcome<Flow>> {
        let value = Value::Exception(exception.clone());
        let ty = value.runtime_type();
        for catch in catches {
            if !is_subtype(&ty, &catch.ty, self.surface) {
                continue;
            }
            if catch.cell {
                frame.make_cell(catch.slot, value.clone(), self);
            } else {
                frame.set(catch.slot, value.clone());
            }
            // An exception in a filter counts as false.
            let taken = match &catch.filter {
                Some(filter) => self.test(filter, frame).unwrap_or(false),
                None => true,
            };
            if taken {
                return Some(self.exec(&catch.body, frame));
            }
        }
        None
    }
}
