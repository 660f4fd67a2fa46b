//! Every rule of the normal form, with where it comes from.

use super::*;

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It has this form.
    Is(&'static str),
    /// It is refused, and the reason has this part.
    Refused(&'static str),
}

use Verdict::{Is, Refused};

/// The path, its verdict, and the source of the rule: a section of RFC 3986, or what went wrong
/// elsewhere.
const TABLE: &[(&str, Verdict, &str)] = &[
    // Paths that mean themselves.
    ("/", Is("/"), "§3.3"),
    ("/a/b", Is("/a/b"), "§3.3"),
    (
        "/a/",
        Is("/a/"),
        "§3.3: a trailing slash is kept; routing ignores one",
    ),
    ("/a.", Is("/a."), "§3.3"),
    ("/...", Is("/..."), "§3.3: three dots are a name"),
    ("/.well-known/x", Is("/.well-known/x"), "§3.3"),
    ("/a..b/c..", Is("/a..b/c.."), "§3.3"),
    (
        "/a+b,c;d=e:f@g!$&'()*",
        Is("/a+b,c;d=e:f@g!$&'()*"),
        "§3.3: pchar",
    ),
    ("/a;v=1/b", Is("/a;v=1/b"), "§3.3: parameters of a segment"),
    ("//a", Is("//a"), "§3.3: an empty segment is a segment"),
    (
        "/{a}|b^c",
        Is("/{a}|b^c"),
        "not in §3.3, but browsers send them",
    ),
    // One encoding.
    (
        "/%61dmin",
        Is("/admin"),
        "§6.2.2.2: unreserved characters are decoded",
    ),
    (
        "/%41%5A%61%7a%30%39%2D%2e%5f%7E",
        Is("/AZaz09-._~"),
        "§6.2.2.2",
    ),
    (
        "/a%2bb%40c",
        Is("/a%2Bb%40c"),
        "§6.2.2.1: reserved ones stay, in upper case",
    ),
    ("/a%20b", Is("/a%20b"), "§2.1"),
    ("/caf%c3%a9", Is("/caf%C3%A9"), "§6.2.2.1"),
    ("/%F0%9F%98%80", Is("/%F0%9F%98%80"), "§2.5"),
    (
        "/a%3fb%23c",
        Is("/a%3Fb%23c"),
        "§2.4: split first, then decode",
    ),
    ("/a%3bb", Is("/a%3Bb"), "§2.2: an encoded delimiter is data"),
    ("/100%25", Is("/100%25"), "§2.4"),
    ("/100%25zz", Is("/100%25zz"), "§2.4"),
    ("/%2561", Is("/%2561"), "§2.4: nothing is decoded twice"),
    ("/a%2520b", Is("/a%2520b"), "§2.4"),
    (
        "/%EF%BC%8E%EF%BC%8E/a",
        Is("/%EF%BC%8E%EF%BC%8E/a"),
        "full-width dots are no dots",
    ),
    (
        "/%EF%BC%8Fa",
        Is("/%EF%BC%8Fa"),
        "a full-width slash is no slash",
    ),
    (
        "/e%CC%81",
        Is("/e%CC%81"),
        "§6.2.2: accents are not composed",
    ),
    // Dot segments.
    ("/a/./b", Is("/a/b"), "§5.2.4"),
    ("/a/../b", Is("/b"), "§5.2.4"),
    ("/a/..", Is("/"), "§5.2.4"),
    ("/a/b/.", Is("/a/b/"), "§5.2.4"),
    ("/./a", Is("/a"), "§5.2.4"),
    (
        "/a/%2e%2E/b",
        Is("/b"),
        "§6.2.2.3 after §6.2.2.2; CVE-2021-41773",
    ),
    ("/a/.%2e/b", Is("/b"), "CVE-2021-41773"),
    ("/a/%2e./b", Is("/b"), "CVE-2021-41773"),
    (
        "/a//../b",
        Is("/a/b"),
        "§5.2.4: the empty segment is the parent",
    ),
    ("/a//..//b", Is("/a//b"), "§5.2.4"),
    (
        "/..",
        Refused("above its root"),
        "§5.2.4 drops it; CVE-2021-41773",
    ),
    ("/a/../../b", Refused("above its root"), "CVE-2021-41773"),
    ("/%2e%2e/x", Refused("above its root"), "CVE-2021-41773"),
    (
        "/a/..;/b",
        Refused("becomes `.` or `..`"),
        "CVE-2020-5902, CVE-2020-1957: `..;` is `..` to Tomcat",
    ),
    ("/a/..;x=1/b", Refused("becomes `.` or `..`"), "the same"),
    ("/a/.;/b", Refused("becomes `.` or `..`"), "the same"),
    ("/a/%2e%2e;/b", Refused("becomes `.` or `..`"), "the same"),
    ("/a/..%3bx/b", Refused("becomes `.` or `..`"), "the same"),
    (
        "/a/..%20/b",
        Refused("becomes `.` or `..`"),
        "Windows drops blanks at a name's end",
    ),
    (
        "/a/..%C2%A0/b",
        Refused("becomes `.` or `..`"),
        "who trims, trims these",
    ),
    (
        "/a/%20../b",
        Refused("becomes `.` or `..`"),
        "who trims, trims both ends",
    ),
    ("/a/.%20./b", Refused("becomes `.` or `..`"), "Windows"),
    (
        "/a/..%2520/b",
        Refused("becomes `.` or `..`"),
        "decoded twice",
    ),
    (
        "/a/..%3F",
        Refused("becomes `.` or `..`"),
        "who decodes before the query is split off reads `/a/..`",
    ),
    (
        "/a/..%23x",
        Refused("becomes `.` or `..`"),
        "the same, with a fragment",
    ),
    ("/a/.%3F", Refused("becomes `.` or `..`"), "the same"),
    (
        "/a/..;%3F",
        Refused("becomes `.` or `..`"),
        "the same, with a parameter",
    ),
    ("/a/..%3F;x/b", Refused("becomes `.` or `..`"), "the same"),
    (
        "/a/..%20%3Fx",
        Refused("becomes `.` or `..`"),
        "the same, with a blank",
    ),
    (
        "/a/%2e%2e%3fx",
        Refused("becomes `.` or `..`"),
        "the same, encoded",
    ),
    (
        "/a/..%253F",
        Refused("becomes `.` or `..`"),
        "the same, decoded twice",
    ),
    (
        "/a/...%3Fx",
        Refused("becomes `.` or `..`"),
        "dots alone are no value",
    ),
    (
        "/a/..b%3Fx",
        Is("/a/..b%3Fx"),
        "§3.3: a name that begins with dots",
    ),
    (
        "/a/x..%3F",
        Is("/a/x..%3F"),
        "§3.3: a value that ends with dots",
    ),
    (
        "/a/%3F..",
        Is("/a/%3F.."),
        "what stands behind `?` is no segment",
    ),
    // Slashes that are none.
    (
        "/a%2fb",
        Refused("slash"),
        "§2.2: data, but a delimiter to every other server",
    ),
    ("/a%2Fb", Refused("slash"), "the same"),
    ("/..%2fa", Refused("slash"), "the same"),
    ("/a%5cb", Refused("slash"), "IIS and .NET read `\\` as `/`"),
    (
        "/a\\b",
        Refused("must be percent-encoded"),
        "not in §3.3; IIS and .NET read `\\` as `/`",
    ),
    ("/a/..\\b", Refused("must be percent-encoded"), "the same"),
    // Encoded twice.
    (
        "/%252e%252e/a",
        Refused("encoded twice"),
        "CVE-2001-0333, CVE-2021-42013",
    ),
    ("/%252E", Refused("encoded twice"), "the same"),
    ("/a%252fb", Refused("encoded twice"), "the same"),
    ("/a%255cb", Refused("encoded twice"), "CVE-2001-0333"),
    ("/a%2500", Refused("encoded twice"), "the same, with NUL"),
    (
        "/a%250d%250a",
        Refused("encoded twice"),
        "the same, with a line break",
    ),
    (
        "/..%253bx",
        Refused("encoded twice"),
        "the same, with a parameter",
    ),
    ("/a%25252fb", Refused("encoded twice"), "three times"),
    (
        "/a%25%32%66b",
        Refused("encoded twice"),
        "CVE-2021-42013: `%%32%65`",
    ),
    ("/a%2%66b", Refused("two hexadecimal"), "the same, halved"),
    // What is no text.
    (
        "/a%00",
        Refused("control"),
        "§7.3; file systems end names at NUL",
    ),
    (
        "/a%0d%0aX:b",
        Refused("control"),
        "§7.3; request splitting, CWE-113",
    ),
    ("/a%09", Refused("control"), "who trims, trims tabs"),
    ("/a%7f", Refused("control"), "§7.3"),
    ("/a%", Refused("two hexadecimal"), "§2.1"),
    ("/a%4", Refused("two hexadecimal"), "§2.1"),
    ("/a%zz", Refused("two hexadecimal"), "§2.1"),
    (
        "/a%u002e",
        Refused("two hexadecimal"),
        "IIS decoded `%u`, too",
    ),
    (
        "/%c0%ae%c0%ae/x",
        Refused("UTF-8"),
        "RFC 3629 §3: overlong; CVE-2000-0884",
    ),
    ("/%e0%80%af", Refused("UTF-8"), "RFC 3629 §3: overlong"),
    ("/%f0%80%80%ae", Refused("UTF-8"), "RFC 3629 §3: overlong"),
    ("/%ed%a0%80", Refused("UTF-8"), "RFC 3629 §3: a surrogate"),
    (
        "/%f4%90%80%80",
        Refused("UTF-8"),
        "RFC 3629 §3: beyond Unicode",
    ),
    ("/%ff", Refused("UTF-8"), "RFC 3629 §3"),
    ("/%c3a", Refused("UTF-8"), "RFC 3629 §3: cut short"),
    ("/a b", Refused("must be percent-encoded"), "§3.3"),
    ("/a\tb", Refused("must be percent-encoded"), "§3.3"),
    ("/a\0b", Refused("must be percent-encoded"), "§3.3"),
    ("/é", Refused("must be percent-encoded"), "§3.3"),
    ("a", Refused("starts with"), "§3.3: path-absolute"),
    ("", Refused("starts with"), "§3.3"),
];

#[test]
fn every_rule_has_its_verdict() {
    for (path, verdict, source) in TABLE {
        let got = normalize(&Bytes::from_static(path.as_bytes()));
        match (&got, verdict) {
            (Ok(got), Is(expect)) => assert_eq!(got, expect, "{path} ({source})"),
            (Err(AmbiguousPath(why)), Refused(part)) => {
                assert!(why.contains(part), "{path} ({source}): {why}");
            }
            _ => panic!("{path} ({source}): {got:?} instead of {verdict:?}"),
        }
    }
}

#[test]
fn the_form_is_a_fixed_point() {
    for (path, verdict, _) in TABLE {
        if let Is(normal) = verdict {
            let normal = Bytes::from_static(normal.as_bytes());
            assert_eq!(normalize(&normal).unwrap(), normal, "{path}");
        }
    }
}

#[test]
fn a_path_of_any_length_is_read_in_one_pass() {
    let many = |segment: &str| Bytes::from(segment.repeat(100_000));
    for (path, accepted) in [
        (many("/a"), true),
        (many("/"), true),
        (many("/a/.."), true),
        (many("/%61"), true),
        (many("/;x"), true),
        (Bytes::from(format!("/{}", "%25".repeat(100_000))), true),
        (Bytes::from(format!("/%{}2e", "25".repeat(100_000))), false),
        (many("/.."), false),
    ] {
        let sample = path.slice(..8);
        assert_eq!(normalize(&path).is_ok(), accepted, "{sample:?}");
    }
}
