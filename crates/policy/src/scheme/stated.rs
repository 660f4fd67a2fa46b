//! Objects that a description of a request states: a token, an authorization.

use portcullis_expr::{Exception, Value};

use super::authorization::Authorization;
use super::jwt::Jwt;
use super::objects::Made;
use crate::exchange::Exchange;

/// The `Jwt` of a token's text; `null` if it is none.
pub(crate) fn jwt_value(ex: &mut Exchange<'_>, token: &str) -> Result<Value, Exception> {
    match Jwt::parse(token) {
        Some(jwt) => ex.objects.keep(Made::Jwt(Box::new(jwt))),
        None => Ok(Value::Null),
    }
}

/// The `Authorization` of an access token and claims.
pub(crate) fn authorization_value(
    ex: &mut Exchange<'_>,
    access_token: Option<&str>,
    claims: Vec<(Box<str>, Value)>,
) -> Result<Value, Exception> {
    let access_token = access_token.map(Into::into);
    ex.objects.keep(Made::Authorization(Box::new(Authorization {
        access_token,
        claims,
    })))
}
