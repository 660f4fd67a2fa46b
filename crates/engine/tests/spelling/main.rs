//! No spelling of a path reaches what a protected operation protects without that operation's
//! policies: thousands of spellings, against every way in which servers read what they receive.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod houses;
mod servers;
mod spellings;

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::StatusCode;
use portcullis_engine::{Options, Snapshot};
use portcullis_policy::path;
use portcullis_testkit::rig::Rig;

use houses::House;

/// How many spellings of each path are made of several changes.
const COMPOSED: usize = 2500;

/// The same where there is time.
const COMPOSED_IN_SOAK: usize = 20_000;

/// What became of a request without a key.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It was answered here.
    Answered(u16),
    /// The backend was asked for this.
    Forwarded(String),
}

/// A gateway in front of one backend that all its APIs share.
struct Gate {
    snapshot: Snapshot,
    rig: Rig,
    /// How plainly written paths are answered.
    plain: HashMap<String, u16>,
}

impl Gate {
    fn of(house: &House) -> Self {
        let compiled = common::load(&house.configuration, Options::default());
        assert!(!compiled.diagnostics.has_errors(), "{}", house.name);
        Self {
            snapshot: compiled.snapshot,
            rig: Rig::default(),
            plain: HashMap::new(),
        }
    }

    fn ask(&self, target: &str) -> Outcome {
        if path::normalize(&Bytes::copy_from_slice(target.as_bytes())).is_err() {
            return Outcome::Answered(400);
        }
        let served = common::ask(&self.snapshot, &self.rig, &format!("GET {target}"));
        match self.rig.upstream.take_received().pop() {
            Some(received) => Outcome::Forwarded(received.path_and_query),
            None => Outcome::Answered(served.answer.status.as_u16()),
        }
    }

    /// Whether somebody who asks for this plainly is told that a key is missing.
    fn protects(&mut self, path: String) -> bool {
        if let Some(status) = self.plain.get(&path) {
            return *status == StatusCode::UNAUTHORIZED.as_u16();
        }
        let status = match self.ask(&path) {
            Outcome::Answered(status) => status,
            Outcome::Forwarded(_) => 200,
        };
        self.plain.insert(path, status);
        status == StatusCode::UNAUTHORIZED.as_u16()
    }

    /// Sends a spelling; a breach names the server that would have opened.
    fn try_spelling(&mut self, spelling: &str, seen: &mut BTreeMap<u16, usize>) -> Option<String> {
        let forwarded = match self.ask(spelling) {
            Outcome::Answered(status) => {
                *seen.entry(status).or_default() += 1;
                return None;
            }
            Outcome::Forwarded(forwarded) => forwarded,
        };
        *seen.entry(200).or_default() += 1;
        servers::ALL.iter().find_map(|server| {
            let read = server.read(&forwarded);
            self.protects(read.clone()).then(|| {
                let name = server.name;
                format!("`{spelling}` went out as `{forwarded}`, which {name} reads as `{read}`")
            })
        })
    }
}

fn check(house: &House) {
    check_with(house, COMPOSED);
}

fn check_with(house: &House, composed: usize) {
    let mut gate = Gate::of(house);
    let mut seen = BTreeMap::new();
    for path in house.protected {
        assert!(gate.protects((*path).to_owned()), "{}: {path}", house.name);
        let breaches: Vec<String> = spellings::of(path, composed)
            .filter_map(|spelling| gate.try_spelling(&spelling, &mut seen))
            .take(10)
            .collect();
        assert!(breaches.is_empty(), "{}: {breaches:#?}", house.name);
    }
    for path in house.open {
        let outcome = gate.ask(path);
        let forwarded = matches!(&outcome, Outcome::Forwarded(to) if to == path);
        assert!(forwarded, "{}: {path}: {outcome:?}", house.name);
    }
    // It means something only if spellings were decided in every way.
    for status in [200, 400, 401] {
        assert!(seen.contains_key(&status), "{}: {seen:?}", house.name);
    }
    assert!(
        seen.values().sum::<usize>() > 3000,
        "{}: {seen:?}",
        house.name
    );
}

#[test]
fn fixed_text_beside_a_catch_all() {
    check(&houses::fixed_text());
}

#[test]
fn parameters_beside_a_catch_all() {
    check(&houses::parameters());
}

#[test]
fn nested_templates_beside_less_specific_ones() {
    check(&houses::nested());
}

#[test]
fn text_around_parameters_and_beyond_ascii() {
    check(&houses::dressed());
}

#[test]
fn an_api_with_a_key_beside_an_open_one_at_the_root() {
    check(&houses::beside_the_root());
}

#[test]
fn an_api_with_a_key_below_the_suffix_of_an_open_one() {
    check(&houses::below_a_suffix());
}

#[test]
fn a_version_with_a_key_beside_open_ones() {
    check(&houses::versions());
}

#[test]
fn revisions_that_protect_what_others_do() {
    check(&houses::revisions());
}

#[test]
fn the_api_of_a_closed_product_beside_one_of_an_open_product() {
    check(&houses::products());
}

#[test]
fn a_long_path_is_looked_at_once_or_refused() {
    let gate = Gate::of(&houses::fixed_text());
    for fill in ["a", "%25", "%C3%A9", "a/"] {
        let honest = format!("/{}x", fill.repeat(16_000 / fill.len()));
        assert_eq!(gate.ask(&honest), Outcome::Forwarded(honest.clone()));
        for odd in [";x", "%20", "."] {
            let mistakable = format!("{honest}{odd}");
            assert_eq!(
                gate.ask(&mistakable),
                Outcome::Answered(400),
                "{fill}…{odd}"
            );
        }
        let mistakable = format!("/;rev=1{honest};x");
        assert_eq!(
            gate.ask(&mistakable),
            Outcome::Answered(400),
            ";rev=1, {fill}…"
        );
    }
}

#[test]
fn soak_many_more_spellings() {
    for house in [
        houses::fixed_text(),
        houses::parameters(),
        houses::nested(),
        houses::dressed(),
        houses::beside_the_root(),
        houses::below_a_suffix(),
        houses::versions(),
        houses::revisions(),
        houses::products(),
    ] {
        check_with(&house, COMPOSED_IN_SOAK);
    }
}
