//! One process takes over from another while callers notice nothing: `portcullis gateway --takeover`.
//!
//! The new one has read its configuration and can serve before it calls. Then, over a socket that only
//! the same user may use:
//!
//! ```text
//! new                                   old
//!  │ hello, version                      │
//!  │ ──────────────────────────────────▶ │ same user? same version? not stopping?
//!  │          listening sockets, a link  │
//!  │ ◀────────────────────────────────── │
//!  │ listens: nothing can fail any more  │
//!  │ prepared, which sockets are taken   │
//!  │ ──────────────────────────────────▶ │
//!  │           over the link: counters   │
//!  │ ◀────────────────────────────────── │ asks the new one for counters from here on
//!  │ lets callers in                     │
//!  │ confirmed                           │
//!  │ ──────────────────────────────────▶ │ lets nobody in, drains
//! ```
//!
//! Whatever goes wrong before `confirmed`, the old one serves on as if nothing had happened, and the new
//! one ends with an error. That includes a stop of the old one, which waits for nobody, and that all of it
//! takes too long (`handover::cut`). Afterwards the new one serves, whatever becomes of the old one.

mod channel;
mod cut;
mod give;
mod take;

use std::io;
use std::path::PathBuf;

pub(crate) use cut::Cut;
pub use give::answer;
pub use take::Predecessor;

/// What this program speaks. `hello` is the same in every version.
const VERSION: u16 = 1;

/// Why a handover does not come about.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Nobody answers at the control socket.
    #[error(
        "no gateway answers at `{}`: {error}; start one without `--takeover`, with the same \
         `runtime.control`",
        path.display()
    )]
    Nobody {
        /// Where.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The other process belongs to somebody else.
    #[error(
        "the process at the other end runs as user {theirs}, not as {ours}: run both as one user"
    )]
    Stranger {
        /// Our user.
        ours: u32,
        /// Theirs.
        theirs: u32,
    },
    /// The other process does not agree.
    #[error("the gateway that runs refuses: {0}")]
    Refused(String),
    /// The other process went away, or says nothing that can be understood.
    #[error("the handover broke off: {0}")]
    Broken(#[from] io::Error),
}
