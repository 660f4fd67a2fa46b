//! Sets, adds to or removes a header.
//!
//! # What it does
//!
//! Before the backend was called it changes the request, afterwards and in `on-error` the response.
//! With `override` exactly the values listed here remain; `append` adds them to those that are
//! there; `skip` leaves a header that exists as it is; `delete` removes it.
//!
//! Several values are sent as one line, joined by commas, except for the headers that do not allow
//! it, such as `Set-Cookie`, which get a line each. Inside `return-response` and `send-request` it
//! describes the header of that message.
//!
//! # Where it may stand
//!
//! In every section and scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Every `value` may be an expression. `delete` needs no value
//! and ignores any.
//!
//! # Example
//!
//! ```xml
//! <set-header name="X-Request-Id" exists-action="skip">
//!     <value>@(context.RequestId.ToString())</value>
//! </set-header>
//! ```
//!
//! # Differences from Azure
//!
//! The headers that frame a message (`Connection`, `Content-Length`, `Keep-Alive`,
//! `Transfer-Encoding`) cannot be changed, as in Azure.
//!
//! # Failure
//!
//! A name that is no header name, or a value with a line break, is an expression failure: 500 and
//! `on-error`.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::policies::vocabulary::EXISTS_ACTION;

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Set header",
    summary: "Sets, adds to or removes a header of the request or the response.",
    category: Category::Transformation,
    sections: Sections::ALL,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[
            required("name", Kind::HeaderName, "the name of the header"),
            EXISTS_ACTION,
        ],
        children: &[ChildSpec::any(&VALUE)],
        choices: &[Choice::all_unless("exists-action", "delete", &["value"])],
        ..ElementSpec::new("set-header")
    },
};

const VALUE: ElementSpec = ElementSpec {
    meaning: "One value of the header.",
    text: TextSpec::optional(Kind::Text, "the value"),
    ..ElementSpec::new("value")
};
