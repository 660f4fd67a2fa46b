//! The C# surface of expressions: `context` and everything that hangs on it, over an [`Exchange`].
//!
//! Each noun has its file: the C# signatures of its members, each with the function that reads it.
//! `surface` declares them to the expression language; [`NameKeys`] turns constant names into
//! numbers while a policy is compiled; [`ContextHost`] answers while an expression runs, by position
//! in the table. `evaluate` is what policies call.

mod api;
mod authorization;
mod basic;
mod body;
mod certificate;
mod cipher;
mod context;
mod convert;
mod deployment;
mod dictionary;
mod evaluate;
mod form;
mod graphql;
mod group;
mod headers;
mod jwt;
mod last_error;
pub(crate) mod library;
mod objects;
mod operation;
mod parameters;
mod private_endpoint;
mod product;
mod query;
mod request;
mod response;
mod stated;
mod subscription;
mod table;
mod throw;
mod url;
mod user;
mod variables;
mod workspace;

use portcullis_expr::{DateTime, HostCall, MemberId, Object, Outcome, Surface, Value};

pub(crate) use convert::{to_bool, to_int, to_text};
pub(crate) use evaluate::{evaluate, evaluate_text, needs, response_value, stored_response};
pub(crate) use objects::Objects;
pub(crate) use stated::{authorization_value, jwt_value};
pub use table::NameKeys;

use crate::exchange::Exchange;
use crate::facts::{DeploymentFacts, Extras};
use crate::host::Host;
use table::{Does, Kind, Table};
use throw::{not_supported, null_reference};

/// The types and members that expressions may use beside the library.
pub(crate) fn surface() -> &'static Surface {
    &Table::shared().surface
}

/// Answers an expression's questions from an exchange.
#[derive(Debug)]
pub struct ContextHost<'a, 's> {
    ex: &'a mut Exchange<'s>,
    host: &'a Host<'a>,
}

impl<'a, 's> ContextHost<'a, 's> {
    /// Over this exchange, with these ports.
    pub(crate) fn new(ex: &'a mut Exchange<'s>, host: &'a Host<'a>) -> Self {
        Self { ex, host }
    }

    fn extras(&self) -> Option<&Extras> {
        self.ex.facts().extras.as_deref()
    }

    fn deployment(&self) -> &'s DeploymentFacts {
        &self.ex.facts().service.deployment
    }

    fn if_stated(&self, kind: Kind, present: impl FnOnce(&Extras) -> bool) -> Value {
        kind.if_there(self.extras().is_some_and(present))
    }
}

impl portcullis_expr::Host for ContextHost<'_, '_> {
    fn get(&mut self, object: Object, member: MemberId) -> Outcome {
        match Table::shared().does(member) {
            Some(Does::Read(read)) => Ok(read(self, object.handle)),
            Some(Does::Act(_)) | None => Err(not_supported("no such property")),
        }
    }

    fn call(&mut self, mut call: HostCall<'_>) -> Outcome {
        match Table::shared().does(call.member) {
            Some(Does::Act(act)) => act(self, &mut call),
            Some(Does::Read(_)) | None => Err(not_supported("no such method")),
        }
    }

    fn enumerate(&mut self, object: Object) -> Outcome<Vec<Value>> {
        let list = table::lister(object.kind).ok_or_else(null_reference)?;
        Ok(list(self, object.handle))
    }

    fn now(&mut self) -> DateTime {
        DateTime::from_unix_nanos(self.host.clock.now().0)
    }

    fn random(&mut self) -> u64 {
        self.host.random.next()
    }
}
