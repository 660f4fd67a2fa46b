//! `Surface`: the C# names that the host adds to the library — `context`, `IRequest`,
//! `string.AsJwt()` — declared once, in the words of C#.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::lex::lex;
use crate::library::signature::{Place, read, resolve};
use crate::library::{TypeNames, registry};
use crate::member::{Body, Member};
use crate::parse::Parser;
use crate::types::Type;
use crate::value::Object;

/// A type of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostType(pub u16);

/// A member of a host type, or an extension method of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId(pub u16);

/// A constant key that [`crate::Keys`] has interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u32);

/// A declaration that cannot be understood. A mistake of the host's programmer, found at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurfaceError(String);

impl fmt::Display for SurfaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SurfaceError {}

// === SurfaceBuilder ===

/// Collects declarations. Types first, for signatures may mention any of them.
#[derive(Debug, Default)]
pub struct SurfaceBuilder {
    types: Vec<Declared>,
    members: Vec<DeclaredMember>,
    roots: Vec<(&'static str, Object)>,
}

#[derive(Debug)]
struct Declared {
    name: &'static str,
    shown: &'static str,
    full_name: &'static str,
    hidden: bool,
    parents: Vec<&'static str>,
    values: Option<&'static [(&'static str, i32)]>,
}

#[derive(Debug)]
struct DeclaredMember {
    owner: Option<HostType>,
    signature: &'static str,
    keyed: bool,
    documented: bool,
}

impl SurfaceBuilder {
    /// Nothing declared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A type that expressions may name: `class("IRequest")`.
    pub fn class(&mut self, name: &'static str) -> HostType {
        self.declare(Declared {
            name,
            shown: name,
            full_name: name,
            hidden: false,
            parents: Vec::new(),
            values: None,
        })
    }

    /// A type that expressions cannot name; messages show it as `shown`. The name is for signatures.
    pub fn hidden_class(&mut self, name: &'static str, shown: &'static str) -> HostType {
        self.declare(Declared {
            name,
            shown,
            full_name: shown,
            hidden: true,
            parents: Vec::new(),
            values: None,
        })
    }

    /// An enumeration: `enumeration("ProductState", "Apim.ProductState", &[("NotPublished", 0), …])`.
    pub fn enumeration(
        &mut self,
        name: &'static str,
        full_name: &'static str,
        values: &'static [(&'static str, i32)],
    ) -> HostType {
        self.declare(Declared {
            name,
            shown: name,
            full_name,
            hidden: false,
            parents: Vec::new(),
            values: Some(values),
        })
    }

    fn declare(&mut self, declared: Declared) -> HostType {
        self.types.push(declared);
        HostType(u16::try_from(self.types.len() - 1).unwrap_or(u16::MAX))
    }

    /// Says that a type has everything its parent has: another host type (`"IApi"`), or a well-known
    /// interface (`"IReadOnlyDictionary<string, string[]>"`, `"IEnumerable<IGroup>"`). An object of a
    /// type with such an interface is enumerated with [`crate::Host::enumerate`].
    pub fn implements(&mut self, ty: HostType, parent: &'static str) {
        if let Some(declared) = self.types.get_mut(usize::from(ty.0)) {
            declared.parents.push(parent);
        }
    }

    /// A member, as C# would declare it: `"string Method"` is a property, `"void Trace(string message)"`
    /// a method, `"object this[string name]"` an indexer, `"T As<T>(bool preserveContent = false)"` a
    /// generic method. Defaults are `null`, `default`, booleans, numbers or strings.
    pub fn member(&mut self, owner: HostType, signature: &'static str) -> MemberId {
        self.declare_member(Some(owner), signature)
    }

    /// An extension method: `"Jwt AsJwt(this string text)"`.
    pub fn extension(&mut self, signature: &'static str) -> MemberId {
        self.declare_member(None, signature)
    }

    fn declare_member(&mut self, owner: Option<HostType>, signature: &'static str) -> MemberId {
        self.members.push(DeclaredMember {
            owner,
            signature,
            keyed: false,
            documented: true,
        });
        MemberId(u16::try_from(self.members.len() - 1).unwrap_or(u16::MAX))
    }

    /// Says that the member's first string argument is a key: a literal there goes to
    /// [`crate::Keys::intern`].
    pub fn keyed(&mut self, member: MemberId) {
        if let Some(member) = self.members.get_mut(usize::from(member.0)) {
            member.keyed = true;
        }
    }

    /// Says that Azure does not document the member: its use gives the warning `outside-azure`.
    pub fn undocumented(&mut self, member: MemberId) {
        if let Some(member) = self.members.get_mut(usize::from(member.0)) {
            member.documented = false;
        }
    }

    /// A name that stands for an object: `root("context", …)`.
    pub fn root(&mut self, name: &'static str, object: Object) {
        self.roots.push((name, object));
    }

    /// Reads all signatures.
    pub fn build(self) -> Result<Surface, SurfaceError> {
        Tables::build(self)
            .map(|tables| Surface(Arc::new(tables)))
            .map_err(SurfaceError)
    }
}

// === Surface ===

/// What the host adds. Built once, shared by every program, cheap to clone.
#[derive(Debug, Clone)]
pub struct Surface(Arc<Tables>);

#[derive(Debug, Default)]
struct Tables {
    types: Vec<HostDef>,
    extensions: HashMap<Arc<str>, Vec<Arc<Member>>>,
    roots: Vec<(&'static str, Object)>,
}

/// A host type, its signatures read.
#[derive(Debug)]
pub(crate) struct HostDef {
    name: &'static str,
    shown: &'static str,
    full_name: &'static str,
    hidden: bool,
    pub(crate) parents: Vec<Type>,
    pub(crate) values: Option<&'static [(&'static str, i32)]>,
    members: HashMap<Arc<str>, Vec<Arc<Member>>>,
}

impl HostDef {
    /// The members of a name.
    pub(crate) fn members(&self, name: &str) -> &[Arc<Member>] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of all members, for suggestions.
    pub(crate) fn member_names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(|name| &**name)
    }
}

impl Surface {
    /// A surface with nothing on it: the library alone.
    pub fn empty() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn host(&self, ty: HostType) -> Option<&HostDef> {
        self.0.types.get(usize::from(ty.0))
    }

    pub(crate) fn root(&self, name: &str) -> Option<Object> {
        self.0
            .roots
            .iter()
            .find(|(root, _)| *root == name)
            .map(|(_, object)| *object)
    }

    pub(crate) fn root_names(&self) -> impl Iterator<Item = &str> {
        self.0.roots.iter().map(|(name, _)| *name)
    }

    /// The host's extension methods of a name.
    pub(crate) fn extensions(&self, name: &str) -> &[Arc<Member>] {
        self.0.extensions.get(name).map_or(&[], Vec::as_slice)
    }

    /// A host type's name as messages show it.
    pub fn shown_name(&self, ty: HostType) -> &str {
        self.host(ty).map_or("?", |def| def.shown)
    }

    /// A host type's full .NET name.
    pub fn full_name(&self, ty: HostType) -> &str {
        self.host(ty).map_or("?", |def| def.full_name)
    }

    /// A host type that expressions may name.
    pub(crate) fn visible(&self, name: &str) -> Option<Type> {
        self.0
            .find(name)
            .filter(|(_, def)| !def.hidden)
            .map(|(ty, _)| Type::Host(ty))
    }
}

impl Tables {
    fn build(builder: SurfaceBuilder) -> Result<Self, String> {
        let mut tables = Self {
            roots: builder.roots,
            ..Self::default()
        };
        for declared in &builder.types {
            tables.types.push(HostDef {
                name: declared.name,
                shown: declared.shown,
                full_name: declared.full_name,
                hidden: declared.hidden,
                parents: Vec::new(),
                values: declared.values,
                members: HashMap::new(),
            });
        }
        for (index, declared) in builder.types.iter().enumerate() {
            let parents = declared
                .parents
                .iter()
                .map(|parent| tables.read_type(parent))
                .collect::<Result<_, _>>()?;
            if let Some(def) = tables.types.get_mut(index) {
                def.parents = parents;
            }
        }
        for (index, declared) in builder.members.iter().enumerate() {
            tables.add_member(index, declared)?;
        }
        Ok(tables)
    }

    fn add_member(&mut self, index: usize, declared: &DeclaredMember) -> Result<(), String> {
        let id = MemberId(u16::try_from(index).map_err(|_| "too many members".to_owned())?);
        let owner = declared.owner.map_or(Type::OBJECT, Type::Host);
        let place = Place {
            owner,
            type_params: &[],
            names: self,
        };
        let body = Body::Host {
            id,
            keyed: declared.keyed,
        };
        let mut member = read(declared.signature, &place, body)?;
        member.documented = declared.documented;
        let into = match declared.owner {
            Some(owner) => match self.types.get_mut(usize::from(owner.0)) {
                Some(def) => &mut def.members,
                None => return Err(format!("`{}`: no such type", declared.signature)),
            },
            None => &mut self.extensions,
        };
        into.entry(member.name.clone())
            .or_default()
            .push(Arc::new(member));
        Ok(())
    }

    fn read_type(&self, text: &str) -> Result<Type, String> {
        let mut problems = Vec::new();
        let tokens = lex(text, &mut problems);
        let written = Parser::new(text, tokens, &mut problems).type_ref();
        resolve(&written, self, &|_| None)
    }

    fn find(&self, name: &str) -> Option<(HostType, &HostDef)> {
        let index = self.types.iter().position(|def| def.name == name)?;
        let def = self.types.get(index)?;
        Some((HostType(u16::try_from(index).ok()?), def))
    }
}

impl TypeNames for Tables {
    fn named(&self, path: &[&str], arity: usize) -> Option<Type> {
        if let ([name], 0) = (path, arity)
            && let Some((ty, _)) = self.find(name)
        {
            return Some(Type::Host(ty));
        }
        registry().named(path, arity)
    }
}

impl TypeNames for Surface {
    fn named(&self, path: &[&str], arity: usize) -> Option<Type> {
        match (path, arity) {
            ([name], 0) => self.visible(name).or_else(|| registry().named(path, arity)),
            _ => registry().named(path, arity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_declarations_in_any_order() {
        let mut builder = SurfaceBuilder::new();
        let context = builder.class("IContext");
        let request = builder.class("IRequest");
        builder.member(context, "IRequest Request");
        let header = builder.member(
            request,
            "string Header(string name, string fallback = null)",
        );
        builder.keyed(header);
        builder.extension("IRequest AsRequest(this string text)");
        builder.root(
            "context",
            Object {
                kind: context,
                handle: 0,
            },
        );
        let surface = builder.build().unwrap();
        let member = &surface.host(request).unwrap().members("Header")[0];
        assert_eq!(member.params.len(), 2);
        assert!(matches!(member.body, Body::Host { keyed: true, .. }));
        assert_eq!(
            surface.extensions("AsRequest")[0].result,
            Type::Host(request)
        );
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        let mut builder = SurfaceBuilder::new();
        let context = builder.class("IContext");
        builder.member(context, "IMissing Request");
        let error = builder.build().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`IMissing Request`: unknown type `IMissing`"
        );
    }
}
