//! The .NET library: one file per type, each a table of C# signatures with their functions.
//!
//! Adding a member is one line in a table and one function. The tables are read once into the
//! [`registry`](registry()); the binder resolves overloads over them and leaves function pointers in
//! the program, so nothing is looked up by name when an expression runs.

#![expect(
    clippy::unnecessary_wraps,
    reason = "the functions of a table share one signature"
)]

mod array;
mod bit_converter;
mod boolean;
mod char;
mod comparers;
mod convert;
mod date_time;
mod date_time_offset;
mod delegates;
mod dictionary;
mod encoding;
mod enums;
mod exceptions;
mod floating;
mod guid;
mod hash;
mod hash_set;
mod integer;
mod interfaces;
mod ip_address;
mod json;
mod linq;
mod list;
mod math;
mod nullable;
mod object;
mod ordering;
mod queue;
mod random;
mod regex;
mod registry;
pub(crate) mod signature;
mod string;
mod string_builder;
mod time_span;
mod tuple;
mod uri;
mod web;
mod xml;

pub(crate) use char::is_decimal_digit;
pub(crate) use convert::from_base64;
pub(crate) use date_time_offset::to_offset;
pub(crate) use guid::parse_guid;
pub(crate) use json::pairs as json_pairs;
pub(crate) use linq::Ordering;
pub(crate) use registry::{Definition, TypeNames, keyword_of, registry};
pub(crate) use uri::make_uri;

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
    &string::STRING,
    &boolean::BOOLEAN,
    &char::CHAR,
    &integer::SBYTE,
    &integer::BYTE,
    &integer::SHORT,
    &integer::USHORT,
    &integer::INT,
    &integer::UINT,
    &integer::LONG,
    &integer::ULONG,
    &floating::SINGLE,
    &floating::DOUBLE,
    &floating::DECIMAL,
    &date_time::DATE_TIME,
    &date_time_offset::DATE_TIME_OFFSET,
    &time_span::TIME_SPAN,
    &guid::GUID,
    &object::VALUE_TYPE,
    &enums::ENUM,
    &array::ARRAY,
    &delegates::DELEGATE,
    &object::TYPE,
    &exceptions::EXCEPTION,
    &nullable::NULLABLE,
    &interfaces::ENUMERABLE,
    &interfaces::ENUMERABLE_OF,
    &interfaces::COLLECTION_OF,
    &interfaces::LIST_INTERFACE,
    &interfaces::READ_ONLY_COLLECTION,
    &interfaces::READ_ONLY_LIST,
    &interfaces::DICTIONARY_INTERFACE,
    &interfaces::READ_ONLY_DICTIONARY,
    &list::LIST,
    &dictionary::DICTIONARY,
    &hash_set::HASH_SET,
    &dictionary::KEY_VALUE_PAIR,
    &json::JTOKEN,
    &json::JCONTAINER,
    &json::JOBJECT,
    &json::JARRAY,
    &json::JPROPERTY,
    &json::JVALUE,
    &json::JRAW,
    &uri::URI,
    &xml::XOBJECT,
    &xml::XNODE,
    &xml::XCONTAINER,
    &xml::XELEMENT,
    &xml::XDOCUMENT,
    &xml::XATTRIBUTE,
    &xml::XTEXT,
    &xml::XCDATA,
    &xml::XCOMMENT,
    &xml::XINSTRUCTION,
    &xml::XDOCTYPE,
    &xml::XNAME,
    &xml::XNAMESPACE,
    &linq::GROUPING,
    &linq::ORDERED,
    &queue::QUEUE,
    &queue::STACK,
    &delegates::FUNC,
    &interfaces::FORMATTABLE,
    &interfaces::COMPARABLE,
    &interfaces::SET_INTERFACE,
    &json::JENUMERABLE,
    &list::READ_ONLY,
    &delegates::FUNC1,
    &delegates::FUNC2,
    &delegates::FUNC3,
    &delegates::FUNC4,
    &delegates::ACTION,
    &delegates::ACTION1,
    &delegates::ACTION2,
    &delegates::ACTION3,
    &delegates::PREDICATE,
    &delegates::COMPARISON,
    &delegates::CONVERTER,
    &delegates::MATCH_EVALUATOR,
    &interfaces::FORMAT_PROVIDER,
    &interfaces::DISPOSABLE,
    &interfaces::COLLECTION,
    &comparers::EQUALITY_COMPARER,
    &comparers::COMPARER,
    &comparers::STRING_COMPARER,
    &math::MATH,
    &convert::CONVERT,
    &hash::HASH_ALGORITHM,
    &hash::KEYED_HASH_ALGORITHM,
    &hash::HMAC,
    &hash::SHA1,
    &hash::SHA1_MANAGED,
    &hash::SHA256,
    &hash::SHA256_MANAGED,
    &hash::SHA384,
    &hash::SHA384_MANAGED,
    &hash::SHA512,
    &hash::SHA512_MANAGED,
    &hash::HMACSHA1,
    &hash::HMACSHA256,
    &hash::HMACSHA384,
    &hash::HMACSHA512,
    &random::RANDOM,
    &bit_converter::BIT_CONVERTER,
    &array::BUFFER,
    &encoding::ENCODING,
    &string_builder::STRING_BUILDER,
    &string_builder::TEXT_READER,
    &string_builder::TEXT_WRITER,
    &string_builder::STRING_READER,
    &string_builder::STRING_WRITER,
    &dictionary::EXTENSIONS,
    &tuple::TUPLE,
    &tuple::TUPLE1,
    &tuple::TUPLE2,
    &tuple::TUPLE3,
    &tuple::TUPLE4,
    &linq::ENUMERABLE,
    &linq::LOOKUP,
    &json::JTOKEN_TYPE,
    &json::EXTENSIONS,
    &json::BIG_INTEGER,
    &json::FORMATTING,
    &json::JSON_CONVERTER,
    &json::SERIALIZER_SETTINGS,
    &json::JSON_LOAD_SETTINGS,
    &json::MERGE_SETTINGS,
    &json::JSON_CONVERT,
    &regex::REGEX_OPTIONS,
    &regex::REGEX,
    &regex::CAPTURE,
    &regex::GROUP,
    &regex::MATCH,
    &regex::MATCH_COLLECTION,
    &regex::GROUP_COLLECTION,
    &regex::CAPTURE_COLLECTION,
    &uri::URI_KIND,
    &uri::URI_PARTIAL,
    &uri::HOST_NAME_TYPE,
    &uri::URI_BUILDER,
    &web::WEB_UTILITY,
    &web::HTTP_UTILITY,
    &ip_address::ADDRESS_FAMILY,
    &ip_address::IP_ADDRESS,
    &enums::STRING_COMPARISON,
    &enums::STRING_SPLIT_OPTIONS,
    &enums::DAY_OF_WEEK,
    &enums::DATE_TIME_KIND,
    &enums::MIDPOINT_ROUNDING,
    &enums::TYPE_CODE,
    &enums::BASE64_FORMATTING,
    &enums::NUMBER_STYLES,
    &enums::DATE_TIME_STYLES,
    &exceptions::SYSTEM,
    &exceptions::APPLICATION,
    &exceptions::ARITHMETIC,
    &exceptions::DIVIDE_BY_ZERO,
    &exceptions::OVERFLOW,
    &exceptions::FORMAT,
    &exceptions::URI_FORMAT,
    &exceptions::INDEX_OUT_OF_RANGE,
    &exceptions::INVALID_CAST,
    &exceptions::INVALID_OPERATION,
    &exceptions::KEY_NOT_FOUND,
    &exceptions::NOT_IMPLEMENTED,
    &exceptions::NOT_SUPPORTED,
    &exceptions::NULL_REFERENCE,
    &exceptions::ARRAY_TYPE_MISMATCH,
    &exceptions::RANK,
    &exceptions::OUT_OF_MEMORY,
    &exceptions::TIMEOUT,
    &exceptions::TIME_ZONE_NOT_FOUND,
    &exceptions::REGEX_TIMEOUT,
    &exceptions::CRYPTOGRAPHIC,
    &exceptions::IO,
    &exceptions::XML,
    &xml::XDECLARATION,
    &xml::XML_EXTENSIONS,
    &xml::SAVE_OPTIONS,
    &xml::LOAD_OPTIONS,
    &xml::NODE_TYPE,
    &exceptions::JSON,
    &exceptions::JSON_READER,
    &exceptions::JSON_WRITER,
    &exceptions::JSON_SERIALIZATION,
    &exceptions::DECODER,
    &exceptions::ARGUMENT,
    &exceptions::ARGUMENT_NULL,
    &exceptions::ARGUMENT_OUT_OF_RANGE,
];

/// The type of a full name.
pub(crate) fn type_named(name: &str) -> crate::types::Type {
    registry()
        .find_full(name)
        .map_or(crate::types::Type::OBJECT, crate::types::Type::Def)
}
