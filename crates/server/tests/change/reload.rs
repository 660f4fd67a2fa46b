//! The configuration changes again and again while requests flow.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests look at the system's files about processes"
)]

use std::sync::atomic::AtomicBool;

use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::{eventually, must};

use crate::traffic::{Traffic, written};

/// How much memory a process holds, in KiB, and how many files it has open.
fn holds(process: u32) -> (u64, usize) {
    let status = must(std::fs::read_to_string(format!("/proc/{process}/status")));
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let memory = line.unwrap_or_default().trim().trim_end_matches(" kB");
    let files = must(std::fs::read_dir(format!("/proc/{process}/fd"))).count();
    (must(memory.parse()), files)
}

fn change_under_traffic(changes: usize) {
    let backend = Traffic::backend();
    let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("root", &backend.url())
        .tls()
        .set("runtime.cores", "2")
        .set("log.access", "off")
        .set("artifacts.watch", "false");
    let gateway = Traffic::policed(gateway, &Traffic::policies("0")).start();
    let traffic = Traffic::of(&gateway);
    let ends = AtomicBool::new(false);
    let (warm, mut begun) = (changes / 5, (0, 0));
    std::thread::scope(|scope| {
        let _ended = traffic.start(scope, &ends);
        for change in 1..=changes {
            written(&gateway, &Traffic::policies(&change.to_string()));
            gateway.hang_up();
            eventually("the change is taken up", || {
                gateway.metric("portcullis_reloads_applied_total") == change as u64
            });
            if change == warm {
                begun = holds(gateway.process());
            }
        }
    });
    assert_eq!(
        traffic.left() + traffic.counted(),
        1000,
        "the count goes on"
    );
    let ended = holds(gateway.process());
    let most = begun.0 + begun.0 / 10 + 4096;
    assert!(ended.0 < most, "from {} to {} KiB", begun.0, ended.0);
    assert!(
        ended.1 <= begun.1 + 8,
        "from {} to {} files",
        begun.1,
        ended.1
    );
    traffic.was_served(changes);
    assert_eq!(gateway.metric("portcullis_reloads_rejected_total"), 0);
    gateway.stop();
}

#[test]
fn every_request_sees_one_configuration_and_nothing_is_left_behind_in_thirty_changes() {
    change_under_traffic(30);
}

#[test]
fn soak_a_thousand_changes() {
    change_under_traffic(1000);
}
