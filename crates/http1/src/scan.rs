//! Finds the end of a block of lines while it arrives, and refuses what no parser should see.

use memchr::memchr_iter;

use crate::refusal::{BARE_LF, BIG_HEAD, LONG_HEADER, LONG_REQUEST_LINE, MANY_HEADERS, Refusal};

/// How far the lines of a block that ends with an empty line have been looked at.
///
/// Each byte is looked at once, however small the pieces in which it arrives. The verdict depends on
/// the bytes alone: what a block is refused for is the first thing wrong with it, wherever it was cut.
#[derive(Debug, Default)]
pub(crate) struct LineScan {
    scanned: usize,
    line_start: usize,
    lines: usize,
}

/// The bounds of a block; sizes with CRLF.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The block begins with a request line of at most this size.
    pub(crate) request_line: Option<usize>,
    pub(crate) header: usize,
    pub(crate) headers: usize,
    pub(crate) block: usize,
}

impl LineScan {
    /// The size of the block with its empty line, once that has arrived.
    ///
    /// INVARIANT: between calls the caller only appends to `bytes`.
    pub(crate) fn end(&mut self, bytes: &[u8], bounds: Bounds) -> Result<Option<usize>, Refusal> {
        let seen = self.scanned;
        let unseen = bytes.get(seen..).unwrap_or_default();
        for offset in memchr_iter(b'\n', unseen) {
            let next = seen + offset + 1;
            self.within(next, bounds)?;
            let line = bytes.get(self.line_start..next).unwrap_or_default();
            if !line.ends_with(b"\r\n") {
                return Err(BARE_LF);
            }
            if line.len() == 2 {
                return Ok(Some(next));
            }
            self.line_start = next;
            self.lines += 1;
            if self.lines > bounds.lines() {
                return Err(MANY_HEADERS);
            }
        }
        self.scanned = bytes.len();
        // The line goes on: if it already fills its bound, its end cannot lie within.
        self.within(bytes.len() + 1, bounds)?;
        Ok(None)
    }

    /// Refuses a line that reaches up to `end` if that is past its bound or the block's, and says so
    /// by the bound that was passed first.
    fn within(&self, end: usize, bounds: Bounds) -> Result<(), Refusal> {
        let (size, refusal) = match bounds.request_line {
            Some(size) if self.lines == 0 => (size, LONG_REQUEST_LINE),
            _ => (bounds.header, LONG_HEADER),
        };
        let line = self.line_start.saturating_add(size);
        if end <= line.min(bounds.block) {
            return Ok(());
        }
        Err(if line <= bounds.block {
            refusal
        } else {
            BIG_HEAD
        })
    }
}

impl Bounds {
    fn lines(self) -> usize {
        self.headers + usize::from(self.request_line.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        request_line: Some(8),
        header: 6,
        headers: 2,
        block: 20,
    };

    fn check(block: &str, expect: Result<Option<usize>, Refusal>) {
        let whole = LineScan::default().end(block.as_bytes(), BOUNDS);
        assert_eq!(whole, expect, "{block:?}");
        let mut scan = LineScan::default();
        let bytewise = (1..=block.len())
            .map(|cut| scan.end(&block.as_bytes()[..cut], BOUNDS))
            .find(|verdict| !matches!(verdict, Ok(None)))
            .unwrap_or(Ok(None));
        assert_eq!(bytewise, expect, "{block:?} byte by byte");
    }

    #[test]
    fn finds_the_empty_line_or_the_first_thing_wrong() {
        check("", Ok(None));
        check("get\r\n", Ok(None));
        check("get\r\n\r\n", Ok(Some(7)));
        check("get\r\n\r\nrest", Ok(Some(7)));
        check("get\r\na:b\r\n\r\n", Ok(Some(12)));
        check("get x\n\r\n", Err(BARE_LF));
        check("get\r\na:b\n\r\n", Err(BARE_LF));
        check("get\r\n\n", Err(BARE_LF));
        check("getget\r\n\r\n", Ok(Some(10)));
        check("getgetx\r\n\r\n", Err(LONG_REQUEST_LINE));
        check("getgetxxxxx\n", Err(LONG_REQUEST_LINE));
        check("get\r\na:bc\r\n\r\n", Ok(Some(13)));
        check("get\r\na:bcd\r\n\r\n", Err(LONG_HEADER));
        check("get\r\na:\r\nb:\r\n\r\n", Ok(Some(15)));
        check("get\r\na:\r\nb:\r\nc:\r\n\r\n", Err(MANY_HEADERS));
        check("getget\r\na:bc\r\nb:bc\r\n\r\n", Err(BIG_HEAD));
    }
}
