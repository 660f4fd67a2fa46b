//! Somebody writes the folder while the gateway is killed, started and reloaded: what its last whole
//! configuration denies is never let through.

#![expect(
    clippy::disallowed_methods,
    reason = "how long a pause was is measured in real time"
)]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{eventually, must};

use crate::traffic::marking;

/// Denies.
const DENY: &str = "<policies><inbound><base /><return-response><set-status code=\"403\" \
                    reason=\"Forbidden\" /></return-response></inbound><backend><base /></backend>\
                    <outbound><base /></outbound><on-error><base /></on-error></policies>";

/// What denies `GET`, where it stands.
const GUARD: &str = "apis/root/operations/get/policy.xml";

fn builder(backend: &Backend) -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("root", &backend.url())
        .policy("", &marking("0"))
        .file(GUARD, DENY)
        .set("log.access", "off")
}

/// The files of the folder, with their texts.
fn files(gateway: &Gateway) -> Vec<(&'static str, String)> {
    let files = [
        "apis/root/apiInformation.json",
        "apis/root/specification.yaml",
        "policy.xml",
        GUARD,
    ];
    files.map(|file| (file, gateway.read(file))).to_vec()
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Writes a file in its place, as an editor does that knows no better: first nothing, then half of it.
fn write_in_pieces(path: &Path, text: &str) {
    let (first, second) = text.split_at(text.len() / 2);
    let mut file = must(File::create(path));
    for piece in [first, second] {
        pause(5);
        must(file.write_all(piece.as_bytes()));
    }
}

#[test]
fn a_gateway_that_is_killed_and_started_while_its_folder_is_written_denies_what_it_denied() {
    let backend = Backend::echo();
    let mut gateway = builder(&backend).start();
    let (files, artifacts) = (files(&gateway), gateway.plan().artifacts().to_owned());
    let (ends, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ended = Ended(&ends);
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                for (file, text) in &files {
                    write_in_pieces(&artifacts.join(file), text);
                }
                written.fetch_add(1, Ordering::Relaxed);
                pause(150);
            }
        });
        let mut started = 0;
        for round in 0..20 {
            for _ in 0..5 {
                let answer = gateway.get("/a");
                assert_eq!(answer.status, 403, "{}", answer.text());
                pause(5);
            }
            // At another moment of the writing each time.
            pause(round * 37 % 100);
            gateway.signal("-KILL");
            match gateway.plan().try_start() {
                Ok(next) => {
                    gateway = next;
                    started += 1;
                }
                // It met half of a folder whose writer was held up.
                Err(ended) => {
                    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
                    gateway = gateway.plan().start();
                }
            }
        }
        assert!(started > 10, "it waits until the folder is quiet");
    });
    assert!(written.into_inner() > 5);
    gateway.stop();
}

/// Ends what looks at the flag when it is dropped.
pub(crate) struct Ended<'a>(pub(crate) &'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn half_of_a_folder_opens_nothing_at_a_start_or_a_reload() {
    let backend = Backend::echo();
    let running = builder(&backend).start();
    let refusals = |gateway: &Gateway| {
        gateway.metric("portcullis_reloads_rejected_total")
            + gateway.metric("portcullis_reloads_applied_total")
    };
    for (file, text) in files(&running) {
        for quarters in 0..4 {
            let half = text.get(..text.len() * quarters / 4).unwrap_or_default();
            let before = refusals(&running);
            running.write(file, half);
            eventually("the change is seen", || refusals(&running) > before);
            let what = format!("{quarters} quarters of {file}");
            assert!([403, 404].contains(&running.get("/a").status), "{what}");
            match running.plan().try_start() {
                Ok(started) => {
                    assert!([403, 404].contains(&started.get("/a").status), "{what}");
                    started.stop();
                }
                Err(ended) => assert_eq!(ended.code, Some(1), "{what}: {}", ended.stderr),
            }
            let before = refusals(&running);
            running.write(file, &text);
            eventually("it is whole again", || refusals(&running) > before);
            assert_eq!(running.get("/a").status, 403, "{what}");
        }
    }
    running.stop();
}

#[test]
fn an_api_that_arrives_file_by_file_is_not_open_before_its_policy_is_there() {
    let backend = Backend::echo();
    let files = [
        "apiInformation.json",
        "specification.yaml",
        "operations/get/policy.xml",
    ];
    let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("one", &backend.url())
        .policy("", &marking("0"))
        .file("apis/one/operations/get/policy.xml", DENY)
        .set("log.access", "off")
        .start();
    let (ends, open) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ended = Ended(&ends);
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                match gateway.get("/two/a").status {
                    200 => drop(open.fetch_add(1, Ordering::Relaxed)),
                    status => assert!([403, 404].contains(&status), "{status}"),
                }
            }
        });
        for _ in 0..5 {
            open.store(0, Ordering::Relaxed);
            let mut longest = Duration::ZERO;
            for file in files {
                let since = Instant::now();
                let text = gateway.read(&format!("apis/one/{file}"));
                gateway.write(&format!("apis/two/{file}"), &text.replace("one", "two"));
                pause(30);
                longest = longest.max(since.elapsed());
            }
            eventually("it is there", || gateway.get("/two/a").status == 403);
            // On a busy machine this test may be too slow for what it is to show.
            if longest < Duration::from_millis(60) {
                assert_eq!(open.load(Ordering::Relaxed), 0);
            }
            gateway.remove("apis/two");
            eventually("it is gone", || gateway.get("/two/a").status == 404);
        }
    });
    gateway.stop();
}
