//! Resolves a field of a GraphQL type by a query to a SQL database.
//!
//! # What it does
//!
//! The statement is run with the parameters; its result is the value of the field.
//!
//! # Where it may stand
//!
//! As the root of a GraphQL resolver. It inherits nothing.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`.
//!
//! # Example
//!
//! ```xml
//! <sql-data-source>
//!     <connection-info>
//!         <connection-string use-managed-identity="true">Server=db.example;Database=shop;</connection-string>
//!     </connection-info>
//!     <request single-result="true">
//!         <sql-statement>SELECT name FROM users WHERE id = @id</sql-statement>
//!         <parameters>
//!             <parameter name="@id">@(context.GraphQL.Arguments["id"])</parameter>
//!         </parameters>
//!     </request>
//! </sql-data-source>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! It cannot run yet; an operation that needs it answers 503. Then the field is `null` and the
//! answer has an entry in `errors`.

use crate::grammar::{
    Category, ChildSpec, ElementSpec, Kind, Nested, NestedPolicy, PolicySpec, Repeat, Scopes,
    Sections, TextSpec, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Azure SQL data source for a resolver",
    summary: "Resolves a field of a GraphQL type by a query to a SQL database.",
    category: Category::GraphQl,
    sections: Sections::NONE,
    scopes: Scopes::NONE,
    repeat: Repeat::Many,
    root: ElementSpec {
        children: &[
            ChildSpec::one(&CONNECTION_INFO),
            ChildSpec::one(&REQUEST),
            ChildSpec::maybe(&RESPONSE),
        ],
        ..ElementSpec::new("sql-data-source")
    },
};

const CONNECTION_INFO: ElementSpec = ElementSpec {
    meaning: "The database.",
    children: &[ChildSpec::one(&CONNECTION_STRING)],
    policies: Nested::Only(&[
        NestedPolicy::maybe("include-fragment"),
        NestedPolicy::maybe("authentication-certificate"),
    ]),
    ..ElementSpec::new("connection-info")
};

const CONNECTION_STRING: ElementSpec = ElementSpec {
    meaning: "How to connect.",
    attributes: &[optional(
        "use-managed-identity",
        Kind::Bool,
        "whether to log in as the managed identity",
    )
    .or("false")],
    text: TextSpec::required(Kind::Text, "the connection string"),
    ..ElementSpec::new("connection-string")
};

const REQUEST: ElementSpec = ElementSpec {
    meaning: "The query.",
    attributes: &[optional(
        "single-result",
        Kind::Bool,
        "whether there is one row at most",
    )
    .or("false")],
    children: &[
        ChildSpec::one(&SQL_STATEMENT),
        ChildSpec::maybe(&PARAMETERS),
    ],
    policies: Nested::Only(&[NestedPolicy::maybe("set-body")]),
    ..ElementSpec::new("request")
};

pub(super) const SQL_STATEMENT: ElementSpec = ElementSpec {
    meaning: "The statement.",
    text: TextSpec::required(Kind::Text, "SQL with `@name` for parameters"),
    ..ElementSpec::new("sql-statement")
};

const PARAMETERS: ElementSpec = ElementSpec {
    meaning: "The parameters of the statement.",
    children: &[ChildSpec::any(&PARAMETER)],
    ..ElementSpec::new("parameters")
};

const PARAMETER: ElementSpec = ElementSpec {
    meaning: "A parameter.",
    attributes: &[
        required("name", Kind::Text, "its name, with `@`").literal(),
        optional("sql-type", Kind::Text, "its type in the database").literal(),
    ],
    text: TextSpec::optional(Kind::Text, "its value"),
    ..ElementSpec::new("parameter")
};

pub(super) const RESPONSE: ElementSpec = ElementSpec {
    meaning: "What is made of the result.",
    policies: Nested::Only(&[
        NestedPolicy::maybe("set-body"),
        NestedPolicy::maybe("publish-event"),
    ]),
    ..ElementSpec::new("response")
};
