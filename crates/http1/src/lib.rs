//! HTTP/1.1 messages towards clients, strictly, without I/O.
//!
//! Read in this order: [`Limits`] (every bound, once), [`HeadScan`] (bytes → [`RequestHead`] with its
//! [`Target`], [`Host`] and [`BodyLength`]), [`BodyDecoder`] (bytes → [`Decoded`]), then the other
//! direction: [`ResponseHead`] with its [`ResponseLength`] through [`put_head`], and [`BodyEncoder`].
//! Whatever is not a message of RFC 9112 is a [`Refusal`]: a status to answer with, and the rule.
//!
//! `gateway` depends on this crate and drives it with sockets; it depends on nothing of ours. It never
//! reads or writes a socket, never looks at the clock, never routes or normalises a path, and never
//! guesses: what two readers could take for two different messages is refused, and after a refusal a
//! connection carries no further request.

mod blame;
mod chunk;
mod decode;
mod encode;
mod field;
mod handshake;
mod head;
mod host;
mod limits;
mod refusal;
mod response;
mod scan;
mod target;
mod trailer;

pub use decode::{BodyDecoder, Decoded};
pub use encode::{BodyEncoder, Frame, WrongLength};
pub use field::{BodyLength, Expect, Persistence};
pub use head::{HeadScan, RequestHead, Version};
pub use host::Host;
pub use limits::Limits;
pub use refusal::Refusal;
pub use response::{
    InvalidReasonPhrase, ReasonPhrase, ResponseHead, ResponseLength, put_continue, put_head,
};
pub use target::Target;
pub use trailer::is_head_only;
