//! `switch`.

use super::Binder;
use super::statement::steps_of;
use crate::ast::{Expr, PatternKind, SwitchLabel, SwitchSection};
use crate::bound::{Constant, Node, Op, Step, SwitchSteps};
use crate::span::Span;
use crate::types::Type;
use crate::value::Value;

/// The constant labels of a `switch` that is being bound, for `goto case`.
pub(super) struct Labels {
    ty: Type,
    sections: Vec<Vec<Value>>,
    default: Option<usize>,
}

impl<'x> Binder<'_> {
    pub(super) fn switch_statement(
        &mut self,
        value: &'x Expr,
        sections: &'x [SwitchSection],
    ) -> Step {
        let value = self.bind_value(value);
        let slot = self.temp();
        let read = Self::local(slot, value.ty.clone(), value.span);
        self.enter_scope();
        let labels = self.labels(&value.ty, sections);
        let default = labels.default;
        self.function().switches.push(labels);
        let mut bound = Vec::new();
        for section in sections {
            bound.push(self.section(&read, section));
        }
        self.function().switches.pop();
        let cells = self.leave_scope();
        let switch = SwitchSteps {
            slot,
            value,
            sections: bound.into(),
            default,
        };
        steps_of(cells, Vec::new(), vec![Step::Switch(Box::new(switch))])
    }

    /// Collects the constants of all labels first, for a `goto case` may go forward.
    fn labels(&mut self, ty: &Type, sections: &'x [SwitchSection]) -> Labels {
        let mut default = None;
        let mut known: Vec<Value> = Vec::new();
        let mut collected = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            let mut values = Vec::new();
            for label in &section.labels {
                match label {
                    SwitchLabel::Default(span) => {
                        if default.replace(index).is_some() {
                            let message = "the switch statement contains multiple cases with the label `default`";
                            self.error("CS0152", *span, message);
                        }
                    }
                    SwitchLabel::Case(case) => {
                        let (pattern, filter) = &**case;
                        let PatternKind::Constant(tree) = &pattern.kind else {
                            continue;
                        };
                        let (constant, _) = self.speculate(|binder| {
                            let node = binder.bind_as_type(tree, ty);
                            node.constant().map(Constant::value)
                        });
                        let Some(value) = constant else { continue };
                        if filter.is_none() && known.iter().any(|k| crate::value::equals(k, &value))
                        {
                            let message =
                                "the switch statement contains multiple cases with this label";
                            self.error("CS0152", pattern.span, message);
                        }
                        known.push(value.clone());
                        values.push(value);
                    }
                }
            }
            collected.push(values);
        }
        Labels {
            ty: ty.clone(),
            sections: collected,
            default,
        }
    }

    fn section(&mut self, read: &Node, section: &'x SwitchSection) -> (Box<[Node]>, Step) {
        self.enter_scope();
        let mut tests = Vec::new();
        for label in &section.labels {
            let SwitchLabel::Case(case) = label else {
                continue;
            };
            let (pattern, filter) = &**case;
            let test = self.bind_pattern(read, pattern);
            tests.push(match filter {
                None => test,
                Some(tree) => {
                    let filter = self.bind_condition(tree);
                    Node::new(Op::All([test, filter].into()), Type::BOOL, tree.span)
                }
            });
        }
        let before = self.problems.len();
        let (steps, functions) = self.statements(&section.body);
        let cells = self.leave_scope();
        let step = steps_of(cells, functions, steps);
        let falls = section.body.is_empty() || super::flow::falls_through(&step);
        if falls && !self.failed_since(before) {
            let message = "control cannot fall through from one case label to another";
            let help = Some("end the section with `break;`, `return` or `throw`".to_owned());
            self.error_with_help("CS0163", section.span, message, help);
        }
        (tests.into(), step)
    }

    pub(super) fn goto_case(&mut self, label: Option<&'x Expr>, span: Span) -> Step {
        let Some(labels) = self.function().switches.last() else {
            self.error(
                "CS0153",
                span,
                "a goto case is only valid inside a switch statement",
            );
            return Step::Nothing;
        };
        let (ty, default) = (labels.ty.clone(), labels.default);
        let target = match label {
            None => default,
            Some(tree) => {
                let operand = self.bind(tree);
                let node = self.convert(operand, &ty, tree.span);
                let wanted = node.constant().map(Constant::value);
                if wanted.is_none() && node.ty.is_unknown() {
                    return Step::Nothing;
                }
                self.function().switches.last().and_then(|labels| {
                    labels.sections.iter().position(|values| {
                        values
                            .iter()
                            .any(|v| wanted.as_ref().is_some_and(|w| crate::value::equals(v, w)))
                    })
                })
            }
        };
        if let Some(section) = target {
            Step::Goto(section)
        } else {
            self.error(
                "CS0159",
                span,
                "no such label within the scope of the goto statement",
            );
            Step::Nothing
        }
    }
}
