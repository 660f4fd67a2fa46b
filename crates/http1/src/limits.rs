//! Every bound of the codec, in one struct.

/// Field lines beyond this are refused whatever [`Limits::headers`] says: the parser's table of lines
/// lives on the stack.
pub(crate) const MOST_HEADERS: usize = 128;

/// How much of a message the codec reads before it refuses. All sizes are in bytes.
///
/// A line is counted with its CRLF. What passes a limit is refused when the byte that passes it
/// arrives, not when the message ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The request line; longer ones are answered 414.
    pub request_line: usize,
    /// One field line of a head or of the trailers; longer ones are answered 431.
    pub header: usize,
    /// The whole head: request line, field lines and the empty line; bigger ones are answered 431.
    pub head: usize,
    /// Field lines in a head, and again in the trailers; more are answered 431. Never more than 128.
    pub headers: usize,
    /// One chunk-size line with its extensions; longer ones are answered 400.
    pub chunk_line: usize,
    /// All chunk extensions of one body; more are answered 400. Without it a body of tiny chunks could
    /// make us read a thousand bytes for each one it carries.
    pub chunk_extensions: usize,
    /// The whole trailer section with its empty line; bigger ones are answered 431.
    pub trailers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Azure API Management takes URLs of 16,384 bytes; the rest is method, version and CRLF.
            request_line: 16_384 + 128,
            // Kerberos and group-laden tokens reach 12 KiB; peers stop between 8 and 16 KiB.
            header: 16 * 1024,
            head: 64 * 1024,
            headers: 100,
            chunk_line: 1024,
            chunk_extensions: 16 * 1024,
            trailers: 8 * 1024,
        }
    }
}
