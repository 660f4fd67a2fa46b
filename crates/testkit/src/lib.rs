//! What tests need instead of the world: a clock that stands still, a backend that does as it is
//! told, counters that are exact, and nouns with complete defaults.
//!
//! Read in this order: [`rig::Rig`] (all ports in one), its parts [`clock::FakeClock`],
//! [`upstream::ScriptedUpstream`], [`counters::SlidingLog`], [`random::SequenceRandom`], then
//! [`request::RequestDraft`] (a request from its text), [`noun`] (APIs, products, subscriptions …)
//! and [`ready`] (futures without a runtime).
//!
//! For tests from end to end: [`gateway::Gateway`] (the built program on a folder of its own),
//! [`backend::Backend`] (a backend on a real socket), [`wire::Wire`] (a client that sends bytes as
//! they are), [`http2::Http2`] (the same in frames of HTTP/2). [`data`] finds test data that lies beside the project.
//!
//! Only tests depend on it. Beside those five modules nothing in it reads the wall clock, opens a
//! socket or a file, or draws random bits, so a test that uses it gives the same result each time.

pub mod backend;
pub mod clock;
pub mod counters;
pub mod data;
pub mod gateway;
pub mod http2;
pub mod noun;
pub mod random;
pub mod ready;
pub mod request;
pub mod rig;
pub mod upstream;
pub mod wire;
