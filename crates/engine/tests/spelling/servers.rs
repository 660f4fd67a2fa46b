//! How servers read the path that they receive, as little alike as they are. Written apart from the
//! product's own list of readings.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is done to a path before it is looked up.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    /// How often it is decoded.
    decodes: usize,
    /// What is a path parameter, and goes.
    strips: Strips,
    /// Whether a decoded `?` or `#` ends the path.
    cuts: bool,
    /// Whether `\` is `/`.
    is_windows: bool,
    trims: Trims,
    merges: bool,
}

#[derive(PartialEq)]
enum Strips {
    Nothing,
    /// Before decoding.
    Raw,
    /// After decoding, too.
    Decoded,
}

#[derive(PartialEq)]
enum Trims {
    Nothing,
    /// Blanks at both ends.
    Blanks,
    /// Blanks and dots at the end.
    BlanksAndDots,
}

const LITERAL: Server = Server {
    name: "a literal server",
    decodes: 1,
    strips: Strips::Nothing,
    cuts: false,
    is_windows: false,
    trims: Trims::Nothing,
    merges: false,
};

pub(crate) const ALL: &[Server] = &[
    LITERAL,
    Server {
        name: "nginx",
        merges: true,
        ..LITERAL
    },
    Server {
        name: "Tomcat",
        strips: Strips::Raw,
        merges: true,
        ..LITERAL
    },
    Server {
        name: "Jetty",
        strips: Strips::Raw,
        ..LITERAL
    },
    Server {
        name: "Spring behind a decoding proxy",
        strips: Strips::Decoded,
        merges: true,
        decodes: 2,
        ..LITERAL
    },
    Server {
        name: "a proxy that decodes before it splits",
        cuts: true,
        merges: true,
        ..LITERAL
    },
    Server {
        name: "a literal server that decodes twice",
        decodes: 2,
        ..LITERAL
    },
    Server {
        name: "nginx behind nginx behind nginx",
        decodes: 3,
        merges: true,
        ..LITERAL
    },
    Server {
        name: "IIS",
        is_windows: true,
        trims: Trims::BlanksAndDots,
        merges: true,
        ..LITERAL
    },
    Server {
        name: "IIS behind a decoding proxy",
        is_windows: true,
        trims: Trims::BlanksAndDots,
        merges: true,
        decodes: 2,
        ..LITERAL
    },
    Server {
        name: "a framework that trims",
        trims: Trims::Blanks,
        ..LITERAL
    },
    Server {
        name: "a framework that strips and trims",
        strips: Strips::Decoded,
        trims: Trims::Blanks,
        ..LITERAL
    },
    Server {
        name: "a framework that trims and merges",
        trims: Trims::Blanks,
        merges: true,
        ..LITERAL
    },
    Server {
        name: "all of them in a row",
        decodes: 4,
        strips: Strips::Decoded,
        cuts: true,
        is_windows: true,
        trims: Trims::BlanksAndDots,
        merges: true,
    },
];

impl Server {
    /// The plain way to write what it makes of a path.
    pub(crate) fn read(&self, forwarded: &str) -> String {
        let path = forwarded.split('?').next().unwrap();
        let mut text = path.to_owned();
        if self.strips != Strips::Nothing {
            text = strip(&text);
        }
        for _ in 0..self.decodes {
            text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        }
        if self.cuts {
            text = text.split(['?', '#']).next().unwrap().to_owned();
        }
        if self.is_windows {
            text = text.replace('\\', "/");
        }
        if self.strips == Strips::Decoded {
            text = strip(&text);
        }
        let mut found: Vec<&str> = Vec::new();
        for segment in text.split('/').skip(1) {
            // Names of dots are looked at before anything is trimmed from them, and after.
            let trimmed = match self.trims {
                Trims::Nothing => segment,
                Trims::Blanks => segment.trim(),
                Trims::BlanksAndDots if matches!(segment.trim(), "." | "..") => segment.trim(),
                Trims::BlanksAndDots => segment.trim_end_matches([' ', '.']),
            };
            match trimmed {
                "." => {}
                "" if self.merges => {}
                ".." => drop(found.pop()),
                name => found.push(name),
            }
        }
        let encoded = found.iter().map(|name| {
            let all = utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
            format!("/{all}")
        });
        let plain: String = encoded.collect();
        if plain.is_empty() {
            "/".to_owned()
        } else {
            plain
        }
    }
}

fn strip(path: &str) -> String {
    let bare = path.split('/').map(|s| s.split(';').next().unwrap());
    bare.collect::<Vec<_>>().join("/")
}

#[test]
fn servers_read_differently() {
    let read = |name: &str, path: &str| {
        let server = ALL.iter().find(|server| server.name == name).unwrap();
        server.read(path)
    };
    assert_eq!(read("a literal server", "//a;x/b%2520"), "//a%3Bx/b%2520");
    assert_eq!(read("nginx", "//a//b/../%61"), "/a/a");
    assert_eq!(read("Tomcat", "/;x/a;y/b/..;/c"), "/a/c");
    assert_eq!(read("IIS", "/a.%20/b%5Cc"), "/a/b/c");
}
