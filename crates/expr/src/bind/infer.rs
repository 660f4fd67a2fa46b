//! Type inference: the type arguments of a generic method from the arguments of its call.

use super::Binder;
use super::operand::Operand;
use super::overload::{Arg, Slot};
use crate::member::Member;
use crate::relations::{delegate_signature, implementation, is_value_type};
use crate::types::Type;

/// What is known about one type parameter.
#[derive(Debug, Clone, Default)]
struct Bounds {
    exact: Vec<Type>,
    lower: Vec<Type>,
    upper: Vec<Type>,
    fixed: Option<Type>,
}

impl Bounds {
    fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.lower.is_empty() && self.upper.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    Exact,
    Lower,
    Upper,
}

struct Inference {
    /// The index of the first of the method's own type parameters.
    first: usize,
    bounds: Vec<Bounds>,
    owner: Vec<Type>,
}

impl Inference {
    fn bounds_of(&mut self, index: u16) -> Option<&mut Bounds> {
        self.bounds
            .get_mut(usize::from(index).checked_sub(self.first)?)
    }

    /// What is fixed so far, as type arguments.
    fn current(&self) -> Vec<Type> {
        let fixed = self.bounds.iter().enumerate().map(|(index, b)| {
            b.fixed.clone().unwrap_or_else(|| {
                Type::Param(u16::try_from(self.first + index).unwrap_or(u16::MAX))
            })
        });
        self.owner.iter().cloned().chain(fixed).collect()
    }
}

impl<'x> Binder<'_> {
    /// The method's type arguments, if they can be found out.
    pub(super) fn infer(
        &mut self,
        member: &Member,
        owner: &[Type],
        slots: &[Slot],
        args: &[Arg<'x>],
    ) -> Option<Vec<Type>> {
        let mut inference = Inference {
            first: member.owner_params,
            bounds: vec![Bounds::default(); member.type_params.len()],
            owner: owner.to_vec(),
        };
        let mut pairs: Vec<(usize, Type)> = Vec::new();
        for (param, slot) in member.params.iter().zip(slots) {
            match slot {
                Slot::Arg(index) => pairs.push((*index, param.ty.clone())),
                Slot::Items(items) => {
                    let item = param.ty.arguments().first()?;
                    pairs.extend(items.iter().map(|index| (*index, item.clone())));
                }
                Slot::Default => {}
            }
        }
        for (index, ty) in &pairs {
            let arg = args.get(*index)?;
            if let Some(own) = arg.operand.ty() {
                let how = if arg.mode == crate::ast::ArgumentMode::Value {
                    How::Lower
                } else {
                    How::Exact
                };
                self.relate(&mut inference, &own.clone(), ty, how);
            }
        }
        let mut waiting: Vec<(usize, Type)> = pairs
            .into_iter()
            .filter(|(index, _)| args.get(*index).is_some_and(is_untyped))
            .collect();
        self.fix_ready(&mut inference, &waiting);
        while !waiting.is_empty() {
            let ready = waiting
                .iter()
                .position(|(_, ty)| Self::inputs(&inference, ty).is_some());
            let Some(ready) = ready else { break };
            let (index, ty) = waiting.remove(ready);
            let arg = args.get(index)?;
            self.infer_output(&mut inference, arg, &ty);
            self.fix_ready(&mut inference, &waiting);
        }
        self.fix_all(&mut inference)
    }

    /// The parameter types of a delegate, if they are all known.
    fn inputs(inference: &Inference, ty: &Type) -> Option<Vec<Type>> {
        let current = inference.current();
        let Some((params, _)) = delegate_signature(ty) else {
            return Some(Vec::new());
        };
        let params: Vec<Type> = params.iter().map(|p| p.substitute(&current)).collect();
        (!params.iter().any(Type::is_open)).then_some(params)
    }

    /// Learns from the result of a lambda or method whose parameters are known.
    fn infer_output(&mut self, inference: &mut Inference, arg: &Arg<'x>, ty: &Type) {
        let Some((_, result)) = delegate_signature(ty) else {
            return;
        };
        let Some(params) = Self::inputs(inference, ty) else {
            return;
        };
        let own = match &arg.operand {
            Operand::Lambda(lambda, _) => self.infer_lambda_result(lambda, &params),
            Operand::Methods(group) => self.group_result(group, &params),
            Operand::Function(function) => Some(function.result.clone()),
            _ => None,
        };
        if let Some(own) = own
            && own != Type::Null
            && !own.is_unknown()
        {
            self.relate(inference, &own, &result, How::Lower);
        }
    }

    /// Relates an argument's type to a parameter's.
    fn relate(&self, inference: &mut Inference, own: &Type, param: &Type, how: How) {
        match param {
            Type::Param(index) => {
                let Some(bounds) = inference.bounds_of(*index) else {
                    return;
                };
                let into = match how {
                    How::Exact => &mut bounds.exact,
                    How::Lower => &mut bounds.lower,
                    How::Upper => &mut bounds.upper,
                };
                if !into.contains(own) {
                    into.push(own.clone());
                }
            }
            Type::Array(item) => {
                if let Type::Array(own) = own {
                    let how = if is_value_type(own, self.surface) {
                        How::Exact
                    } else {
                        how
                    };
                    self.relate(inference, own, item, how);
                }
            }
            Type::Nullable(inner) => match own {
                Type::Nullable(own) => self.relate(inference, own, inner, How::Exact),
                other if how == How::Lower => self.relate(inference, other, inner, How::Lower),
                _ => {}
            },
            Type::Tuple(items) => {
                if let Type::Tuple(own) = own {
                    for (own, item) in own.iter().zip(items.iter()) {
                        self.relate(inference, own, item, How::Exact);
                    }
                }
            }
            Type::Generic(def, params) => {
                let Some(arguments) = self.arguments_as(own, *def) else {
                    return;
                };
                let definition = crate::library::registry().definition(*def);
                for (index, (own, param)) in arguments.iter().zip(params.iter()).enumerate() {
                    let flag = |flags: &[bool]| flags.get(index).copied().unwrap_or(false);
                    let how = if is_value_type(own, self.surface) {
                        How::Exact
                    } else if flag(&definition.covariant) {
                        how
                    } else if flag(&definition.contravariant) {
                        if how == How::Lower {
                            How::Upper
                        } else {
                            How::Lower
                        }
                    } else {
                        How::Exact
                    };
                    self.relate(inference, own, param, how);
                }
            }
            _ => {}
        }
    }

    /// The type arguments with which a type is a generic type; a string is a sequence of characters.
    fn arguments_as(&self, own: &Type, def: crate::types::DefId) -> Option<Vec<Type>> {
        match own {
            Type::Generic(own_def, arguments) if *own_def == def => Some(arguments.to_vec()),
            _ => implementation(own, def, self.surface),
        }
    }

    /// Fixes what nothing that waits can say more about.
    fn fix_ready(&mut self, inference: &mut Inference, waiting: &[(usize, Type)]) {
        let outputs: Vec<Type> = waiting
            .iter()
            .filter_map(|(_, ty)| delegate_signature(ty))
            .map(|(_, r)| r)
            .collect();
        for index in 0..inference.bounds.len() {
            let param = Type::Param(u16::try_from(inference.first + index).unwrap_or(u16::MAX));
            let pending = outputs.iter().any(|ty| mentions(ty, &param));
            let blocks = waiting.iter().any(|(_, ty)| {
                delegate_signature(ty).is_some_and(|(p, _)| p.iter().any(|t| mentions(t, &param)))
            });
            if pending && !blocks {
                continue;
            }
            self.fix(inference, index);
        }
    }

    fn fix(&mut self, inference: &mut Inference, index: usize) {
        let Some(bounds) = inference.bounds.get(index) else {
            return;
        };
        if bounds.fixed.is_some() || bounds.is_empty() {
            return;
        }
        let bounds = bounds.clone();
        let fixed = self.best_type(&bounds);
        if let Some(place) = inference.bounds.get_mut(index) {
            place.fixed = fixed;
        }
    }

    fn fix_all(&mut self, inference: &mut Inference) -> Option<Vec<Type>> {
        for index in 0..inference.bounds.len() {
            self.fix(inference, index);
        }
        inference.bounds.iter().map(|b| b.fixed.clone()).collect()
    }

    /// The type that satisfies all bounds.
    fn best_type(&mut self, bounds: &Bounds) -> Option<Type> {
        let candidates: Vec<Type> = bounds
            .exact
            .iter()
            .chain(&bounds.lower)
            .chain(&bounds.upper)
            .cloned()
            .collect();
        candidates.into_iter().find(|candidate| {
            bounds.exact.iter().all(|exact| exact == candidate)
                && bounds.lower.iter().all(|lower| {
                    lower == candidate || self.implicit(lower, None, candidate).is_some()
                })
                && bounds.upper.iter().all(|upper| {
                    upper == candidate || self.implicit(candidate, None, upper).is_some()
                })
        })
    }

    /// The type that all of several expressions convert to, as of `new[] {…}`.
    pub(super) fn best_common_type(&mut self, operands: &[Operand<'x>]) -> Option<Type> {
        let mut candidates: Vec<Type> = Vec::new();
        for operand in operands {
            if let Some(ty) = operand.ty()
                && !candidates.contains(ty)
            {
                candidates.push(ty.clone());
            }
        }
        let fitting: Vec<Type> = candidates
            .into_iter()
            .filter(|ty| {
                operands.iter().all(|operand| match operand {
                    Operand::Node(node) => self.implicit(&node.ty, None, ty).is_some(),
                    other => self.conversion(other, ty).is_some(),
                })
            })
            .collect();
        fitting.first().cloned()
    }
}

/// Whether an argument takes its type from the parameter.
fn is_untyped(arg: &Arg<'_>) -> bool {
    matches!(
        arg.operand,
        Operand::Lambda(..) | Operand::Methods(_) | Operand::Function(_)
    )
}

fn mentions(ty: &Type, param: &Type) -> bool {
    ty == param
        || match ty {
            Type::Generic(_, arguments) => arguments.iter().any(|t| mentions(t, param)),
            Type::Array(item) | Type::Nullable(item) => mentions(item, param),
            Type::Tuple(items) => items.iter().any(|t| mentions(t, param)),
            _ => false,
        }
}
