//! The nouns of the platform: what an API, an operation, a product, a subscription *is*.
//!
//! Read in this order: [`config::Configuration`] (everything a gateway serves), [`api::Api`] and
//! [`api::Operation`], [`product::Product`] and [`product::Subscription`], then the small types that
//! every room shares: [`diagnostic::Diagnostic`], [`time::Clock`], [`id`].
//!
//! Everything may depend on this crate; it depends on nothing of ours. It is pure data, built only
//! through parsing constructors: it never reads a file, a socket or the clock, and never derives
//! `serde` (a wire format is somebody else's business).

pub mod api;
pub mod backend;
pub mod code;
pub mod config;
pub mod diagnostic;
pub mod id;
pub mod policy;
pub mod product;
pub mod secret;
pub mod suggest;
pub mod time;

pub use config::Configuration;
pub use diagnostic::{Diagnostic, Diagnostics, SourceId, Sources, Span};
