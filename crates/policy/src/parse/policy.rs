//! Checks one policy: that it is one, and that it may stand where it stands.

use portcullis_model::code::policy as code;
use portcullis_model::suggest;

use super::checked::Checked;
use super::{Container, ParseCx};
use crate::grammar::{PolicySpec, Sections};
use crate::policies::{self, POLICIES};
use crate::xml::Element;

impl ParseCx<'_> {
    /// A policy and everything in it; `None` if no policy has the name.
    pub(super) fn policy<'d>(
        &mut self,
        element: &'d Element,
        path: Box<str>,
    ) -> Option<Checked<'d>> {
        let Some(entry) = policies::find(&element.name) else {
            self.unknown_policy(element);
            return None;
        };
        let before = self.errors;
        let mut checked = self.element(element, &entry.spec.root, Some(entry), path);
        if self.container != Container::Description {
            self.place(element, entry.spec);
        }
        checked.sound = self.errors == before;
        Some(checked)
    }

    fn unknown_policy(&mut self, element: &Element) {
        let name = &element.name;
        let elements = POLICIES.iter().map(|p| p.spec.element());
        let help = match suggest::nearest(name, elements) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`docs/policies` lists every policy".to_owned(),
        };
        let message = format!("no policy is called `{name}`");
        self.error(code::UNKNOWN_POLICY, element.name_span, message, help);
    }

    /// Whether the policy may stand here.
    fn place(&mut self, element: &Element, spec: &PolicySpec) {
        let name = spec.element();
        let span = element.name_span;
        let is_resolver = spec.sections == Sections::NONE;
        if is_resolver != (self.container == Container::Resolver) {
            let message = format!("`{name}` is not allowed here");
            let help = if is_resolver {
                "it stands only in GraphQL resolvers"
            } else {
                "a GraphQL resolver is a single data source"
            };
            self.error(code::POLICY_NOT_ALLOWED, span, message, help);
            return;
        }
        if self.container == Container::Fragment && name == "include-fragment" {
            let message = "a fragment cannot include another fragment".to_owned();
            let help = "include both from the policy document";
            self.error(code::NESTED_FRAGMENT, span, message, help);
        }
        if let Some(section) = self.section
            && !spec.sections.contains(section)
        {
            let message = format!("`{name}` is not allowed in the section `{section}`");
            let sections: Vec<_> = spec.sections.iter().map(|s| format!("`{s}`")).collect();
            let help = format!("it may stand in {}", sections.join(", "));
            self.error(code::SECTION_NOT_ALLOWED, span, message, help);
        }
        if let Some(scope) = self.around.scope
            && !spec.scopes.contains(scope)
        {
            let message = format!("`{name}` is not allowed in the specified scope `{scope}`");
            let scopes: Vec<_> = spec.scopes.iter().map(|s| format!("`{s}`")).collect();
            let help = format!("it may stand in documents of scope {}", scopes.join(", "));
            self.error(code::SCOPE_NOT_ALLOWED, span, message, help);
        }
    }
}
