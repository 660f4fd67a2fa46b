//! How the surface is declared: each noun's file holds one [`Class`], a table of C# signatures with
//! the functions behind them. Position in the flattened table is the [`MemberId`], so a run looks
//! nothing up by name.

use std::sync::OnceLock;

use portcullis_expr::{
    HostCall, HostType, Key, Keys, MemberId, Object, Outcome, Surface, SurfaceBuilder,
    SurfaceError, Value,
};

use super::ContextHost;
use crate::names::Names;

/// Reads a property of the object with that handle.
pub(super) type Read = fn(&ContextHost<'_, '_>, u32) -> Value;
/// Runs a method, an indexer or an extension method.
pub(super) type Act = fn(&mut ContextHost<'_, '_>, &mut HostCall<'_>) -> Outcome;
/// Lists the items of the object with that handle.
pub(super) type List = fn(&ContextHost<'_, '_>, u32) -> Vec<Value>;

/// What stands behind a signature.
#[derive(Clone, Copy)]
pub(super) enum Does {
    Read(Read),
    Act(Act),
}

/// What the constant keys of a member are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    None,
    Variable,
    Header,
}

/// One member.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    signature: &'static str,
    does: Does,
    keys: KeyKind,
    documented: bool,
}

/// A property.
pub(super) const fn get(signature: &'static str, read: Read) -> Entry {
    Entry {
        signature,
        does: Does::Read(read),
        keys: KeyKind::None,
        documented: true,
    }
}

/// A method, an indexer or an extension method.
pub(super) const fn call(signature: &'static str, act: Act) -> Entry {
    Entry {
        signature,
        does: Does::Act(act),
        keys: KeyKind::None,
        documented: true,
    }
}

impl Entry {
    /// Its first argument is often a constant key of that kind.
    pub(super) const fn keyed(self, keys: KeyKind) -> Self {
        Self { keys, ..self }
    }

    /// Azure does not document it.
    pub(super) const fn undocumented(self) -> Self {
        Self {
            documented: false,
            ..self
        }
    }
}

/// One type.
#[derive(Clone, Copy)]
pub(super) struct Class {
    name: &'static str,
    /// What messages show for a type that expressions cannot name.
    shown: Option<&'static str>,
    parents: &'static [&'static str],
    /// The full name and the values of an enumeration.
    values: Option<(&'static str, &'static [(&'static str, i32)])>,
    members: &'static [Entry],
    items: Option<List>,
}

impl Class {
    /// A type that expressions may name.
    pub(super) const fn named(name: &'static str, members: &'static [Entry]) -> Self {
        Self {
            name,
            shown: None,
            parents: &[],
            values: None,
            members,
            items: None,
        }
    }

    /// A type that expressions cannot name.
    pub(super) const fn hidden(
        name: &'static str,
        shown: &'static str,
        members: &'static [Entry],
    ) -> Self {
        Self {
            shown: Some(shown),
            ..Self::named(name, members)
        }
    }

    /// An enumeration.
    pub(super) const fn enumeration(
        name: &'static str,
        full_name: &'static str,
        values: &'static [(&'static str, i32)],
    ) -> Self {
        Self {
            values: Some((full_name, values)),
            ..Self::named(name, &[])
        }
    }

    /// It has everything these types have.
    pub(super) const fn with_parents(self, parents: &'static [&'static str]) -> Self {
        Self { parents, ..self }
    }

    /// It is a sequence.
    pub(super) const fn listing(self, items: List) -> Self {
        Self {
            items: Some(items),
            ..self
        }
    }
}

macro_rules! kinds {
    ($($kind:ident: $class:path,)*) => {
        /// The types of the surface.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(dead_code, reason = "there is no certificate and no such network yet")]
        pub(super) enum Kind { $($kind,)* }

        const CLASSES: &[Class] = &[$($class,)*];
    };
}

kinds! {
    Context: super::context::CLASS,
    Request: super::request::CLASS,
    Response: super::response::CLASS,
    Headers: super::headers::CLASS,
    Body: super::body::CLASS,
    Url: super::url::CLASS,
    Query: super::query::CLASS,
    Variables: super::variables::CLASS,
    Parameters: super::parameters::CLASS,
    Api: super::api::CLASS,
    ContextApi: super::api::CONTEXT_CLASS,
    KeyNames: super::api::KEY_NAMES_CLASS,
    Operation: super::operation::CLASS,
    Product: super::product::CLASS,
    ProductState: super::product::STATE_CLASS,
    Group: super::group::CLASS,
    Subscription: super::subscription::CLASS,
    User: super::user::CLASS,
    Identity: super::user::IDENTITY_CLASS,
    Deployment: super::deployment::CLASS,
    Gateway: super::deployment::GATEWAY_CLASS,
    Sustainability: super::deployment::SUSTAINABILITY_CLASS,
    Certificates: super::certificate::DICTIONARY_CLASS,
    Certificate: super::certificate::CLASS,
    DistinguishedName: super::certificate::NAME_CLASS,
    Workspace: super::workspace::CLASS,
    GraphQl: super::graphql::CLASS,
    PrivateEndpoint: super::private_endpoint::CLASS,
    VnetInfo: super::private_endpoint::VNET_CLASS,
    LastError: super::last_error::CLASS,
    Jwt: super::jwt::CLASS,
    Claims: super::jwt::CLAIMS_CLASS,
    Basic: super::basic::CLASS,
    Authorization: super::authorization::CLASS,
    AuthorizationClaims: super::authorization::CLAIMS_CLASS,
}

const EXTENSIONS: &[&[Entry]] = &[
    super::jwt::EXTENSIONS,
    super::basic::EXTENSIONS,
    super::form::EXTENSIONS,
    super::cipher::EXTENSIONS,
    super::dictionary::EXTENSIONS,
];

impl Kind {
    /// The number under which the surface knows the type.
    pub(super) fn host_type(self) -> HostType {
        HostType(self as u16)
    }

    /// The one object of this type, or `null`.
    pub(super) fn if_there(self, there: bool) -> Value {
        if there { self.object(0) } else { Value::Null }
    }

    /// The object of this type with that handle.
    pub(super) fn object(self, handle: u32) -> Value {
        Value::Host(Object {
            kind: self.host_type(),
            handle,
        })
    }
}

/// The member of that signature, for asking a program whether it uses it.
pub(super) fn member(kind: Kind, signature: &str) -> Option<MemberId> {
    let before: usize = CLASSES
        .iter()
        .take(kind as usize)
        .map(|class| class.members.len())
        .sum();
    let own = CLASSES.get(kind as usize)?.members;
    let at = own.iter().position(|entry| entry.signature == signature)?;
    u16::try_from(before + at).ok().map(MemberId)
}

/// The surface with the functions behind it.
pub(super) struct Table {
    pub(super) surface: Surface,
    entries: Box<[Entry]>,
}

impl Table {
    /// The one table, made when it is first asked for.
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<Table> = OnceLock::new();
        SHARED.get_or_init(|| {
            // INVARIANT: the declarations are constants, and a test builds them.
            Self::build().unwrap_or_else(|_| Self {
                surface: Surface::empty(),
                entries: Box::default(),
            })
        })
    }

    pub(super) fn build() -> Result<Self, SurfaceError> {
        let mut builder = SurfaceBuilder::new();
        let types: Vec<HostType> = CLASSES
            .iter()
            .map(|class| declare(&mut builder, class))
            .collect();
        let mut entries = Vec::new();
        for (class, ty) in CLASSES.iter().zip(types) {
            for parent in class.parents {
                builder.implements(ty, parent);
            }
            for entry in class.members {
                let member = builder.member(ty, entry.signature);
                note(&mut builder, member, entry);
                entries.push(*entry);
            }
        }
        for entry in EXTENSIONS.iter().copied().flatten() {
            let member = builder.extension(entry.signature);
            note(&mut builder, member, entry);
            entries.push(*entry);
        }
        builder.root(
            "context",
            Object {
                kind: Kind::Context.host_type(),
                handle: 0,
            },
        );
        Ok(Self {
            surface: builder.build()?,
            entries: entries.into(),
        })
    }

    /// What stands behind a member.
    pub(super) fn does(&self, member: MemberId) -> Option<Does> {
        self.entries
            .get(usize::from(member.0))
            .map(|entry| entry.does)
    }

    fn keys(&self, member: MemberId) -> KeyKind {
        self.entries
            .get(usize::from(member.0))
            .map_or(KeyKind::None, |entry| entry.keys)
    }
}

fn declare(builder: &mut SurfaceBuilder, class: &Class) -> HostType {
    match (class.values, class.shown) {
        (Some((full_name, values)), _) => builder.enumeration(class.name, full_name, values),
        (None, Some(shown)) => builder.hidden_class(class.name, shown),
        (None, None) => builder.class(class.name),
    }
}

fn note(builder: &mut SurfaceBuilder, member: MemberId, entry: &Entry) {
    if entry.keys != KeyKind::None {
        builder.keyed(member);
    }
    if !entry.documented {
        builder.undocumented(member);
    }
}

/// What lists the items of a type's objects.
pub(super) fn lister(kind: HostType) -> Option<List> {
    CLASSES.get(usize::from(kind.0))?.items
}

/// Turns the constant keys of expressions into numbers while they are compiled.
#[derive(Debug)]
pub struct NameKeys<'a>(pub &'a mut Names);

impl Keys for NameKeys<'_> {
    fn intern(&mut self, member: MemberId, key: &str) -> Option<Key> {
        match Table::shared().keys(member) {
            KeyKind::None => None,
            KeyKind::Variable => Some(Key(self.0.variable(key).0)),
            KeyKind::Header => self.0.header(key).map(Key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_is_understood() {
        if let Err(error) = Table::build() {
            panic!("{error}");
        }
    }
}
