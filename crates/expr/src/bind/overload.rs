//! Overload resolution: which member a call means.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Binder;
use super::operand::{Candidate, MethodGroup, Operand};
use crate::ast::ArgumentMode;
use crate::member::{Member, ParamMode};
use crate::relations::delegate_signature;
use crate::span::Span;
use crate::types::{Num, Type};

/// A bound argument.
#[derive(Debug, Clone)]
pub(super) struct Arg<'x> {
    pub(super) name: Option<&'x str>,
    pub(super) mode: ArgumentMode,
    pub(super) operand: Operand<'x>,
    /// The variable that `out var x` declares once its type is known.
    pub(super) declares: Option<&'x crate::ast::Name>,
    pub(super) span: Span,
}

/// A candidate that fits.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) member: Arc<Member>,
    /// The type arguments: of the declaring type, then of the method.
    pub(super) types: Vec<Type>,
    /// What each parameter takes.
    pub(super) slots: Vec<Slot>,
    expanded: bool,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    Arg(usize),
    Default,
    /// The items of a `params` array.
    Items(Vec<usize>),
}

/// Why a candidate does not fit; what is closer to fitting comes later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Misfit {
    TooMany,
    /// No argument for the parameter of that name.
    Missing(String),
    NoSuchName(String),
    Inference,
    /// The argument at an index does not convert to the type; `out` is missing.
    Mode(usize),
    Argument(usize, String),
}

impl<'x> Binder<'_> {
    /// Chooses among candidates; the error is the misfit that comes closest.
    pub(super) fn resolve(
        &mut self,
        candidates: &[Candidate],
        explicit: &[Type],
        args: &[Arg<'x>],
    ) -> Result<Choice, Resolution> {
        let mut fits: Vec<Choice> = Vec::new();
        let mut misfit: Option<Misfit> = None;
        for candidate in candidates {
            match self.fit(candidate, explicit, args) {
                Ok(mut choices) => fits.append(&mut choices),
                Err(why) => {
                    if misfit.as_ref().is_none_or(|known| *known < why) {
                        misfit = Some(why);
                    }
                }
            }
        }
        if fits.is_empty() {
            return Err(Resolution::None(misfit.unwrap_or(Misfit::TooMany)));
        }
        let best = (0..fits.len()).find(|&index| {
            (0..fits.len()).all(|other| {
                index == other
                    || match (fits.get(index), fits.get(other)) {
                        (Some(a), Some(b)) => self.compare(a, b, args) == Ordering::Greater,
                        _ => false,
                    }
            })
        });
        if let Some(index) = best {
            Ok(fits.swap_remove(index))
        } else {
            let names = fits
                .iter()
                .take(2)
                .map(|choice| self.signature(&choice.member))
                .collect();
            Err(Resolution::Ambiguous(names))
        }
    }

    /// The forms in which a candidate takes the arguments.
    fn fit(
        &mut self,
        candidate: &Candidate,
        explicit: &[Type],
        args: &[Arg<'x>],
    ) -> Result<Vec<Choice>, Misfit> {
        let member = &candidate.member;
        if !explicit.is_empty() && explicit.len() != member.type_params.len() {
            return Err(Misfit::TooMany);
        }
        let normal = self.fit_form(candidate, explicit, args, false);
        let has_params = member
            .params
            .last()
            .is_some_and(|p| p.mode == ParamMode::Params);
        if !has_params {
            return normal.map(|choice| vec![choice]);
        }
        match (normal, self.fit_form(candidate, explicit, args, true)) {
            // Where the normal form fits, the expanded one is not considered.
            (Ok(normal), _) => Ok(vec![normal]),
            (Err(_), Ok(expanded)) => Ok(vec![expanded]),
            (Err(a), Err(b)) => Err(a.max(b)),
        }
    }

    fn fit_form(
        &mut self,
        candidate: &Candidate,
        explicit: &[Type],
        args: &[Arg<'x>],
        expanded: bool,
    ) -> Result<Choice, Misfit> {
        let member = &candidate.member;
        let slots = place_arguments(member, args, expanded)?;
        let mut types = candidate.owner.clone();
        types.resize(member.owner_params, Type::OBJECT);
        if !explicit.is_empty() {
            types.extend(explicit.iter().cloned());
        } else if !member.type_params.is_empty() {
            let inferred = self.infer(member, &types, &slots, args);
            types.extend(inferred.ok_or(Misfit::Inference)?);
        }
        let choice = Choice {
            member: member.clone(),
            types,
            slots,
            expanded,
        };
        self.check_arguments(&choice, args)?;
        Ok(choice)
    }

    fn check_arguments(&mut self, choice: &Choice, args: &[Arg<'x>]) -> Result<(), Misfit> {
        for (index, arg) in args.iter().enumerate() {
            let Some((ty, mode)) = choice.param_of(index) else {
                continue;
            };
            let wanted = match mode {
                ParamMode::Out => ArgumentMode::Out,
                ParamMode::Ref => ArgumentMode::Ref,
                ParamMode::Value | ParamMode::Params => ArgumentMode::Value,
            };
            if arg.mode != wanted {
                return Err(Misfit::Mode(index));
            }
            let fits = if wanted == ArgumentMode::Value {
                self.conversion(&arg.operand, &ty).is_some()
            } else {
                arg.declares.is_some() || arg.operand.ty().is_none_or(|own| *own == ty)
            };
            if !fits {
                return Err(Misfit::Argument(index, self.show(&ty)));
            }
        }
        Ok(())
    }

    // === Which is better ===

    /// `Greater` if `a` is better than `b`.
    fn compare(&mut self, a: &Choice, b: &Choice, args: &[Arg<'x>]) -> Ordering {
        let (mut better, mut worse) = (false, false);
        let mut identical = true;
        for (index, arg) in args.iter().enumerate() {
            let (Some((x, _)), Some((y, _))) = (a.param_of(index), b.param_of(index)) else {
                continue;
            };
            identical &= x == y;
            match self.better_conversion(arg, &x, &y) {
                Ordering::Greater => better = true,
                Ordering::Less => worse = true,
                Ordering::Equal => {}
            }
        }
        match (better, worse) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (true, true) => return Ordering::Equal,
            (false, false) => {}
        }
        // Default arguments are worse than none.
        let defaults = |c: &Choice| c.slots.iter().filter(|s| **s == Slot::Default).count();
        let by_defaults = (defaults(b) > 0).cmp(&(defaults(a) > 0));
        if !identical {
            return by_defaults;
        }
        a.tie_rank(b)
            .then(by_defaults)
            .then_with(|| Self::more_specific(a, b))
    }

    /// Whether the declared parameter types of one are more specific: `T[]` than `T`.
    fn more_specific(a: &Choice, b: &Choice) -> Ordering {
        let depth = |choice: &Choice| -> usize {
            choice
                .member
                .params
                .iter()
                .map(|p| specificity(&p.ty))
                .sum()
        };
        let by_owner = |choice: &Choice| {
            choice
                .member
                .params
                .iter()
                .filter(|p| !p.ty.is_open())
                .count()
        };
        by_owner(a).cmp(&by_owner(b)).then(depth(a).cmp(&depth(b)))
    }

    fn better_conversion(&mut self, arg: &Arg<'x>, x: &Type, y: &Type) -> Ordering {
        if x == y {
            return Ordering::Equal;
        }
        match &arg.operand {
            Operand::Node(node) if node.ty == *x => return Ordering::Greater,
            Operand::Node(node) if node.ty == *y => return Ordering::Less,
            Operand::Lambda(lambda, _) => {
                if let Some(order) = self.better_lambda(lambda, x, y) {
                    return order;
                }
            }
            _ => {}
        }
        self.better_target(x, y)
    }

    /// A lambda prefers the delegate whose result its own result converts to best.
    fn better_lambda(
        &mut self,
        lambda: &'x crate::ast::Lambda,
        x: &Type,
        y: &Type,
    ) -> Option<Ordering> {
        let (params_x, result_x) = delegate_signature(x)?;
        let (params_y, result_y) = delegate_signature(y)?;
        if params_x != params_y || result_x == result_y {
            return None;
        }
        if result_y == Type::Void {
            return Some(Ordering::Greater);
        }
        if result_x == Type::Void {
            return Some(Ordering::Less);
        }
        let own = self.infer_lambda_result(lambda, &params_x)?;
        if own == result_x {
            return Some(Ordering::Greater);
        }
        if own == result_y {
            return Some(Ordering::Less);
        }
        Some(self.better_target(&result_x, &result_y))
    }

    /// The type that the other converts to is the worse one.
    fn better_target(&mut self, x: &Type, y: &Type) -> Ordering {
        let to_y = self.implicit(x, None, y).is_some();
        let to_x = self.implicit(y, None, x).is_some();
        match (to_y, to_x) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        let signed = |ty: &Type| {
            matches!(
                ty.underlying().num(),
                Some(Num::SByte | Num::Short | Num::Int | Num::Long)
            )
        };
        let unsigned = |ty: &Type| {
            matches!(
                ty.underlying().num(),
                Some(Num::Byte | Num::UShort | Num::UInt | Num::ULong)
            )
        };
        if signed(x) && unsigned(y) {
            Ordering::Greater
        } else if unsigned(x) && signed(y) {
            Ordering::Less
        } else {
            Ordering::Equal
        }
    }

    // === Reporting ===

    /// A member as messages show it.
    pub(super) fn signature(&self, member: &Member) -> String {
        let params: Vec<String> = member.params.iter().map(|p| self.show(&p.ty)).collect();
        format!(
            "{}.{}({})",
            self.show(&member.owner),
            member.name,
            params.join(", ")
        )
    }

    /// Reports why no candidate was chosen.
    pub(super) fn report_resolution(
        &mut self,
        resolution: &Resolution,
        group: &MethodGroup,
        args: &[Arg<'x>],
        offset: usize,
        span: Span,
    ) {
        let misfit = match resolution {
            Resolution::Ambiguous(names) => {
                let message = format!("the call is ambiguous between `{}`", names.join("` and `"));
                self.error("CS0121", span, message);
                return;
            }
            Resolution::None(misfit) => misfit,
        };
        let name = &group.name;
        let count = args.len() - offset;
        let constructor = name == crate::member::CONSTRUCTOR;
        let shown = if constructor {
            self.show(&group.ty)
        } else {
            name.clone()
        };
        match misfit {
            Misfit::Missing(param)
                if group.candidates.len() + group.extensions.len() == 1 && !constructor =>
            {
                let message = format!(
                    "there is no argument given for the required parameter `{param}` of `{shown}`"
                );
                self.error("CS7036", span, message);
            }
            Misfit::TooMany | Misfit::Missing(_) if constructor => {
                let message = format!(
                    "`{shown}` does not contain a constructor that takes {count} arguments"
                );
                self.error("CS1729", span, message);
            }
            Misfit::TooMany | Misfit::Missing(_) => {
                let message = format!("no overload for method `{shown}` takes {count} arguments");
                self.error("CS1501", span, message);
            }
            Misfit::NoSuchName(param) => {
                let message = format!(
                    "the best overload for `{shown}` does not have a parameter named `{param}`"
                );
                self.error("CS1739", span, message);
            }
            Misfit::Inference => {
                let message = format!(
                    "the type arguments for method `{shown}` cannot be inferred from the usage"
                );
                let help = Some(format!("write them: `{shown}<…>(…)`"));
                self.error_with_help("CS0411", span, message, help);
            }
            Misfit::Mode(index) => {
                let at = args.get(*index).map_or(span, |arg| arg.span);
                let message = format!(
                    "argument {}: must or must not be passed with the `out` or `ref` keyword",
                    index + 1
                );
                self.error("CS1620", at, message);
            }
            Misfit::Argument(index, to) => self.report_argument(*index, to, args, offset, span),
        }
    }

    fn report_argument(
        &mut self,
        index: usize,
        to: &str,
        args: &[Arg<'x>],
        offset: usize,
        span: Span,
    ) {
        let Some(arg) = args.get(index) else { return };
        // What is wrong inside a lambda says more than that it does not convert.
        if let Operand::Lambda(lambda, lambda_span) = &arg.operand
            && self.report_lambda(lambda, *lambda_span)
        {
            return;
        }
        let from = match &arg.operand {
            Operand::Node(node) => self.show(&node.ty),
            Operand::Lambda(..) => "lambda expression".to_owned(),
            Operand::Methods(_) | Operand::Function(_) => "method group".to_owned(),
            _ => "?".to_owned(),
        };
        if index < offset {
            let message = format!(
                "`{from}` does not contain a suitable definition: a receiver of type `{to}` is required"
            );
            self.error("CS1929", span, message);
            return;
        }
        let message = format!(
            "argument {}: cannot convert from `{from}` to `{to}`",
            index + 1 - offset
        );
        self.error("CS1503", arg.span, message);
    }
}

/// Why there is no choice.
#[derive(Debug)]
pub(super) enum Resolution {
    None(Misfit),
    Ambiguous(Vec<String>),
}

impl Resolution {
    /// Which of two says more.
    pub(super) fn closer(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::None(a), Self::None(b)) if b > a => other,
            (Self::None(_), Self::Ambiguous(_)) => other,
            _ => self,
        }
    }
}

impl Choice {
    /// The type and mode of the parameter that takes an argument.
    pub(super) fn param_of(&self, arg: usize) -> Option<(Type, ParamMode)> {
        for (param, slot) in self.member.params.iter().zip(&self.slots) {
            match slot {
                Slot::Arg(index) if *index == arg => {
                    let mode = if param.mode == ParamMode::Params {
                        ParamMode::Value
                    } else {
                        param.mode
                    };
                    return Some((param.ty.substitute(&self.types), mode));
                }
                Slot::Items(items) if items.contains(&arg) => {
                    let item = param.ty.arguments().first()?.substitute(&self.types);
                    return Some((item, ParamMode::Value));
                }
                _ => {}
            }
        }
        None
    }

    /// Non-generic before generic, normal before expanded.
    fn tie_rank(&self, other: &Self) -> Ordering {
        let generic = |c: &Self| !c.member.type_params.is_empty();
        generic(other)
            .cmp(&generic(self))
            .then(other.expanded.cmp(&self.expanded))
            .then_with(|| {
                if self.expanded && other.expanded {
                    self.member.params.len().cmp(&other.member.params.len())
                } else {
                    Ordering::Equal
                }
            })
    }
}

/// How deep a type is built: `T[]` is more than `T`.
fn specificity(ty: &Type) -> usize {
    match ty {
        Type::Param(_) => 0,
        Type::Array(item) | Type::Nullable(item) => 1 + specificity(item),
        Type::Generic(_, arguments) => 1 + arguments.iter().map(specificity).sum::<usize>(),
        _ => 1,
    }
}

/// Which argument goes to which parameter.
fn place_arguments(member: &Member, args: &[Arg<'_>], expanded: bool) -> Result<Vec<Slot>, Misfit> {
    let count = member.params.len();
    let fixed = if expanded {
        count.saturating_sub(1)
    } else {
        count
    };
    let mut slots: Vec<Option<Slot>> = vec![None; count];
    let mut items = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let position = match arg.name {
            Some(name) => member
                .params
                .iter()
                .position(|p| *p.name == *name)
                .ok_or_else(|| Misfit::NoSuchName(name.to_owned()))?,
            None => index,
        };
        if expanded && position >= fixed {
            items.push(index);
            continue;
        }
        match slots.get_mut(position) {
            Some(slot @ None) => *slot = Some(Slot::Arg(index)),
            Some(Some(_)) => {
                return Err(Misfit::NoSuchName(arg.name.unwrap_or_default().to_owned()));
            }
            None => return Err(Misfit::TooMany),
        }
    }
    let mut placed = Vec::with_capacity(count);
    for (position, (slot, param)) in slots.into_iter().zip(&member.params).enumerate() {
        placed.push(match slot {
            Some(slot) => slot,
            None if expanded && position == fixed => Slot::Items(std::mem::take(&mut items)),
            None if param.default.is_some() => Slot::Default,
            None => return Err(Misfit::Missing(param.name.to_string())),
        });
    }
    Ok(placed)
}
