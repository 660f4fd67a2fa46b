//! Runs the manual: every example of `docs/policies/*.md` through `compile` and `serve`.
//!
//! A page is Markdown. A heading with blocks below it is an example; nothing is shared between
//! examples, while the requests of one run in order over one gateway. Blocks are fenced, and their
//! first line says what they are; a fence with a language alone is prose.
//!
//! | block | means |
//! |---|---|
//! | `xml operation`, `xml api`, `xml product`, `xml global` | the policy document at that scope. It may be followed by the name of the API, operation (`get-flight`, `hotels/get-hotel`) or product; without one, all are meant. The text is a whole document; or sections, the others being `<base />`; or, with the name of a section at the end (`xml operation inbound`), what stands in it after `<base />` (in `backend`, instead of it) |
//! | `xml fragment NAME` | a policy fragment |
//! | `text given` | what stands around the policy, line by line; see `given.rs`. Without it there is one open API, `flights` |
//! | `text diagnostics` | what loading says, line by line: `CODE`, `warning CODE`, with or without a part of the message after it. Without the block it must say nothing |
//! | `http request` | a request; `from ADDRESS` and `over http` may follow, and `at 10s` sets the clock, counted from the beginning of the example |
//! | `http backend` | what the backend answers; one for each call. Without it, 200 with the body it got |
//! | `text backend` | how the backend fails: `refuses`, `breaks off`, `times out` |
//! | `http forwarded` | what the backend got, `to http://host:port` may follow; what is not listed is not compared |
//! | `text forwarded` | `nothing`: the backend was not called |
//! | `http response` | what the caller got; what is not listed is not compared |
//! | `text log` | how the request ended: `allowed`, or `denied Reason: message`, `failed Reason` |
//! | `text trace` | what policies traced, line by line: `severity source: message` |
//!
//! In a message `!Name` says that a header is absent, a blank line that the body is compared, and
//! `…` stands for any text.

mod compare;
mod example;
mod given;
mod page;
mod play;

use std::collections::BTreeMap;
use std::io::Write as _;

use portcullis_policy::policies::{Compile, POLICIES};

use crate::example::Example;
use crate::page::Page;

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policies");

/// Pages that are no policy's manual.
const OTHERS: [&str; 2] = ["README", "index"];

/// How many examples the manual of a policy that runs has at least.
const FEWEST: usize = 3;

#[test]
fn every_example_of_the_manual_does_what_it_says() {
    let pages = pages();
    let mut problems = Vec::new();
    let mut played = 0;
    for (name, text) in &pages {
        let page = Page::read(text);
        for section in &page.sections {
            let failed = match Example::read(section) {
                Ok(None) => continue,
                Ok(Some(example)) => play::play(&example),
                Err(problems) => problems,
            };
            played += 1;
            let title = &section.title;
            let line = |(line, what)| format!("docs/policies/{name}.md:{line}: {title}: {what}");
            problems.extend(failed.into_iter().map(line));
        }
    }
    // Not through `println!`, which a test that passes does not show.
    drop(writeln!(
        std::io::stderr(),
        "{played} examples of {} pages ran",
        pages.len()
    ));
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_policy_that_runs_has_examples() {
    let mut problems = Vec::new();
    for (name, text) in pages() {
        let page = Page::read(&text);
        let examples = page
            .sections
            .iter()
            .filter(|s| matches!(Example::read(s), Ok(Some(_))));
        let examples = examples.count();
        let entry = POLICIES.iter().find(|p| p.spec.element() == name);
        let runs = entry.is_some_and(|p| matches!(p.compile, Compile::Ready(_)));
        if !runs {
            // The page is generated from the specification.
            continue;
        }
        if examples < FEWEST {
            problems.push(format!(
                "{name}: {examples} examples, at least {FEWEST} are needed"
            ));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The pages by name. `PORTCULLIS_PAGE=cors` leaves out all others.
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads the manual and its own narrowing"
)]
fn pages() -> BTreeMap<String, String> {
    let only = std::env::var("PORTCULLIS_PAGE").ok();
    let files = std::fs::read_dir(PAGES).into_iter().flatten().flatten();
    files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            let wanted = !OTHERS.contains(&&*name) && only.as_ref().is_none_or(|o| *o == name);
            wanted.then(|| Some((name, std::fs::read_to_string(&path).ok()?)))?
        })
        .collect()
}
