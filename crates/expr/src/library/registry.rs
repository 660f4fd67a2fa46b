//! The registry: every library type with its members, read once from the tables.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::signature::{Place, read, resolve};
use super::{Entry, TABLES, Table, TableKind};
use crate::lex::lex;
use crate::member::{Body, Member};
use crate::parse::Parser;
use crate::types::{DefId, Type, WELL_KNOWN};

/// What the names of types mean.
pub(crate) trait TypeNames {
    /// The type of a (qualified) name with so many type arguments; a generic one is given open.
    fn named(&self, path: &[&str], arity: usize) -> Option<Type>;
}

/// A library type.
#[derive(Debug)]
pub(crate) struct Definition {
    /// `List`.
    pub(crate) name: &'static str,
    /// `System.Collections.Generic`.
    pub(crate) namespace: &'static str,
    pub(crate) kind: TableKind,
    /// The names of the type parameters.
    pub(crate) params: Vec<Arc<str>>,
    /// Which of them are covariant.
    pub(crate) covariant: Vec<bool>,
    /// Which of them are contravariant.
    pub(crate) contravariant: Vec<bool>,
    /// The base class and the interfaces, open.
    pub(crate) parents: Vec<Type>,
    /// Whether Azure documents the type.
    pub(crate) documented: bool,
    members: HashMap<Arc<str>, Vec<Arc<Member>>>,
}

impl Definition {
    /// Whether it is an enumeration.
    pub(crate) fn is_enum(&self) -> bool {
        matches!(self.kind, TableKind::Enum { .. })
    }

    /// The members of a name.
    pub(crate) fn members(&self, name: &str) -> &[Arc<Member>] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of all members, for suggestions.
    pub(crate) fn member_names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(|name| &**name)
    }

    /// The method that a delegate type stands for.
    pub(crate) fn invoke(&self) -> Option<&Arc<Member>> {
        self.members("Invoke").first()
    }
}

/// All library types.
#[derive(Debug)]
pub(crate) struct Registry {
    definitions: Vec<Definition>,
    by_name: HashMap<(&'static str, usize), DefId>,
    by_full_name: HashMap<String, DefId>,
    extensions: HashMap<Arc<str>, Vec<Arc<Member>>>,
    namespaces: Vec<&'static str>,
    /// Signatures that could not be read; a test asserts that there are none.
    pub(crate) errors: Vec<String>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::build);

/// The registry.
pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

/// What stands for a definition that does not exist.
static NOTHING: LazyLock<Definition> = LazyLock::new(|| Definition {
    name: "?",
    namespace: "",
    kind: TableKind::Class,
    params: Vec::new(),
    covariant: Vec::new(),
    contravariant: Vec::new(),
    parents: Vec::new(),
    documented: false,
    members: HashMap::new(),
});

impl Registry {
    fn build() -> Self {
        let mut registry = Self {
            definitions: Vec::new(),
            by_name: HashMap::new(),
            by_full_name: HashMap::new(),
            extensions: HashMap::new(),
            namespaces: Vec::new(),
            errors: Vec::new(),
        };
        for table in TABLES {
            registry.declare(table);
        }
        for (index, table) in TABLES.iter().enumerate() {
            registry.fill(index, table);
        }
        registry.errors.extend(misplaced());
        registry
    }

    /// Enters a type's name.
    fn declare(&mut self, table: &'static Table) {
        let (path, written) = table.name.split_once('<').unwrap_or((table.name, ""));
        let (namespace, name) = path.rsplit_once('.').unwrap_or(("", path));
        let mut definition = Definition {
            name,
            namespace,
            kind: table.kind,
            params: Vec::new(),
            covariant: Vec::new(),
            contravariant: Vec::new(),
            parents: Vec::new(),
            documented: table.documented,
            members: HashMap::new(),
        };
        for param in written.trim_end_matches('>').split(',').map(str::trim) {
            if param.is_empty() {
                continue;
            }
            definition.covariant.push(param.starts_with("out "));
            definition.contravariant.push(param.starts_with("in "));
            let bare = param.trim_start_matches("out ").trim_start_matches("in ");
            definition.params.push(bare.into());
        }
        let id = DefId(u16::try_from(self.definitions.len()).unwrap_or(u16::MAX));
        self.by_name.insert((name, definition.params.len()), id);
        self.by_full_name
            .insert(full_name(namespace, name, definition.params.len()), id);
        self.namespaces.push(namespace);
        self.definitions.push(definition);
    }

    /// Reads a type's parents and members.
    fn fill(&mut self, index: usize, table: &'static Table) {
        let Some(definition) = self.definitions.get(index) else {
            return;
        };
        let id = DefId(u16::try_from(index).unwrap_or(u16::MAX));
        let type_params = definition.params.clone();
        let owner = open(id, type_params.len());
        let mut parents = Vec::new();
        for parent in table.parents {
            match self.read_type(parent, &type_params) {
                Ok(ty) => parents.push(ty),
                Err(why) => self.errors.push(why),
            }
        }
        let mut members: HashMap<Arc<str>, Vec<Arc<Member>>> = HashMap::new();
        for entry in table.members {
            let place = Place {
                owner: owner.clone(),
                type_params: &type_params,
                names: self,
            };
            match read(entry.signature, &place, Body::Native(entry.run)) {
                Ok(member) => {
                    let member = Arc::new(adapt(member, entry, table));
                    if member.extension {
                        let name = member.name.clone();
                        self.extensions
                            .entry(name)
                            .or_default()
                            .push(member.clone());
                    }
                    members.entry(member.name.clone()).or_default().push(member);
                }
                Err(why) => self.errors.push(format!("{}: {why}", table.name)),
            }
        }
        if let Some(definition) = self.definitions.get_mut(index) {
            definition.parents = parents;
            definition.members = members;
        }
    }

    fn read_type(&self, text: &str, type_params: &[Arc<str>]) -> Result<Type, String> {
        let mut problems = Vec::new();
        let tokens = lex(text, &mut problems);
        let written = Parser::new(text, tokens, &mut problems).type_ref();
        let param = |name: &str| {
            let position = type_params.iter().position(|p| &**p == name)?;
            u16::try_from(position).ok().map(Type::Param)
        };
        resolve(&written, self, &param)
    }

    /// One of them.
    pub(crate) fn definition(&self, id: DefId) -> &Definition {
        self.definitions.get(usize::from(id.0)).unwrap_or(&NOTHING)
    }

    /// The type of a full name without type parameters.
    pub(crate) fn find_full(&self, name: &str) -> Option<DefId> {
        self.by_full_name.get(name).copied()
    }

    /// The type of a simple name with so many type parameters.
    pub(crate) fn named_def(&self, name: &str, arity: usize) -> Option<DefId> {
        self.by_name.get(&(name, arity)).copied()
    }

    /// The extension methods of a name.
    pub(crate) fn extensions(&self, name: &str) -> &[Arc<Member>] {
        self.extensions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether there is such a namespace, or one within it.
    pub(crate) fn is_namespace(&self, name: &str) -> bool {
        self.namespaces.iter().any(|n| {
            n.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The simple names of all types, for suggestions.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.definitions.iter().map(|definition| definition.name)
    }
}

impl TypeNames for Registry {
    fn named(&self, path: &[&str], arity: usize) -> Option<Type> {
        let id = match path {
            [name] => match keyword(name) {
                Some(id) => id,
                None => *self.by_name.get(&(*name, arity))?,
            },
            [namespace @ .., name] => {
                *self
                    .by_full_name
                    .get(&full_name(&namespace.join("."), name, arity))?
            }
            [] => return None,
        };
        Some(open(id, arity))
    }
}

/// The type that a keyword names.
fn keyword(word: &str) -> Option<DefId> {
    Some(match word {
        "object" => DefId::OBJECT,
        "string" => DefId::STRING,
        "bool" => DefId::BOOL,
        "char" => DefId::CHAR,
        "sbyte" => DefId::SBYTE,
        "byte" => DefId::BYTE,
        "short" => DefId::SHORT,
        "ushort" => DefId::USHORT,
        "int" => DefId::INT,
        "uint" => DefId::UINT,
        "long" => DefId::LONG,
        "ulong" => DefId::ULONG,
        "float" => DefId::FLOAT,
        "double" => DefId::DOUBLE,
        "decimal" => DefId::DECIMAL,
        _ => return None,
    })
}

/// The keyword that names a type.
pub(crate) fn keyword_of(id: DefId) -> Option<&'static str> {
    crate::parse::PREDEFINED
        .iter()
        .copied()
        .find(|word| keyword(word) == Some(id))
}

fn full_name(namespace: &str, name: &str, arity: usize) -> String {
    if arity == 0 {
        format!("{namespace}.{name}")
    } else {
        format!("{namespace}.{name}`{arity}")
    }
}

/// A type with its own parameters as arguments.
fn open(id: DefId, arity: usize) -> Type {
    if arity == 0 {
        return Type::Def(id);
    }
    Type::generic(
        id,
        (0..arity)
            .filter_map(|i| u16::try_from(i).ok().map(Type::Param))
            .collect::<Vec<_>>(),
    )
}

/// Types with a fixed id that do not stand where it says.
fn misplaced() -> impl Iterator<Item = String> {
    WELL_KNOWN
        .iter()
        .filter(|(id, name)| TABLES.get(usize::from(id.0)).map(|t| t.name) != Some(*name))
        .map(|(id, name)| format!("`{name}` must be type {}", id.0))
}

fn adapt(mut member: Member, entry: &Entry, table: &Table) -> Member {
    member.documented = entry.documented && table.documented;
    member
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_signature() {
        assert!(registry().errors.is_empty(), "{:#?}", registry().errors);
    }
}
