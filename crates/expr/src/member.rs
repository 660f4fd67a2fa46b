//! `Member`: what a type offers, the library's and the host's alike, as the binder sees it.

use std::sync::Arc;

use crate::bound::Constant;
use crate::library::Native;
use crate::surface::MemberId;
use crate::types::Type;

/// A property, method, indexer, constructor, operator or conversion.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: Arc<str>,
    /// The declaring type, open if it is generic.
    pub(crate) owner: Type,
    pub(crate) kind: MemberKind,
    pub(crate) is_static: bool,
    /// The first parameter is `this`.
    pub(crate) extension: bool,
    /// How many type parameters the declaring type has.
    pub(crate) owner_params: usize,
    /// The names of the method's own type parameters.
    pub(crate) type_params: Vec<Arc<str>>,
    pub(crate) params: Vec<Param>,
    pub(crate) result: Type,
    pub(crate) body: Body,
    /// Whether Azure documents it.
    pub(crate) documented: bool,
}

/// The kinds of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberKind {
    Property,
    PropertySetter,
    Indexer,
    IndexerSetter,
    Method,
    Constructor,
    Operator,
    Implicit,
    Explicit,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(crate) struct Param {
    pub(crate) name: Arc<str>,
    pub(crate) ty: Type,
    pub(crate) mode: ParamMode,
    pub(crate) default: Option<Constant>,
}

/// How a parameter takes its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamMode {
    Value,
    Out,
    Ref,
    Params,
}

/// What runs.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Native(Native),
    Constant(Constant),
    Host { id: MemberId, keyed: bool },
}

impl Member {
    /// The name under which a setter is found.
    pub(crate) fn setter_name(name: &str) -> String {
        format!("set_{name}")
    }
}

/// The name of indexers.
pub(crate) const INDEXER: &str = "this[]";
/// The name of constructors.
pub(crate) const CONSTRUCTOR: &str = ".ctor";
/// The name of implicit conversions.
pub(crate) const IMPLICIT: &str = "op_Implicit";
/// The name of explicit conversions.
pub(crate) const EXPLICIT: &str = "op_Explicit";
