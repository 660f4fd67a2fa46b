//! `IGroup`: a group of users, of a product or of the user.

use super::ContextHost;
use super::table::{Class, get};

pub(super) const CLASS: Class = Class::named(
    "IGroup",
    &[
        get("string Id", |cx, group| {
            cx.group(group).map(|(id, _)| id).into()
        }),
        get("string Name", |cx, group| {
            cx.group(group).map(|(_, name)| name).into()
        }),
    ],
);

/// From here on, handles are the groups of the user; below, those of the product.
pub(super) const OF_USER: u32 = 1 << 31;

impl ContextHost<'_, '_> {
    fn group(&self, handle: u32) -> Option<(&str, &str)> {
        if let Some(index) = handle.checked_sub(OF_USER) {
            let group = self.user()?.groups.get(usize::try_from(index).ok()?)?;
            return Some((&group.id, &group.name));
        }
        let groups = &self.ex.facts().permit.product()?.groups;
        groups
            .get(usize::try_from(handle).ok()?)
            .map(|(id, name)| (&**id, &**name))
    }
}
