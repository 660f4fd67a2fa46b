//! Public policy documents: each is read, or refused with a place; none does harm.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use portcullis_model::diagnostic::Severity;
use portcullis_model::policy::{PolicyFormat, PolicyText};
use portcullis_model::{Diagnostics, Sources};
use portcullis_policy::document::{self, Written};
use portcullis_policy::parse::{
    NoNamedValues, References, Surroundings, check_document, check_fragment, check_resolver,
};

/// Of the documents, how many must be read without a complaint about their text and structure.
const READ: usize = 380;
/// Of the documents, how many must have no error with every reference assumed.
const CLEAN: usize = 345;

/// The documents by name; none where the data is absent.
#[expect(
    clippy::disallowed_methods,
    reason = "tests read data beside the project"
)]
fn corpus() -> Vec<(String, String)> {
    let Some(folder) = portcullis_testkit::data::find("corpus/policies") else {
        return Vec::new();
    };
    let index = std::fs::read_to_string(folder.join("index.tsv")).unwrap();
    let ids = index
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next());
    ids.map(|id| {
        let name = format!("{id}.xml");
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        (name, text)
    })
    .collect()
}

/// What is said about a text: `(code, line)`, errors only, and whether it was read at all.
fn errors(name: &str, text: &str, format: PolicyFormat) -> (bool, Vec<String>) {
    let mut sources = Sources::default();
    let text: Arc<str> = Arc::from(text);
    let text = PolicyText {
        source: sources.add(name, Arc::clone(&text)),
        text,
        format,
    };
    let mut found = Diagnostics::default();
    let written = document::read(&text, &mut found);
    let read = written.is_some() && !found.has_errors();
    let around = Surroundings {
        named_values: &NoNamedValues,
        references: References::Assumed,
        scope: None,
    };
    match &written {
        Some(Written::Policies(document)) => {
            check_document(document, around, &mut found);
        }
        Some(Written::Fragment(fragment)) => {
            check_fragment(fragment, None, around, &mut found);
        }
        Some(Written::Resolver(document)) => {
            check_resolver(document, around, &mut found);
        }
        None => assert!(found.has_errors(), "{name} was refused without a word"),
    }
    for d in &found {
        let written = text.text.get(d.span.range());
        assert!(
            written.is_some(),
            "{name}: no such place {:?} for {}",
            d.span,
            d.message
        );
        assert!(d.help.is_some(), "{name}: {} has no help", d.message);
    }
    let errors = found.iter().filter(|d| d.severity == Severity::Error);
    (read, errors.map(|d| sources.one_line(d)).collect())
}

#[test]
fn public_documents_are_read_and_checked() {
    let corpus = corpus();
    if corpus.is_empty() {
        return;
    }
    let (mut read, mut clean) = (0, 0);
    for (name, text) in &corpus {
        let (is_read, errors) = errors(name, text, PolicyFormat::Raw);
        read += usize::from(is_read);
        clean += usize::from(errors.is_empty());
        for error in errors {
            println!("{error}");
        }
    }
    let all = corpus.len();
    println!("{all} documents, {read} read, {clean} without an error");
    assert!(
        read >= READ && clean >= CLEAN,
        "{read} read, {clean} without an error"
    );
}

#[test]
fn a_document_reads_the_same_after_printing() {
    for (name, text) in corpus() {
        let source = portcullis_model::SourceId(0);
        let policy = PolicyText {
            source,
            text: text.as_str().into(),
            format: PolicyFormat::Raw,
        };
        let printed = match document::read(&policy, &mut Diagnostics::default()) {
            Some(Written::Policies(document)) => document.document().to_raw(),
            Some(Written::Fragment(fragment)) => fragment.document().to_raw(),
            Some(Written::Resolver(document)) => document.to_raw(),
            None => continue,
        };
        assert_eq!(printed, text, "{name}");
    }
}

#[test]
fn damaged_documents_do_no_harm() {
    // Numbers that jump about, the same in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below.max(1) as u64)).unwrap()
    };
    for (name, text) in corpus().iter().step_by(4) {
        for round in 0..12 {
            let mut bytes = text.clone().into_bytes();
            let at = next(bytes.len());
            match round % 4 {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << next(7),
                2 => drop(bytes.drain(at..(at + next(40)).min(text.len()))),
                _ => bytes[at] = b"<>\"'@({)}&;/\\"[next(13)],
            }
            let damaged = String::from_utf8_lossy(&bytes).into_owned();
            for format in [PolicyFormat::Raw, PolicyFormat::Escaped] {
                errors(name, &damaged, format);
            }
        }
    }
}

#[test]
fn hostile_documents_take_no_time() {
    let long = |unit: &str| unit.repeat(250_000 / unit.len());
    let bodies = [
        format!("<set-body>{}</set-body>", long("&lt;{{a}}")),
        format!("<set-body>{}</set-body>", long("@(")),
        format!("<set-body>{}</set-body>", long("a@(\"")),
        format!("<set-body>@({})</set-body>", long("\"${a}\"+")),
        format!("<set-variable name=\"a\" value=\"a{} < \"/>", long("@(b)")),
        format!("<set-variable name=\"a\" value=\"{}\"/>", long("{{")),
        format!("<set-variable name=\"a\" {} />", long("b='' ")),
        long("<set-variable name=\"a\" value=\"@(\" />"),
        long("<choose><when condition=\"@(a)\"><a /></when></choose>"),
        long("<set-body>"),
        long("</set-body>"),
    ];
    for body in bodies {
        let text = format!("<policies><inbound>{body}</inbound></policies>");
        let (_, errors) = errors("hostile.xml", &text, PolicyFormat::Raw);
        assert!(errors.len() <= 600, "{}", errors.len());
    }
}
