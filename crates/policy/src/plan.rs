//! What runs: steps in sections, compiled once, immutable, shared by all cores.

use std::fmt;
use std::sync::Arc;

use portcullis_model::policy::Scope;

use crate::exchange::{BodyNeeds, Exchange};
use crate::flow::{Fault, Flow, Place};
use crate::host::{Host, LocalFuture};

/// A step that never waits.
pub trait SyncStep: Send + Sync + fmt::Debug {
    /// Does it.
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault>;

    /// Answers a CORS preflight, if this step is about that.
    fn preflight(&self, _ex: &mut Exchange<'_>, _host: &Host<'_>) -> Result<Preflight, Fault> {
        Ok(Preflight::Unconcerned)
    }
}

/// A step that waits for something outside.
pub trait AsyncStep: Send + Sync + fmt::Debug {
    /// Does it.
    fn run<'a>(
        &'a self,
        ex: &'a mut Exchange<'_>,
        host: &'a Host<'_>,
    ) -> LocalFuture<'a, Result<Flow, Fault>>;

    /// Answers a CORS preflight, if policies in this step are about that.
    fn preflight(&self, _ex: &mut Exchange<'_>, _host: &Host<'_>) -> Result<Preflight, Fault> {
        Ok(Preflight::Unconcerned)
    }
}

/// What a step says to a CORS preflight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preflight {
    /// It is not about CORS.
    Unconcerned,
    /// The response stands.
    Answered,
    /// It allows nothing here; another step may.
    Unmatched,
}

/// How a step runs. Policies are many and grow, so each kind of running holds a trait object; the
/// kinds of running are two.
#[derive(Debug)]
pub enum Run {
    /// Never waits, allocates no future.
    Sync(Box<dyn SyncStep>),
    /// May wait.
    Async(Box<dyn AsyncStep>),
}

impl Run {
    /// A step that never waits.
    pub(crate) fn sync(step: impl SyncStep + 'static) -> Self {
        Self::Sync(Box::new(step))
    }

    /// A step that may wait.
    pub(crate) fn waiting(step: impl AsyncStep + 'static) -> Self {
        Self::Async(Box::new(step))
    }
}

/// One policy, ready to run, and where it was written.
#[derive(Debug)]
pub struct Step {
    element: &'static str,
    place: Place,
    needs: BodyNeeds,
    run: Run,
}

impl Step {
    /// A step of the policy `element`, which reads the bodies that `needs` names.
    pub(crate) fn new(element: &'static str, place: Place, needs: BodyNeeds, run: Run) -> Self {
        Self {
            element,
            place,
            needs,
            run,
        }
    }

    /// The policy's element name.
    pub fn element(&self) -> &'static str {
        self.element
    }

    /// The scope of the document it stands in.
    pub fn scope(&self) -> Scope {
        self.place.scope
    }

    /// Tells the fault which policy raised it, unless an inner one already did.
    fn locate(&self, mut fault: Fault) -> Fault {
        let detail = &mut fault.detail;
        if detail.place.is_none() {
            detail.place = Some(self.place.clone());
            if detail.source.is_empty() {
                detail.source = self.element.into();
            }
        }
        fault
    }
}

/// Steps in order.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    steps: Box<[Arc<Step>]>,
    waits: bool,
}

impl Pipeline {
    /// A pipeline of these steps.
    pub(crate) fn new(steps: Vec<Arc<Step>>) -> Self {
        let waits = steps
            .iter()
            .any(|s| s.needs.any() || matches!(s.run, Run::Async(_)));
        Self {
            steps: steps.into_boxed_slice(),
            waits,
        }
    }

    /// The steps.
    pub fn steps(&self) -> &[Arc<Step>] {
        &self.steps
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether any step may wait or reads a body.
    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// Runs the steps in order until one answers or faults.
    pub async fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        for step in &*self.steps {
            if step.needs.any() {
                ex.buffer(step.needs)
                    .await
                    .map_err(|fault| step.locate(fault))?;
            }
            let result = match &step.run {
                Run::Sync(sync) => sync.run(ex, host),
                Run::Async(waiting) => waiting.run(ex, host).await,
            };
            if result.map_err(|fault| step.locate(fault))? == Flow::Respond {
                return Ok(Flow::Respond);
            }
        }
        Ok(Flow::Continue)
    }

    /// Runs the steps of a pipeline that never waits.
    ///
    /// A waiting step faults: compilation asks [`Pipeline::waits`] first, so that is a bug of ours.
    pub(crate) fn run_sync(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        for step in &*self.steps {
            let result = match &step.run {
                Run::Sync(sync) => sync.run(ex, host),
                Run::Async(_) => Err(Fault::new(
                    crate::flow::FaultKind::Internal,
                    "InternalError",
                    "a waiting step stands in a pipeline that never waits",
                )),
            };
            if result.map_err(|fault| step.locate(fault))? == Flow::Respond {
                return Ok(Flow::Respond);
            }
        }
        Ok(Flow::Continue)
    }

    /// Asks the steps, in order, to answer a CORS preflight.
    pub fn preflight(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Preflight, Fault> {
        let mut seen = Preflight::Unconcerned;
        for step in &*self.steps {
            let verdict = match &step.run {
                Run::Sync(sync) => sync.preflight(ex, host),
                Run::Async(waiting) => waiting.preflight(ex, host),
            };
            match verdict.map_err(|fault| step.locate(fault))? {
                Preflight::Unconcerned => {}
                Preflight::Unmatched => seen = Preflight::Unmatched,
                Preflight::Answered => return Ok(Preflight::Answered),
            }
        }
        Ok(seen)
    }
}

/// The effective policy of an operation (in a product, if any), ready to run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Before the backend.
    pub inbound: Pipeline,
    /// The call of the backend.
    pub backend: Pipeline,
    /// After the backend.
    pub outbound: Pipeline,
    /// After a fault.
    pub on_error: Pipeline,
    /// Why it must not run; its operations answer 503.
    pub unavailable: Option<Unavailable>,
}

/// Why a plan must not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The code that `portcullis explain` opens.
    pub code: portcullis_model::code::Code,
    /// What is missing, for the log and the caller.
    pub message: Arc<str>,
}
