//! The .NET library: one file per type, each a table of C# signatures with their functions.
//!
//! Adding a member is one line in a table and one function. The tables are read once into the
//! [`registry`](registry()); the binder resolves overloads over them and leaves function pointers in
//! the program, so nothing is looked up by name when an expression runs.

mod object;
mod registry;
pub(crate) mod signature;
mod stubs;

pub(crate) use registry::{Definition, TypeNames, keyword_of, registry};

use crate::eval::Call;
use crate::exception::Outcome;

/// The function behind a member. The receiver of an instance member is the first argument.
pub(crate) type Native = fn(&mut Call<'_, '_>) -> Outcome;

/// A type with its members.
pub(crate) struct Table {
    /// The full name with type parameters: `System.Collections.Generic.List<T>`.
    pub(crate) name: &'static str,
    pub(crate) kind: TableKind,
    /// The base class, if it is not `object`, and the interfaces.
    pub(crate) parents: &'static [&'static str],
    /// Whether Azure documents the type.
    pub(crate) documented: bool,
    pub(crate) members: &'static [Entry],
}

/// The kinds of types.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TableKind {
    Class,
    Struct,
    Interface,
    /// A class that only holds static members.
    Static,
    Enum {
        values: &'static [(&'static str, i32)],
        flags: bool,
    },
    /// Its one member is `Invoke`.
    Delegate,
}

/// A member.
pub(crate) struct Entry {
    pub(crate) signature: &'static str,
    pub(crate) run: Native,
    /// Whether Azure documents it.
    pub(crate) documented: bool,
}

/// A member that Azure documents.
const fn m(signature: &'static str, run: Native) -> Entry {
    Entry {
        signature,
        run,
        documented: true,
    }
}

/// A member outside Azure's documented allow-list.
const fn outside(signature: &'static str, run: Native) -> Entry {
    Entry {
        signature,
        run,
        documented: false,
    }
}

/// A constant; the value stands in the signature.
const fn constant(signature: &'static str) -> Entry {
    Entry {
        signature,
        run: nothing,
        documented: true,
    }
}

fn nothing(_: &mut Call<'_, '_>) -> Outcome {
    Ok(crate::Value::Null)
}

/// Every type. The first ones have the fixed ids of [`crate::types::DefId`].
static TABLES: &[&Table] = &[
    &object::OBJECT,
    &stubs::STRING,
    &stubs::BOOL,
    &stubs::CHAR,
    &stubs::SBYTE,
    &stubs::BYTE,
    &stubs::SHORT,
    &stubs::USHORT,
    &stubs::INT,
    &stubs::UINT,
    &stubs::LONG,
    &stubs::ULONG,
    &stubs::FLOAT,
    &stubs::DOUBLE,
    &stubs::DECIMAL,
    &stubs::DATE_TIME,
    &stubs::DATE_TIME_OFFSET,
    &stubs::TIME_SPAN,
    &stubs::GUID,
    &object::VALUE_TYPE,
    &stubs::ENUM,
    &stubs::ARRAY,
    &stubs::DELEGATE,
    &object::TYPE,
    &stubs::EXCEPTION,
    &stubs::NULLABLE,
    &stubs::ENUMERABLE,
    &stubs::ENUMERABLE_OF,
    &stubs::COLLECTION_OF,
    &stubs::LIST_INTERFACE,
    &stubs::READ_ONLY_COLLECTION,
    &stubs::READ_ONLY_LIST,
    &stubs::DICTIONARY_INTERFACE,
    &stubs::READ_ONLY_DICTIONARY,
    &stubs::LIST,
    &stubs::DICTIONARY,
    &stubs::HASH_SET,
    &stubs::KEY_VALUE_PAIR,
    &stubs::JTOKEN,
    &stubs::JCONTAINER,
    &stubs::JOBJECT,
    &stubs::JARRAY,
    &stubs::JPROPERTY,
    &stubs::JVALUE,
    &stubs::JRAW,
    &stubs::URI,
    &stubs::XOBJECT,
    &stubs::XNODE,
    &stubs::XCONTAINER,
    &stubs::XELEMENT,
    &stubs::XDOCUMENT,
    &stubs::XATTRIBUTE,
    &stubs::XTEXT,
    &stubs::XCDATA,
    &stubs::XCOMMENT,
    &stubs::XINSTRUCTION,
    &stubs::XDOCTYPE,
    &stubs::XNAME,
    &stubs::XNAMESPACE,
    &stubs::IGROUPING,
    &stubs::ORDERED,
    &stubs::QUEUE,
    &stubs::STACK,
    &stubs::FUNC,
    &stubs::FORMATTABLE,
    &stubs::COMPARABLE,
    &stubs::SET_INTERFACE,
    &stubs::JENUMERABLE,
    &stubs::READ_ONLY_COLLECTION_CLASS,
];

/// How a sequence is ordered, for `ThenBy`.
pub(crate) struct Ordering;

/// An instant of a value.
pub(crate) fn to_offset(_value: &crate::Value) -> Outcome {
    Ok(crate::Value::Null)
}

/// Reads a GUID.
pub(crate) fn parse_guid(_text: &str) -> Outcome<crate::Guid> {
    Ok(crate::Guid([0; 16]))
}

/// Makes a URI.
pub(crate) fn make_uri(_text: &crate::Text) -> Outcome {
    Ok(crate::Value::Null)
}

/// Reads base64.
pub(crate) fn from_base64(_text: &str) -> Outcome<Vec<u8>> {
    Ok(Vec::new())
}
