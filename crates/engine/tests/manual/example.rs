//! An example: what is given, and exchanges with what must come of them.

use std::net::IpAddr;
use std::time::Duration;

use portcullis_model::policy::Scope;
use portcullis_policy::facts::Scheme;
use portcullis_policy::grammar::Section as PolicySection;
use portcullis_testkit::request::RequestDraft;
use portcullis_testkit::upstream::Answer;

use crate::compare::{self, Expected};
use crate::page::{Block, Section};

/// Something wrong, with its line in the page.
pub(crate) type Problem = (usize, String);

/// One example.
#[derive(Debug, Default)]
pub(crate) struct Example {
    /// The lines of `text given`.
    pub(crate) given: Vec<(usize, String)>,
    /// Documents, in the order of the page.
    pub(crate) documents: Vec<Document>,
    /// Fragments by name.
    pub(crate) fragments: Vec<(String, String)>,
    /// What loading says.
    pub(crate) diagnostics: Option<(usize, Vec<String>)>,
    /// Requests and what comes of them.
    pub(crate) exchanges: Vec<Exchange>,
}

/// A policy document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) scope: Scope,
    /// Whose it is; all of the scope if it does not say.
    pub(crate) of: Option<String>,
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// One request and what comes of it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) line: usize,
    pub(crate) request: RequestDraft,
    /// Time since the beginning of the example.
    pub(crate) at: Option<Duration>,
    pub(crate) answers: Vec<Answer>,
    /// What the backend must have got, call by call; empty if nothing is said about it.
    pub(crate) forwarded: Vec<(usize, Forwarded)>,
    pub(crate) never_forwarded: Option<usize>,
    pub(crate) response: Option<(usize, Expected)>,
    pub(crate) log: Option<(usize, String)>,
    pub(crate) trace: Option<(usize, Vec<String>)>,
}

/// What the backend must have got.
#[derive(Debug)]
pub(crate) struct Forwarded {
    /// `http://host:port`.
    pub(crate) to: Option<String>,
    pub(crate) message: Expected,
}

impl Example {
    /// Reads a section; `None` if it is no example.
    pub(crate) fn read(section: &Section) -> Result<Option<Self>, Vec<Problem>> {
        let mut example = Self::default();
        let mut problems = Vec::new();
        let mut blocks = 0;
        for block in &section.blocks {
            let mut words = block.info.split_whitespace();
            let (language, words) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
            let [kind, rest @ ..] = &*words else { continue };
            blocks += 1;
            if let Err(what) = example.block(block, language, kind, rest) {
                problems.push((block.line, what));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let Some(first) = section.blocks.first().filter(|_| blocks > 0) else {
            return Ok(None);
        };
        if !example.asserts() {
            return Err(vec![(first.line, "the example asserts nothing".to_owned())]);
        }
        Ok(Some(example))
    }

    /// Whether it says what must come of it: of each request, or of loading.
    fn asserts(&self) -> bool {
        let says = |e: &Exchange| {
            let calls = !e.forwarded.is_empty() || e.never_forwarded.is_some();
            calls || e.response.is_some() || e.log.is_some() || e.trace.is_some()
        };
        self.exchanges.iter().all(says)
            && (self.diagnostics.is_some() || !self.exchanges.is_empty())
    }

    fn block(
        &mut self,
        block: &Block,
        language: &str,
        kind: &str,
        words: &[&str],
    ) -> Result<(), String> {
        let line = block.line;
        match (language, kind) {
            ("xml", "fragment") => {
                let [name] = words else {
                    return Err("a fragment has a name".to_owned());
                };
                self.fragments
                    .push(((*name).to_owned(), block.text.clone()));
            }
            ("xml", scope) => self.documents.push(document(block, scope, words)?),
            ("text", "given") => self.given.extend(numbered(block)),
            ("text", "diagnostics") => self.diagnostics = Some((line, lines(block))),
            ("http", "request") => self.exchanges.push(request(block, words)?),
            _ => {
                let Some(exchange) = self.exchanges.last_mut() else {
                    return Err(unknown(block, "or it stands before the first request"));
                };
                exchange.block(block, language, kind, words)?;
            }
        }
        Ok(())
    }
}

impl Exchange {
    fn block(
        &mut self,
        block: &Block,
        language: &str,
        kind: &str,
        words: &[&str],
    ) -> Result<(), String> {
        let line = block.line;
        match (language, kind, words) {
            ("http", "backend", []) => self.answers.push(compare::answer(&block.text)?),
            ("text", "backend", []) => self.answers.push(failure(block.text.trim())?),
            ("http", "forwarded", to) => {
                let to = match to {
                    [] => None,
                    ["to", url] => Some((*url).to_owned()),
                    _ => return Err(unknown(block, "`to http://host:port` may follow")),
                };
                let message = Expected::read(&block.text)?;
                self.forwarded.push((line, Forwarded { to, message }));
            }
            ("text", "forwarded", []) if block.text.trim() == "nothing" => {
                self.never_forwarded = Some(line);
            }
            ("http", "response", []) => {
                self.response = Some((line, Expected::read(&block.text)?));
            }
            ("text", "log", []) => self.log = Some((line, block.text.trim().to_owned())),
            ("text", "trace", []) => self.trace = Some((line, lines(block))),
            _ => return Err(unknown(block, "see the head of this test")),
        }
        Ok(())
    }
}

fn unknown(block: &Block, hint: &str) -> String {
    format!("`{}` is no block of the manual ({hint})", block.info)
}

fn lines(block: &Block) -> Vec<String> {
    let lines = block
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn numbered(block: &Block) -> impl Iterator<Item = (usize, String)> {
    let numbers = block.line + 1..;
    let lines = numbers.zip(block.text.lines().map(|line| line.trim().to_owned()));
    lines.filter(|(_, line)| !line.is_empty())
}

fn document(block: &Block, scope: &str, words: &[&str]) -> Result<Document, String> {
    let scope = match scope {
        "global" => Scope::Global,
        "product" => Scope::Product,
        "api" => Scope::Api,
        "operation" => Scope::Operation,
        _ => return Err(unknown(block, "`xml` is followed by a scope or `fragment`")),
    };
    let (section, of) = match words.split_last() {
        Some((last, of)) if PolicySection::named(last).is_some() => {
            (PolicySection::named(last), of)
        }
        _ => (None, words),
    };
    let of = match of {
        [] => None,
        [of] => Some((*of).to_owned()),
        _ => return Err(unknown(block, "a scope has one name")),
    };
    Ok(Document {
        scope,
        of,
        text: whole(&block.text, section),
        line: block.line,
    })
}

/// The whole document, in which every line keeps its number.
fn whole(text: &str, section: Option<PolicySection>) -> String {
    let is_there = |name: &str| text.contains(&format!("<{name}"));
    if section.is_none() && is_there("policies") {
        return text.to_owned();
    }
    let own = section.map_or(text.to_owned(), |section| {
        let base = if section == PolicySection::Backend {
            ""
        } else {
            "<base />"
        };
        format!("<{section}>{base}{text}</{section}>")
    });
    let others = PolicySection::ALL
        .into_iter()
        .filter(|other| match section {
            Some(section) => section != *other,
            None => !is_there(other.name()),
        });
    let others: Vec<_> = others.map(|s| format!("<{s}><base /></{s}>")).collect();
    format!("<policies>{own}{}</policies>", others.concat())
}

fn request(block: &Block, words: &[&str]) -> Result<Exchange, String> {
    let mut request = RequestDraft::parse(&block.text)?;
    let mut at = None;
    for pair in words.chunks(2) {
        match pair {
            ["from", address] => {
                let parsed: IpAddr = address.parse().map_err(|e| format!("`{address}`: {e}"))?;
                request.from = parsed;
            }
            ["over", "http"] => request.scheme = Scheme::Http,
            ["at", time] => at = Some(duration(time)?),
            _ => {
                return Err(unknown(
                    block,
                    "`from ADDRESS`, `over http`, `at 10s` may follow",
                ));
            }
        }
    }
    Ok(Exchange {
        line: block.line,
        request,
        at,
        answers: Vec::new(),
        forwarded: Vec::new(),
        never_forwarded: None,
        response: None,
        log: None,
        trace: None,
    })
}

/// `10s`, `500ms`, `2m`, with or without `+` before it.
fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim_start_matches('+');
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().map_err(|_| format!("`{text}` is no time"))?;
    match text.trim_start_matches(|c: char| c.is_ascii_digit()) {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_mins(number)),
        _ => Err(format!("`{text}` is no time: write `10s`, `500ms` or `2m`")),
    }
}

fn failure(text: &str) -> Result<Answer, String> {
    match text {
        "refuses" => Ok(Answer::Refuse),
        "breaks off" => Ok(Answer::BreakOff),
        "times out" => Ok(Answer::TimeOut),
        _ => Err(format!(
            "a backend does not `{text}`: `refuses`, `breaks off`, `times out`"
        )),
    }
}

#[test]
fn sections_that_are_not_written_are_inherited() {
    let doc = whole("<outbound><a /></outbound>", None);
    assert!(doc.starts_with("<policies><outbound><a /></outbound><inbound><base /></inbound>"));
    let doc = whole("<a />\n", Some(PolicySection::Inbound));
    assert!(doc.starts_with("<policies><inbound><base /><a />\n</inbound><backend><base />"));
    assert_eq!(whole("<policies />", None), "<policies />");
}

#[test]
fn an_example_says_what_must_come_of_it() {
    let read = |text: &str| {
        let page = crate::page::Page::read(text);
        Example::read(&page.sections[0])
    };
    assert!(matches!(read("# a\n```xml\n<x />\n```\n"), Ok(None)));
    let silent = "# a\n```xml api\n<x />\n```\n```http request\nGET /\n```\n";
    assert!(read(silent).unwrap_err()[0].1.contains("asserts nothing"));
    let spoken = format!("{silent}```http response\nHTTP/1.1 200\n```\n");
    assert_eq!(read(&spoken).unwrap().unwrap().exchanges.len(), 1);
    for wrong in [
        "xml operaton",
        "http respons",
        "text given x\n```\n```http forwarded at",
    ] {
        let text = format!("# a\n```http request\nGET /\n```\n```{wrong}\n```\n");
        assert!(
            read(&text).unwrap_err()[0].1.contains("no block"),
            "{wrong}"
        );
    }
}

#[test]
fn times_have_units() {
    assert_eq!(duration("+10s"), Ok(Duration::from_secs(10)));
    assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
    assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
    assert!(duration("10").is_err() && duration("s").is_err());
}
