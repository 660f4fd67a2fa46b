//! What the platform says about itself: names of metrics, request records, and how they leave.
//!
//! Read in this order: [`metrics::Metrics`] (everything that is counted, core by core),
//! [`record::RequestRecord`] (one line for one request), [`record::Sink`] (the bounded way out).
//!
//! All rooms but `expr`, `model`, `waf` and `http1` may use it. It never blocks a request: what
//! cannot be written in time is dropped, oldest first, and counted.

pub mod metrics;
pub mod record;
