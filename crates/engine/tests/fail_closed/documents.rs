//! Policy documents that others wrote, each in front of one API.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis_engine::{Compilation, Options, compile};
use portcullis_model::api::Api;
use portcullis_model::{Configuration, Sources};
use portcullis_policy::names::Names;
use portcullis_testkit::noun;
use portcullis_testkit::request::CLIENT;

use crate::breakage::{Breakage, in_document};
use crate::lawful;
use crate::probe;
use crate::proof::{Before, Count, WORKERS};
use crate::site::{InFolder, Site, asked_for, texts};
use crate::tree::{Edit, Tree};

/// What named values are tried with: a document that takes one of these for all of its own is at hand
/// whole.
const TEXTS: [&str; 5] = [
    "10",
    "https://named.example",
    "10.0.0.1",
    "true",
    "some-text",
];

/// Breaks every `share`th thing of every document that compiles. Gives a name with what they are.
pub(crate) fn of(documents: &Tree, share: usize) -> (String, Count) {
    let next = AtomicUsize::new(0);
    let total = Mutex::new((0, 0, Count::default()));
    let names: Vec<&String> = documents.0.keys().collect();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some((runs, count)) = one(name, documents.text(name), share) else {
                        continue;
                    };
                    let mut total = total.lock().unwrap();
                    total.0 += 1;
                    total.1 += usize::from(runs);
                    total.2.add(count);
                }
            });
        }
    });
    let (compile, run, mut count) = total.into_inner().unwrap();
    count.opened.sort();
    let name = format!(
        "{} documents, {compile} of which compile and {run} run",
        documents.0.len()
    );
    (name, count)
}

/// One document; `None` if it does not compile. With it, whether its API is served.
fn one(name: &str, text: &str, share: usize) -> Option<(bool, Count)> {
    let named = TEXTS
        .iter()
        .find(|named| !load(&given(text, text, named)).diagnostics.has_errors())?;
    let whole = given(text, text, named);
    let compiled = load(&whole);
    let probes = probe::all(&whole, &site(text, named));
    let before = Before::of(probes, &compiled.snapshot);
    let mut count = Count {
        probes: before.probes.len(),
        ..Count::default()
    };
    let broken = in_document(text)
        .into_iter()
        .map(|(place, how, text)| Breakage {
            file: format!("{name}/policy.xml"),
            place,
            how,
            edit: Edit::Write("policy.xml".to_owned(), text.into_bytes()),
        });
    let broken = broken.filter(|breakage| lawful::reason(breakage).is_none());
    for breakage in broken.skip(name.len() % share).step_by(share) {
        let Edit::Write(_, contents) = &breakage.edit else {
            continue;
        };
        let after = given(text, std::str::from_utf8(contents).unwrap(), named);
        let after = load(&after);
        count.breakages += 1;
        count.add(before.judge(&breakage, &after.snapshot, &after.diagnostics));
    }
    Some((compiled.snapshot.summary().unavailable.is_empty(), count))
}

fn load(configuration: &Configuration) -> Compilation {
    let nowhere = InFolder(std::path::PathBuf::new());
    compile(
        configuration,
        &nowhere,
        Options::default(),
        Names::default(),
    )
}

/// A document before an API, with everything that the whole one refers to.
fn given(whole: &str, text: &str, named: &str) -> Configuration {
    const INCLUDING: &str = "<policies><inbound><base /><include-fragment fragment-id=\"it-self\" />\
        </inbound><backend><base /></backend><outbound><base /></outbound></policies>";
    let mut sources = Sources::default();
    let mut fragments: Vec<_> = ids(whole, "fragment-id=\"")
        .into_iter()
        .map(|id| {
            let empty = noun::policy(&mut sources, id, "<fragment></fragment>");
            noun::fragment(id, empty)
        })
        .collect();
    let is_fragment = whole.contains("<fragment>");
    let policy = if is_fragment { INCLUDING } else { text };
    let policy = noun::policy(&mut sources, "policy.xml", policy);
    if is_fragment {
        let own = noun::policy(&mut sources, "fragment.xml", text);
        fragments.push(noun::fragment("it-self", own));
    }
    let names = ids_between(whole, "{{", "}}").into_iter();
    let backends = ids(whole, "backend-id=\"").into_iter();
    Configuration {
        named_values: names.map(|name| noun::named_value(name, named)).collect(),
        backends: backends
            .map(|id| noun::backend(id, &format!("https://{}.example", id.len())))
            .collect(),
        fragments,
        apis: vec![Api {
            policy: Some(policy),
            operations: Arc::new([
                noun::operation("read", "GET", "/a"),
                noun::operation("write", "POST", "/a/{id}"),
            ]),
            ..noun::api("api")
        }],
        ..Configuration::default()
    }
}

fn ids<'t>(text: &'t str, before: &'static str) -> Vec<&'t str> {
    ids_between(text, before, "\"")
}

/// What stands between two words and can be the name of a resource, each once.
fn ids_between<'t>(text: &'t str, before: &'static str, after: &'static str) -> Vec<&'t str> {
    let can = |id: &&str| portcullis_model::id::BackendId::parse(id).is_ok() && !id.contains('"');
    let mut all: Vec<&str> = texts(text, before, after).filter(can).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn site(text: &str, named: &str) -> Site {
    let addresses = texts(text, "<address>", "</address>").filter_map(|a| a.parse().ok());
    let origins = texts(text, "<origin>", "</origin>").filter(|o| o.starts_with("http"));
    Site {
        keys: Vec::new(),
        addresses: std::iter::once(CLIENT).chain(addresses.take(1)).collect(),
        headers: asked_for(&text.replace("{{", "").replace("}}", named)),
        origins: origins.take(1).map(str::to_owned).collect(),
        most_calls: 3,
        paths: Vec::new(),
    }
}
