//! API descriptions become operations: what an API offers, read from how its authors described it.
//!
//! Read in this order: [`parse`] (one text to one [`Description`]), [`document::Document`] (JSON and
//! YAML with places; the artefact folder's information files are read with it too), `openapi` (the
//! walk over paths and methods), `operation` (names of operations), `sample` (bodies for mocks).
//!
//! Depends on `model` only; `artifacts`, `engine`, `policy` and `control` may depend on it. It never
//! opens a file or a connection: a reference that leads out of the text is reported, not followed.

mod description;
pub mod document;
mod example;
pub mod limits;
mod openapi;
mod operation;
mod reference;
mod sample;
mod template;

pub use description::{
    Description, KeyPlace, QueryParameters, SecurityScheme, SecuritySchemeKind, parse, parse_with,
};
pub use operation::resource_name;
