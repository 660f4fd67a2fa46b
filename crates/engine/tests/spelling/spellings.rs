//! Spellings of a path, by what attackers are known to put into one.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What is put after a segment, or before it.
const ADDED: &[&str] = &[
    ";",
    ";x",
    ";x=1;y",
    ";rev=1",
    "%3B",
    "%3bx",
    "%20",
    "%C2%A0",
    "%E3%80%80",
    ".",
    "..",
    "%2e",
    "%20.",
    ".%20",
    "%2520",
    "%252e",
    "%253b",
    "%00",
    "%2500",
    "%09",
    "%3F",
    "%3fx",
    "%23",
    "%253F",
    "%2523",
    "\\",
    "%5c",
    "%255c",
    "%2f",
    "%252f",
    "%25",
    "+",
    "%0d%0a",
    "%u0020",
    "%c0%ae",
    "%ef%bc%8e",
    "%EF%BC%8F",
    "~1",
];

/// What is put between two segments.
const BETWEEN: &[&str] = &[
    "",
    ".",
    ";",
    ";x",
    ";rev=1",
    "%3B",
    "%20",
    "%C2%A0",
    "%2520",
    "%252e",
    "...",
    "x/..",
    "x/%2e%2e",
    "x/.%2E",
    "x/..;",
    "x/..;y",
    "x/%2e%2e%3b",
    "x/..%20",
    "x/%252e%252e",
    "x/..%2f",
    "x/..%5c",
    "x%2f..",
    ".;",
    ".%20",
    "%2e",
    "%2e;x",
    "x\\..",
    "x/..%00",
    "x/../x/..",
    "/",
    "%3F",
    "%23",
    "..",
    "x/%c0%ae%c0%ae",
    "x/%ef%bc%8e%ef%bc%8e",
];

/// One change: what of, where, to what.
#[derive(Clone)]
enum Change {
    After(usize, &'static str),
    Before(usize, &'static str),
    Between(usize, &'static str),
    Letter(usize, Letter),
}

#[derive(Clone, Copy)]
enum Letter {
    Encoded,
    Twice,
    Thrice,
    OtherCase,
    Overlong,
    FullWidth,
    LookAlike,
}

/// Every spelling with one change, and as many as are asked for with two to six.
pub(crate) fn of(path: &str, composed: usize) -> impl Iterator<Item = String> {
    let changes = changes(path);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let plain = path.to_owned();
    let single = changes.clone();
    let first = plain.clone();
    let composed = (0..composed).map(move |n| {
        let mut spelling = plain.clone();
        for _ in 0..2 + n % 5 {
            spelling = changes[random.below(changes.len())].apply(&spelling);
        }
        spelling
    });
    single
        .into_iter()
        .map(move |c| c.apply(&first))
        .chain(composed)
}

/// The same numbers in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn changes(path: &str) -> Vec<Change> {
    let segments = path.split('/').count() - 1;
    let mut all = Vec::new();
    for at in 1..=segments {
        all.extend(ADDED.iter().map(|text| Change::After(at, text)));
        all.extend(ADDED.iter().map(|text| Change::Before(at, text)));
    }
    for at in 1..=segments + 1 {
        all.extend(BETWEEN.iter().map(|text| Change::Between(at, text)));
    }
    for at in 1..path.len() {
        let letters = [
            Letter::Encoded,
            Letter::Twice,
            Letter::Thrice,
            Letter::OtherCase,
            Letter::Overlong,
            Letter::FullWidth,
            Letter::LookAlike,
        ];
        all.extend(letters.map(|letter| Change::Letter(at, letter)));
    }
    all
}

impl Change {
    fn apply(&self, path: &str) -> String {
        let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let last = segments.len() - 1;
        match self {
            Self::After(at, text) => segments[(*at).min(last)].push_str(text),
            Self::Before(at, text) => segments[(*at).min(last)].insert_str(0, text),
            Self::Between(at, text) => segments.insert((*at).min(last + 1), (*text).to_owned()),
            Self::Letter(at, letter) => return letter.apply(path, *at),
        }
        segments.join("/")
    }
}

impl Letter {
    fn apply(self, path: &str, at: usize) -> String {
        let bytes = path.as_bytes();
        let at = at % bytes.len();
        let byte = bytes[at];
        let (before, after) = (&path[..at], &path[at + 1..]);
        if at == 0 || byte == b'%' {
            return path.to_owned();
        }
        let written = match self {
            Self::Encoded => format!("%{byte:02x}"),
            Self::Twice => format!("%25{byte:02X}"),
            Self::Thrice => format!("%2525{byte:02x}"),
            Self::OtherCase if byte.is_ascii_lowercase() => {
                char::from(byte.to_ascii_uppercase()).to_string()
            }
            Self::OtherCase => char::from(byte.to_ascii_lowercase()).to_string(),
            Self::Overlong => format!("%c{}%{:02x}", byte >> 6, 0x80 | (byte & 0x3f)),
            Self::FullWidth if byte.is_ascii_graphic() => {
                let wide = char::from_u32(u32::from(byte) + 0xfee0).unwrap();
                utf8_percent_encode(&wide.to_string(), NON_ALPHANUMERIC).to_string()
            }
            Self::LookAlike if byte == b's' => "%C5%BF".to_owned(),
            Self::LookAlike if byte == b'k' => "%E2%84%AA".to_owned(),
            Self::LookAlike if byte == b'i' => "%C4%B1".to_owned(),
            Self::FullWidth | Self::LookAlike => char::from(byte).to_string(),
        };
        format!("{before}{written}{after}")
    }
}
