//! From checked documents to steps: names resolved, expressions bound, constants folded.
//!
//! What cannot be compiled does not vanish: it stays in its section as [`Line::Unavailable`], and an
//! operation whose effective policy contains it answers 503.

use std::sync::Arc;

use portcullis_expr::{Compiled, Program, Severity};
use portcullis_model::api::UrlTemplate;
use portcullis_model::code::{Code, engine as code, expression, policy};
use portcullis_model::policy::{PolicyFormat, PolicyText, Scope};
use portcullis_model::{Diagnostic, Diagnostics, Span};

use crate::document::{Fragment, PolicyDocument};
use crate::exchange::BodyNeeds;
use crate::flow::Place;
use crate::grammar::Section;
use crate::host::BackendTarget;
use crate::names::{Names, VarId};
use crate::parse::{
    self, Attr, Checked, ExprSource, NamedValues, References, Surroundings, check_document,
    check_fragment,
};
use crate::plan::{Pipeline, Run, Step, Unavailable};
use crate::policies::Compile;
use crate::scheme::{self, NameKeys};
use crate::value::{FromValue, Val};

/// How deep fragments may include fragments. The documentation knows no nesting; real ones nest.
pub(crate) const MAX_FRAGMENT_DEPTH: usize = 8;

/// Makes what runs of a checked element; `None` after pushing why not.
pub type CompileFn = fn(&Checked<'_>, &mut CompileCx<'_>) -> Option<Run>;

/// What a reference to an entity of the configuration leads to.
#[derive(Debug, Clone)]
pub enum Lookup<T> {
    /// To this.
    Found(T),
    /// To nothing; the names that exist, for a suggestion.
    Unknown(Vec<String>),
    /// To something that exists and cannot be used: why, as a sentence part.
    Unusable(String),
}

/// The entities that policies refer to. Implemented by `engine` over a configuration, and by
/// `check` where there is none.
pub trait Catalogue {
    /// A backend entity.
    fn backend(&self, id: &str) -> Lookup<Arc<BackendTarget>>;
    /// Every backend entity that can be used, for ids that are computed.
    fn backends(&self) -> Vec<Arc<BackendTarget>>;
    /// A policy fragment.
    fn fragment(&self, id: &str) -> Lookup<&PolicyText>;
}

/// No entities at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCatalogue;

impl Catalogue for NoCatalogue {
    fn backend(&self, _: &str) -> Lookup<Arc<BackendTarget>> {
        Lookup::Unknown(Vec::new())
    }

    fn backends(&self) -> Vec<Arc<BackendTarget>> {
        Vec::new()
    }

    fn fragment(&self, _: &str) -> Lookup<&PolicyText> {
        Lookup::Unknown(Vec::new())
    }
}

/// What documents are compiled against.
#[derive(Clone, Copy)]
pub struct Environment<'e> {
    /// What `{{name}}` stands for.
    pub named_values: &'e dyn NamedValues,
    /// The entities that policies refer to.
    pub catalogue: &'e dyn Catalogue,
    /// What a reference to something that is not at hand means.
    pub references: References,
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("references", &self.references)
            .finish_non_exhaustive()
    }
}

/// One line of a compiled section.
#[derive(Debug, Clone)]
pub enum Line {
    /// `<base />`.
    Base,
    /// A policy, ready to run.
    Step(Arc<Step>),
    /// A policy that cannot run.
    Unavailable(Unavailable),
}

/// A document, compiled once; the plans of all operations below its scope share its steps.
#[derive(Debug, Clone)]
pub struct CompiledDocument {
    /// Where it stands.
    pub scope: Scope,
    sections: [Vec<Line>; 4],
}

impl CompiledDocument {
    /// The lines of a section; none if the document does not have it.
    pub(crate) fn section(&self, section: Section) -> &[Line] {
        self.sections
            .get(section as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// A document of these lines.
    pub(crate) fn new(scope: Scope, sections: [Vec<Line>; 4]) -> Self {
        Self { scope, sections }
    }

    /// A document that cannot run at all.
    fn unavailable(scope: Scope, why: &Unavailable) -> Self {
        Self {
            scope,
            sections: std::array::from_fn(|_| vec![Line::Unavailable(why.clone())]),
        }
    }
}

/// Compiles a policy document. `template` is the operation's, for a document at operation scope.
pub fn document(
    text: &PolicyText,
    scope: Scope,
    template: Option<&UrlTemplate>,
    env: Environment<'_>,
    names: &mut Names,
    found: &mut Diagnostics,
) -> CompiledDocument {
    let broken = Unavailable {
        code: code::POLICY_BROKEN,
        message: format!("the policy document at {scope} scope does not compile").into(),
    };
    if text.format == PolicyFormat::Unreadable {
        return CompiledDocument::unavailable(scope, &broken);
    }
    let mut own = Diagnostics::default();
    let read = PolicyDocument::read(text, &mut own);
    let Some(document) = read.filter(|_| !own.has_errors()) else {
        found.append(own);
        return CompiledDocument::unavailable(scope, &broken);
    };
    let around = env.surroundings(Some(scope));
    let checked = check_document(&document, around, &mut own);
    // What is wrong with one policy spoils that policy; what is wrong with the document spoils all.
    let misplaced = !checked.is_whole();
    found.append(own);
    if misplaced {
        return CompiledDocument::unavailable(scope, &broken);
    }
    let sections = Section::ALL.map(|section| {
        let mut cx = CompileCx {
            env,
            names,
            found,
            scope,
            section,
            template,
            needs: BodyNeeds::default(),
            missing: None,
            fragments: Vec::new(),
        };
        let lines = checked.section(section).unwrap_or_default();
        lines
            .iter()
            .map(|line| match line {
                parse::Line::Base(_) => Line::Base,
                parse::Line::Policy(policy) => match cx.step(policy) {
                    Ok(step) => Line::Step(step),
                    Err(why) => Line::Unavailable(why),
                },
            })
            .collect()
    });
    CompiledDocument::new(scope, sections)
}

/// Compiles a fragment on its own, to report what is wrong with it wherever it is included.
pub fn fragment(
    text: &PolicyText,
    env: Environment<'_>,
    names: &mut Names,
    found: &mut Diagnostics,
) {
    if text.format == PolicyFormat::Unreadable {
        return;
    }
    let Some(fragment) = Fragment::read(text, found) else {
        return;
    };
    let checked = check_fragment(&fragment, None, env.surroundings(None), found);
    // In which section it will stand is not known; the first in which all its policies may is as
    // good as any for binding expressions.
    let mut cx = CompileCx {
        env,
        names,
        found,
        scope: Scope::Global,
        section: Section::Inbound,
        template: None,
        needs: BodyNeeds::default(),
        missing: None,
        fragments: Vec::new(),
    };
    for policy in &checked {
        drop(cx.step(policy));
    }
}

impl<'e> Environment<'e> {
    fn surroundings(&self, scope: Option<Scope>) -> Surroundings<'e> {
        Surroundings {
            named_values: self.named_values,
            references: self.references,
            scope,
        }
    }
}

/// What a policy sees while it is compiled.
pub struct CompileCx<'c> {
    env: Environment<'c>,
    names: &'c mut Names,
    found: &'c mut Diagnostics,
    scope: Scope,
    section: Section,
    template: Option<&'c UrlTemplate>,
    /// The bodies that the policy in hand reads.
    needs: BodyNeeds,
    /// Why the policy in hand cannot run, if something in it says so.
    missing: Option<Unavailable>,
    /// The fragments that are being included, outermost first.
    fragments: Vec<String>,
}

impl std::fmt::Debug for CompileCx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CompileCx({} {:?})", self.scope, self.section)
    }
}

impl CompileCx<'_> {
    // === Where it stands ===

    /// The scope of the document.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// The section.
    pub(crate) fn section(&self) -> Section {
        self.section
    }

    /// The template of the operation, in a document at operation scope.
    pub(crate) fn template(&self) -> Option<&UrlTemplate> {
        self.template
    }

    /// Whether references to what is not at hand are taken to lead somewhere.
    pub(crate) fn assumes_references(&self) -> bool {
        self.env.references == References::Assumed
    }

    // === What is wrong ===

    /// Reports a mistake.
    pub(crate) fn error(
        &mut self,
        checked: &Checked<'_>,
        code: Code,
        span: Span,
        message: impl Into<String>,
    ) {
        self.found
            .push(Diagnostic::error(code, checked.source(), span, message));
    }

    /// Reports a mistake and how to mend it.
    pub(crate) fn error_with_help(
        &mut self,
        checked: &Checked<'_>,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::error(code, checked.source(), span, message).with_help(help);
        self.found.push(diagnostic);
    }

    /// Reports what runs and may not be meant.
    pub fn warn(
        &mut self,
        checked: &Checked<'_>,
        code: Code,
        span: Span,
        message: impl Into<String>,
    ) {
        self.found
            .push(Diagnostic::warning(code, checked.source(), span, message));
    }

    /// Reports a form of a policy that cannot run yet: what needs it answers 503 and says so.
    pub(crate) fn cannot_run_yet(&mut self, checked: &Checked<'_>, missing: &str) {
        let why = self.lacking(checked, missing);
        self.missing.get_or_insert(why);
    }

    // === Values ===

    /// A text attribute.
    pub(crate) fn text(&mut self, checked: &Checked<'_>, name: &str) -> Option<Val<Box<str>>> {
        let attr = checked.text(name)?;
        self.text_of(checked, attr)
    }

    /// The element's own text.
    pub(crate) fn body(&mut self, checked: &Checked<'_>) -> Option<Val<Box<str>>> {
        let attr = checked.body()?;
        self.text_of(checked, attr)
    }

    /// A text that is known or computed.
    pub(crate) fn text_of(
        &mut self,
        checked: &Checked<'_>,
        attr: Attr<String>,
    ) -> Option<Val<Box<str>>> {
        self.value(checked, attr.and_then(|text| Some(text.into_boxed_str()))?)
    }

    /// A number attribute.
    pub(crate) fn int(&mut self, checked: &Checked<'_>, name: &str) -> Option<Val<u64>> {
        let attr = checked.int::<u64>(name)?;
        self.value(checked, attr)
    }

    /// A `true`/`false` attribute.
    pub(crate) fn bool(&mut self, checked: &Checked<'_>, name: &str) -> Option<Val<bool>> {
        let attr = checked.bool(name)?;
        self.value(checked, attr)
    }

    /// A value that is a literal or a program; a program with a constant value becomes a literal.
    pub(crate) fn value<T: FromValue>(
        &mut self,
        checked: &Checked<'_>,
        attr: Attr<T>,
    ) -> Option<Val<T>> {
        let source = match attr {
            Attr::Literal(value, _) => return Some(Val::Known(value)),
            Attr::Expression(source) => source,
        };
        let program = self.program(checked, &source)?;
        let Some(constant) = program.constant() else {
            return Some(Val::Computed(Box::new(program)));
        };
        match T::from_value(&constant) {
            Ok(value) => Some(Val::Known(value)),
            Err(fault) => {
                self.error(
                    checked,
                    expression::WRONG_TYPE,
                    source.span(),
                    fault.detail.message,
                );
                None
            }
        }
    }

    /// Compiles an expression; `None` after reporting why not.
    pub(crate) fn program(
        &mut self,
        checked: &Checked<'_>,
        source: &ExprSource,
    ) -> Option<Program> {
        let mut keys = NameKeys(self.names);
        let form = source.form.into();
        let Compiled { program, problems } =
            portcullis_expr::compile(source.text(), form, scheme::surface(), &mut keys);
        for problem in problems {
            let span = source.place(problem.span.start as usize..problem.span.end as usize);
            let code = Code::find(problem.code).unwrap_or(expression::DOES_NOT_COMPILE);
            let diagnostic = match problem.severity {
                Severity::Error => Diagnostic::error(code, checked.source(), span, problem.message),
                Severity::Warning => {
                    Diagnostic::warning(code, checked.source(), span, problem.message)
                }
            };
            self.found.push(Diagnostic {
                help: problem.help,
                ..diagnostic
            });
        }
        let program = program?;
        self.needs = self.needs.union(scheme::needs(&program));
        Some(program)
    }

    /// A variable that the policy sets or reads by a constant name.
    pub(crate) fn variable(&mut self, checked: &Checked<'_>, attribute: &str) -> Option<VarId> {
        checked
            .literal(attribute)
            .map(|(name, _)| self.names.variable(&name))
    }

    /// Says that the policy in hand reads these bodies.
    pub(crate) fn reads(&mut self, needs: BodyNeeds) {
        self.needs = self.needs.union(needs);
    }

    // === Entities ===

    /// A backend entity; `None` after reporting that there is none such.
    pub(crate) fn backend(
        &mut self,
        checked: &Checked<'_>,
        id: &str,
        span: Span,
    ) -> Option<Arc<BackendTarget>> {
        match self.env.catalogue.backend(id) {
            Lookup::Found(target) => Some(target),
            Lookup::Unknown(known) => {
                if self.assumes_references() {
                    return crate::backend_url::parse("http://assumed.invalid")
                        .ok()
                        .map(Arc::new);
                }
                self.unknown(
                    checked,
                    code::BACKEND_NOT_FOUND,
                    span,
                    ("backend", id),
                    &known,
                );
                None
            }
            Lookup::Unusable(why) => {
                let message = format!("the backend `{id}` cannot be used: {why}");
                self.error(checked, code::BACKEND_UNUSABLE, span, message);
                None
            }
        }
    }

    /// Every backend entity that can be used, for ids that are computed.
    pub(crate) fn backends(&self) -> Vec<Arc<BackendTarget>> {
        self.env.catalogue.backends()
    }

    fn unknown(
        &mut self,
        checked: &Checked<'_>,
        code: Code,
        span: Span,
        (what, id): (&str, &str),
        known: &[String],
    ) {
        let message = format!("there is no {what} `{id}`");
        let help = match portcullis_model::suggest::nearest(id, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add the {what}, or correct its id"),
        };
        self.error_with_help(checked, code, span, message, help);
    }

    // === Policies in policies ===

    /// The policies in an element, as a pipeline.
    pub(crate) fn pipeline(&mut self, policies: &[Checked<'_>]) -> Option<Pipeline> {
        let steps: Vec<_> = policies.iter().map(|policy| self.step(policy)).collect();
        match steps.into_iter().collect::<Result<_, _>>() {
            Ok(steps) => Some(Pipeline::new(steps)),
            Err(why) => {
                self.missing.get_or_insert(why);
                None
            }
        }
    }

    /// The policies of a fragment, as a pipeline.
    pub(crate) fn fragment(
        &mut self,
        checked: &Checked<'_>,
        id: &str,
        span: Span,
    ) -> Option<Pipeline> {
        if self.fragments.len() >= MAX_FRAGMENT_DEPTH || self.fragments.iter().any(|f| f == id) {
            let message = format!("the fragment `{id}` includes itself");
            self.error(checked, code::FRAGMENT_CYCLE, span, message);
            return None;
        }
        let text = match self.env.catalogue.fragment(id) {
            Lookup::Found(text) => text,
            Lookup::Unknown(_) if self.assumes_references() => return Some(Pipeline::default()),
            Lookup::Unknown(known) => {
                self.unknown(
                    checked,
                    code::FRAGMENT_NOT_FOUND,
                    span,
                    ("policy fragment", id),
                    &known,
                );
                return None;
            }
            Lookup::Unusable(why) => {
                self.error(checked, code::FRAGMENT_NOT_FOUND, span, why);
                return None;
            }
        };
        // The fragment's own mistakes are reported once, where it stands.
        let mut own = Diagnostics::default();
        let fragment = Fragment::read(text, &mut own)?;
        let around = self.env.surroundings(Some(self.scope));
        let policies = check_fragment(&fragment, Some(self.section), around, &mut own);
        if own.has_errors() {
            let message = format!("the fragment `{id}` does not compile in `{}`", self.section);
            self.error(checked, code::FRAGMENT_BROKEN, span, message);
            return None;
        }
        self.fragments.push(id.to_owned());
        let pipeline = self.pipeline(&policies);
        self.fragments.pop();
        pipeline
    }

    /// A policy, ready to run, or why it cannot.
    fn step(&mut self, checked: &Checked<'_>) -> Result<Arc<Step>, Unavailable> {
        let name = checked.name();
        let broken = || Unavailable {
            code: code::POLICY_BROKEN,
            message: format!(
                "the policy `{name}` at {} scope does not compile",
                self.scope
            )
            .into(),
        };
        let Some(entry) = checked.policy().filter(|_| checked.is_sound()) else {
            return Err(broken());
        };
        let compile = match entry.compile {
            Compile::Ready(compile) => compile,
            Compile::NotYet(missing) => return Err(self.not_runnable(checked, missing)),
        };
        let broken = broken();
        let outer = (std::mem::take(&mut self.needs), self.missing.take());
        let errors = self.found.error_count();
        let run = compile(checked, self);
        let needs = std::mem::replace(&mut self.needs, outer.0);
        if let Some(why) = std::mem::replace(&mut self.missing, outer.1) {
            return Err(why);
        }
        // INVARIANT: a policy that reported an error does not run, whatever it returned.
        let run = run
            .filter(|_| self.found.error_count() == errors)
            .ok_or(broken)?;
        let place = Place {
            scope: self.scope,
            section: self.section.name(),
            path: checked.path().into(),
            policy_id: checked.id().map(Into::into),
        };
        Ok(Arc::new(Step::new(name, place, needs, run)))
    }

    /// Reports a policy that cannot run yet. Its expressions and what is nested in it are checked all
    /// the same, so that its author learns everything at once.
    fn not_runnable(&mut self, checked: &Checked<'_>, missing: &str) -> Unavailable {
        for source in checked.expressions() {
            drop(self.program(checked, &source));
        }
        let outer = self.missing.take();
        drop(self.pipeline(checked.nested()));
        self.missing = outer;
        self.lacking(checked, missing)
    }

    fn lacking(&mut self, checked: &Checked<'_>, missing: &str) -> Unavailable {
        let name = checked.name();
        let message =
            format!("`{name}` cannot run yet ({missing}): operations that need it answer 503");
        let help = "see the list of policies for what runs in this version";
        let warning = Diagnostic::warning(
            policy::NOT_RUNNABLE,
            checked.source(),
            checked.span(),
            message,
        );
        self.found.push(warning.with_help(help));
        Unavailable {
            code: policy::NOT_RUNNABLE,
            message: format!("the policy `{name}` cannot run yet: {missing}").into(),
        }
    }
}
