//! `context.Workspace`.

use super::ContextHost;
use super::table::{Class, get};
use crate::facts::NamedFacts;

pub(super) const CLASS: Class = Class::named(
    "IWorkspace",
    &[
        get("string Id", |cx, _| {
            cx.workspace().map(|workspace| &*workspace.id).into()
        }),
        get("string Name", |cx, _| {
            cx.workspace().map(|workspace| &*workspace.name).into()
        }),
    ],
);

impl ContextHost<'_, '_> {
    fn workspace(&self) -> Option<&NamedFacts> {
        self.extras()?.workspace.as_ref()
    }
}
