//! Resolves a field of a GraphQL type by a request to a Cosmos DB container.
//!
//! # What it does
//!
//! The container is queried, or one document of it is read, written or deleted; the result is the
//! value of the field.
//!
//! # Where it may stand
//!
//! As the root of a GraphQL resolver. It inherits nothing.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. There is exactly one of the four kinds of request.
//!
//! # Example
//!
//! ```xml
//! <cosmosdb-data-source>
//!     <connection-info>
//!         <connection-string>AccountEndpoint=https://db.example;</connection-string>
//!         <database-name>shop</database-name>
//!         <container-name>users</container-name>
//!     </connection-info>
//!     <read-request>
//!         <id>@(context.GraphQL.Arguments["id"].ToString())</id>
//!         <partition-key>@(context.GraphQL.Arguments["id"].ToString())</partition-key>
//!     </read-request>
//! </cosmosdb-data-source>
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

use super::sql_data_source::{RESPONSE, SQL_STATEMENT};
use crate::grammar::{
    AttributeSpec, Category, ChildSpec, Choice, ElementSpec, Kind, Nested, NestedPolicy,
    PolicySpec, Repeat, Scopes, Sections, TextSpec, optional, required,
};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Cosmos DB data source for a resolver",
    summary: "Resolves a field of a GraphQL type by a request to a Cosmos DB container.",
    category: Category::GraphQl,
    sections: Sections::NONE,
    scopes: Scopes::NONE,
    repeat: Repeat::Many,
    root: ElementSpec {
        children: &[
            ChildSpec::one(&CONNECTION_INFO),
            ChildSpec::maybe(&QUERY_REQUEST),
            ChildSpec::maybe(&READ_REQUEST),
            ChildSpec::maybe(&DELETE_REQUEST),
            ChildSpec::maybe(&WRITE_REQUEST),
            ChildSpec::maybe(&RESPONSE),
        ],
        choices: &[Choice::exactly_one(&[
            "query-request",
            "read-request",
            "delete-request",
            "write-request",
        ])],
        ..ElementSpec::new("cosmosdb-data-source")
    },
};

const CONNECTION_INFO: ElementSpec = ElementSpec {
    meaning: "The container.",
    children: &[
        ChildSpec::one(&ElementSpec {
            meaning: "How to connect.",
            attributes: &[optional(
                "use-managed-identity",
                Kind::Bool,
                "whether to log in as the managed identity",
            )
            .or("false")],
            text: TextSpec::required(Kind::Text, "the connection string"),
            ..ElementSpec::new("connection-string")
        }),
        ChildSpec::one(&text("database-name", "The database.")),
        ChildSpec::one(&text("container-name", "The container.")),
    ],
    ..ElementSpec::new("connection-info")
};

const QUERY_REQUEST: ElementSpec = ElementSpec {
    meaning: "Documents that a query finds.",
    attributes: &[optional(
        "enable-low-precision-order-by",
        Kind::Bool,
        "whether to order by numbers of low precision",
    )],
    children: &[
        ChildSpec::one(&SQL_STATEMENT),
        ChildSpec::maybe(&PARAMETERS),
        ChildSpec::maybe(&PARTITION_KEY),
        ChildSpec::maybe(&PAGING),
    ],
    ..ElementSpec::new("query-request")
};

const PARAMETERS: ElementSpec = ElementSpec {
    meaning: "The parameters of the statement.",
    children: &[ChildSpec::any(&ElementSpec {
        meaning: "A parameter.",
        attributes: &[required("name", Kind::Text, "its name, with `@`").literal()],
        text: TextSpec::optional(Kind::Text, "its value"),
        ..ElementSpec::new("parameter")
    })],
    ..ElementSpec::new("parameters")
};

const PAGING: ElementSpec = ElementSpec {
    meaning: "Which part of what is found.",
    children: &[
        ChildSpec::maybe(&ElementSpec {
            meaning: "How many documents at most; -1 leaves it to the database.",
            attributes: &[TEMPLATE],
            text: TextSpec::optional(
                Kind::Int {
                    min: -1,
                    max: i64::MAX,
                },
                "the number",
            ),
            ..ElementSpec::new("max-item-count")
        }),
        ChildSpec::maybe(&ElementSpec {
            meaning: "Where the part before ended.",
            attributes: &[TEMPLATE],
            text: TextSpec::optional(Kind::Text, "the token"),
            ..ElementSpec::new("continuation-token")
        }),
    ],
    ..ElementSpec::new("paging")
};

const READ_REQUEST: ElementSpec = ElementSpec {
    meaning: "One document that is read.",
    children: &[ChildSpec::one(&ID), ChildSpec::maybe(&PARTITION_KEY)],
    ..ElementSpec::new("read-request")
};

const DELETE_REQUEST: ElementSpec = ElementSpec {
    meaning: "One document that is deleted.",
    attributes: &[CONSISTENCY_LEVEL, PRE_TRIGGER, POST_TRIGGER],
    children: &[
        ChildSpec::one(&ID),
        ChildSpec::maybe(&PARTITION_KEY),
        ChildSpec::maybe(&ETAG),
    ],
    ..ElementSpec::new("delete-request")
};

const WRITE_REQUEST: ElementSpec = ElementSpec {
    meaning: "One document that is written.",
    attributes: &[
        optional(
            "type",
            Kind::OneOf(&["insert", "replace", "upsert"]),
            "what may be there before",
        )
        .or("upsert"),
        CONSISTENCY_LEVEL,
        optional(
            "indexing-directive",
            Kind::OneOf(&["default", "include", "exclude"]),
            "whether it is indexed",
        )
        .or("default"),
        PRE_TRIGGER,
        POST_TRIGGER,
    ],
    children: &[
        ChildSpec::maybe(&ID),
        ChildSpec::maybe(&PARTITION_KEY),
        ChildSpec::maybe(&ETAG),
    ],
    policies: Nested::Only(&[NestedPolicy::maybe("set-body")]),
    ..ElementSpec::new("write-request")
};

const ID: ElementSpec = ElementSpec {
    attributes: &[TEMPLATE],
    ..text("id", "The id of the document.")
};

const PARTITION_KEY: ElementSpec = ElementSpec {
    attributes: &[
        optional(
            "data-type",
            Kind::OneOf(&["string", "number", "bool", "none", "null"]),
            "the type of the key",
        )
        .or("string"),
        TEMPLATE,
    ],
    text: TextSpec::optional(Kind::Text, "the key"),
    ..text("partition-key", "The partition.")
};

const ETAG: ElementSpec = ElementSpec {
    attributes: &[
        optional(
            "type",
            Kind::OneOf(&["match", "no-match"]),
            "whether it must be this one or must not",
        )
        .or("match"),
        TEMPLATE,
    ],
    ..text("etag", "The version of the document.")
};

const TEMPLATE: AttributeSpec = optional(
    "template",
    Kind::OneOf(&["liquid"]),
    "the language of the text",
)
.literal();

const CONSISTENCY_LEVEL: AttributeSpec = optional(
    "consistency-level",
    Kind::OneOf(&[
        "bounded-staleness",
        "consistent-prefix",
        "eventual",
        "session",
        "strong",
    ]),
    "how consistent the database must be",
);

const PRE_TRIGGER: AttributeSpec =
    optional("pre-trigger", Kind::Text, "the trigger that runs before");

const POST_TRIGGER: AttributeSpec =
    optional("post-trigger", Kind::Text, "the trigger that runs after");

const fn text(name: &'static str, meaning: &'static str) -> ElementSpec {
    ElementSpec {
        meaning,
        text: TextSpec::required(Kind::Text, "a text"),
        ..ElementSpec::new(name)
    }
}
