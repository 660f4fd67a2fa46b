//! Every way to break one thing of a folder.

mod json;
mod xml;

pub(crate) use xml::in_document;

use crate::tree::{Edit, Tree};

/// One thing, broken.
#[derive(Debug, Clone)]
pub(crate) struct Breakage {
    /// Which file or folder.
    pub(crate) file: String,
    /// What in it: `properties.path`, `ip-filter/address`; empty for all of it.
    pub(crate) place: String,
    /// How.
    pub(crate) how: How,
    /// What is done to the folder.
    pub(crate) edit: Edit,
}

/// How something is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It is not there.
    Removed,
    /// Its name has one letter too many.
    Misspelt,
    /// Its name is another, that nothing else has.
    Renamed,
    /// There is nothing in it.
    Emptied,
    /// Its second half is missing.
    Halved,
    /// It is not UTF-8.
    NotText,
    /// It is UTF-16.
    Utf16,
    /// Its form is not that of its format.
    IllFormed,
    /// It is of another kind: a number where a text stands, a list where an object stands.
    OtherKind,
    /// It is a word that is none of those that may stand there, or names what does not exist.
    Garbled,
    /// It is a number that may not stand there.
    OutOfRange,
    /// It refers to a named value, a variable or a file that is not there.
    Unresolved,
    /// It is an expression that does not compile, or may not stand there.
    BadExpression,
}

/// A broken part of a text: where, how, and the whole text with it.
pub(crate) type Part = (String, How, String);

/// A named value that no folder has.
pub(crate) const NO_NAMED_VALUE: &str = "{{no-such-named-value}}";

/// A word that means nothing anywhere, and cannot be part of an address or a URL.
pub(crate) const NO_WORD: &str = "~no such~";

/// Every single breakage of a folder, in the order of its files.
pub(crate) fn of_folder(tree: &Tree) -> Vec<Breakage> {
    let mut all = Vec::new();
    for (path, contents) in &tree.0 {
        let name = path.rsplit('/').next().unwrap_or(path);
        all.extend(of_file(path, name, contents));
        let text = tree.text(path);
        let parts = if name == "policy.xml" {
            in_document(text)
        } else if name.ends_with("Information.json") {
            json::in_information(text)
        } else if name.starts_with("specification.") {
            in_description(text)
        } else {
            Vec::new()
        };
        all.extend(parts.into_iter().map(|(place, how, text)| Breakage {
            file: path.clone(),
            place,
            how,
            edit: Edit::Write(path.clone(), text.into_bytes()),
        }));
    }
    for folder in tree.folders() {
        all.extend(of_directory(&folder));
    }
    all
}

/// A file as a whole. To remove a policy, or to call it what cannot be taken for a policy, is to
/// write another configuration; so it is with a collection of resources.
fn of_file(path: &str, name: &str, contents: &[u8]) -> Vec<Breakage> {
    let text = String::from_utf8_lossy(contents);
    let write = |how, contents: Vec<u8>| (how, Edit::Write(path.to_owned(), contents));
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
    let mut broken = vec![
        write(How::Emptied, Vec::new()),
        write(How::Emptied, b" \n".to_vec()),
        write(How::Halved, contents[..contents.len() / 2].to_vec()),
        write(How::NotText, [contents, b"\xff\xfe\xff"].concat()),
        write(How::Utf16, [0xff, 0xfe].into_iter().chain(utf16).collect()),
        write(How::IllFormed, [b"<>{", contents].concat()),
    ];
    let cut = text.trim_end().len().saturating_sub(1);
    broken.push(write(How::IllFormed, contents[..cut].to_vec()));
    if name != "policy.xml" {
        broken.push((How::Removed, Edit::Remove(path.to_owned())));
    }
    if name.ends_with("Information.json") {
        for other in ["{}", "[]", "null", "{\"properties\":{}}"] {
            broken.push(write(How::OtherKind, other.into()));
        }
    }
    let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
    let misspelt = format!("{stem}x.{extension}");
    broken.push((How::Misspelt, Edit::Rename(path.to_owned(), misspelt)));
    whole(path, broken)
}

fn of_directory(path: &str) -> Vec<Breakage> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_resource = path.split('/').count().is_multiple_of(2);
    let named = |suffix: &str| Edit::Rename(path.to_owned(), format!("{path}{suffix}"));
    let mut broken = vec![(How::Misspelt, named("x"))];
    // A revision's folder ends with its number.
    if is_resource && !name.contains(';') {
        let far = path.strip_suffix(name).unwrap_or("");
        let far = Edit::Rename(path.to_owned(), format!("{far}zzz-quite-another-name"));
        broken.push((How::Renamed, far));
    }
    whole(path, broken)
}

fn whole(path: &str, broken: Vec<(How, Edit)>) -> Vec<Breakage> {
    let one = |(how, edit)| Breakage {
        file: path.to_owned(),
        place: String::new(),
        how,
        edit,
    };
    broken.into_iter().map(one).collect()
}

/// The ids of operations in a description, by which policies find them.
fn in_description(text: &str) -> Vec<Part> {
    const MEMBER: &str = "operationId";
    let mut parts = Vec::new();
    for (at, _) in text.match_indices(MEMBER) {
        let after = at + MEMBER.len();
        let is_filler = |c: char| c.is_ascii_whitespace() || matches!(c, ':' | '"');
        let start = after + text[after..].find(|c| !is_filler(c)).unwrap_or(0);
        let is_end = |c: char| matches!(c, '"' | ',' | '}' | '\n');
        let end = start + text[start..].find(is_end).unwrap_or(0);
        let place = format!("operationId {}", &text[start..end]);
        for (how, from, to, new) in [
            (How::Misspelt, at, at, "x"),
            (How::Garbled, start, end, "quite-another-operation"),
            (How::Misspelt, end, end, "x"),
            (How::Emptied, start, end, ""),
        ] {
            parts.push((place.clone(), how, spliced(text, from, to, new)));
        }
    }
    parts
}

/// A text with something else between two places.
fn spliced(text: &str, from: usize, to: usize, new: &str) -> String {
    [&text[..from], new, &text[to..]].concat()
}
