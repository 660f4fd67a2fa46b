//! `context.User`.

use portcullis_expr::Value;

use super::ContextHost;
use super::group::OF_USER;
use super::product::listed;
use super::subscription::date_or_least;
use super::table::{Class, Kind, get};
use crate::facts::UserFacts;

pub(super) const CLASS: Class = Class::named(
    "IUser",
    &[
        get("string Email", |cx, _| {
            read(cx, |user| user.email.as_deref().into())
        }),
        get("string FirstName", |cx, _| {
            read(cx, |user| user.first_name.as_deref().into())
        }),
        get("IEnumerable<IGroup> Groups", |cx, _| {
            read(cx, |user| {
                listed(Kind::Group, (OF_USER..).take(user.groups.len()))
            })
        }),
        get("string Id", |cx, _| read(cx, |user| (*user.id).into())),
        get("IEnumerable<IUserIdentity> Identities", |cx, _| {
            read(cx, |user| {
                listed(Kind::Identity, (0..).take(user.identities.len()))
            })
        }),
        get("string LastName", |cx, _| {
            read(cx, |user| user.last_name.as_deref().into())
        }),
        get("string Note", |cx, _| {
            read(cx, |user| user.note.as_deref().into())
        }),
        get("DateTime RegistrationDate", |cx, _| {
            read(cx, |user| date_or_least(user.registered))
        }),
    ],
);

pub(super) const IDENTITY_CLASS: Class = Class::named(
    "IUserIdentity",
    &[
        get("string Id", |cx, identity| {
            identity_part(cx, identity, |(id, _)| id)
        }),
        get("string Provider", |cx, identity| {
            identity_part(cx, identity, |(_, provider)| provider)
        }),
    ],
);

impl ContextHost<'_, '_> {
    /// The user that owns the subscription.
    pub(super) fn user(&self) -> Option<&UserFacts> {
        self.extras()?.user.as_ref()
    }
}

fn read(cx: &ContextHost<'_, '_>, part: impl FnOnce(&UserFacts) -> Value) -> Value {
    cx.user().map_or(Value::Null, part)
}

fn identity_part(
    cx: &ContextHost<'_, '_>,
    identity: u32,
    part: impl FnOnce(&(Box<str>, Box<str>)) -> &str,
) -> Value {
    read(cx, |user| {
        let index = usize::try_from(identity).unwrap_or(usize::MAX);
        user.identities.get(index).map(part).into()
    })
}
