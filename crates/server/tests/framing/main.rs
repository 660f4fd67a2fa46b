//! The codec's cases over real sockets, plain and encrypted, alone, behind other requests and cut
//! anywhere: what is refused is answered as named, ends the connection and never reaches the backend
//! whole; what is taken reaches it well-formed.

use std::collections::HashSet;

use cases::{Case, Then};
use stage::{Stage, Transport, on_stages};

#[path = "../../../http1/tests/cases/mod.rs"]
mod cases;
mod forerunner;
mod stage;
mod verdict;

/// Beyond this size a case is not cut at every single byte, only at some.
const LONG: usize = 600;

/// Where a connection's first bytes are looked at for the preface of HTTP/2 (RFC 9113 §3.4).
const PREFACE: usize = 24;

#[test]
fn there_are_enough_cases_over_sockets_and_each_names_its_rule() {
    let cases = cases::all();
    let is_refused =
        |case: &&Case| matches!(case.then, Then::RefusedHead(_) | Then::RefusedBody(_));
    let refused: HashSet<_> = cases
        .iter()
        .filter(is_refused)
        .map(|case| case.name)
        .collect();
    assert!(
        cases.len() >= 450 && refused.len() >= 350,
        "{} {}",
        cases.len(),
        refused.len()
    );
    assert!(cases.iter().all(|case| case.rule.starts_with("RFC ")));
}

#[test]
fn every_case_has_its_verdict_over_plain_tcp() {
    on_stages(Transport::Plain, Stage::alone);
}

#[test]
fn every_case_has_its_verdict_over_tls() {
    on_stages(Transport::Tls, Stage::alone);
}

#[test]
fn every_case_has_its_verdict_in_one_write_behind_a_good_request_over_plain_tcp() {
    on_stages(Transport::Plain, behind_each);
}

#[test]
fn every_case_has_its_verdict_in_one_write_behind_a_good_request_over_tls() {
    on_stages(Transport::Tls, behind_each);
}

#[test]
fn every_case_has_its_verdict_wherever_it_is_cut_over_plain_tcp() {
    on_stages(Transport::Plain, cut_anywhere);
}

#[test]
fn every_case_has_its_verdict_wherever_it_is_cut_over_tls() {
    on_stages(Transport::Tls, cut_anywhere);
}

#[test]
fn every_case_has_its_verdict_cut_in_the_first_bytes_of_a_connection() {
    on_stages(Transport::Plain, |stage, case| {
        for cut in 1..case.bytes.len().min(PREFACE + 1) {
            stage.in_two_writes(case, cut);
        }
    });
}

fn behind_each(stage: &mut Stage, case: &Case) {
    for forerunner in forerunner::ALL {
        stage.behind(&forerunner, case);
    }
}

fn cut_anywhere(stage: &mut Stage, case: &Case) {
    let mut wire = None;
    for cut in cuts(case.bytes.len()) {
        wire = stage.cut(wire, case, cut);
    }
}

/// Where bytes of this size are cut; 0 keeps them together, in a write of their own.
fn cuts(size: usize) -> impl Iterator<Item = usize> {
    let step = if size > LONG { size / 24 } else { 1 };
    let edge = if size > LONG { 40 } else { 0 };
    let front = 0..edge;
    let middle = (edge..size - edge).step_by(step);
    let back = size - edge..size;
    front.chain(middle).chain(back)
}
