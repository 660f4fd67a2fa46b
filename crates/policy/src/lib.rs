//! Policy XML → [`document::PolicyDocument`] → [`plan::Plan`]; the policies themselves, one file
//! each; and what runs a plan over an [`exchange::Exchange`].
//!
//! Read in this order. *Written*: [`xml`] (text → elements with places), [`document`] (the four
//! sections), [`grammar`] (what each policy may be written with), [`parse`] (checked elements).
//! *Compiled*: [`compile`] (names resolved, expressions bound), [`inherit`] (`<base />`), [`plan`]
//! (steps in sections). *Run*: [`facts`] (what is known about a request and cannot change),
//! [`exchange`] (what may change), [`host`] (the ports), [`flow`] (how a step ends), [`scheme`] (the
//! C# surface of expressions). *The policies*: [`policies`].
//!
//! `engine` depends on it. It never touches hyper, tokio, a socket, a database or the wall clock:
//! whatever it needs from outside is a port.

pub mod backend_url;
pub mod body;
pub mod budget;
pub mod compile;
pub mod document;
pub mod exchange;
pub mod facts;
pub mod fixture;
pub mod flow;
pub mod grammar;
pub mod header_name;
pub mod host;
pub mod inherit;
pub mod names;
pub mod parse;
pub mod path;
pub mod plan;
pub mod policies;
pub mod scheme;
pub mod value;
pub mod xml;
