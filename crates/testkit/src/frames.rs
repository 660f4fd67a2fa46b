//! Frames of HTTP/2 as a client sends them, one by one.

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Any frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut frame: Vec<u8> = length.to_be_bytes().into_iter().skip(1).collect();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The preface and settings: so much of each response may come before more is asked for.
pub fn begin(window: u32) -> Vec<u8> {
    let setting = [&[0, 4][..], &window.to_be_bytes()].concat();
    [PREFACE, &frame(4, 0, 0, &setting)].concat()
}

/// `GET /a`, whole.
pub fn get(stream: u32) -> Vec<u8> {
    frame(1, 5, stream, &block(0x82, &[]))
}

/// `POST /a` with further fields, whose body follows.
pub fn post(stream: u32, fields: &[(&str, &str)]) -> Vec<u8> {
    frame(1, 4, stream, &block(0x83, fields))
}

/// A piece of a body.
pub fn data(stream: u32, ends: bool, data: &[u8]) -> Vec<u8> {
    frame(0, u8::from(ends), stream, data)
}

/// So much more of a response may come.
pub fn window(stream: u32, more: u32) -> Vec<u8> {
    frame(8, 0, stream, &more.to_be_bytes())
}

/// A header block without compression (RFC 7541): method by its index, scheme `http`, path, authority.
fn block(method: u8, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = vec![method, 0x86, 0x04, 2];
    block.extend(b"/a");
    block.extend([0x01, 1]);
    block.extend(b"a");
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap_or(0));
            block.extend(text.as_bytes());
        }
    }
    block
}
