//! What a request costs: CPU seconds of the proxy per 100,000 requests, beside other proxies; and how
//! long the slowest of them take.
//!
//! The proxy is pinned to one core; the load generator and the upstream share the other. Every
//! peer gets the same upstream, the same load and a configuration that does comparable work.
//! Rounds are interleaved, so that a disturbance of the machine meets all alike; a round in which
//! something else took a noticeable part of either core is measured again. What is compared
//! is CPU time and not requests per second, because the load generator is as busy as the proxy.
//! Latency is measured at a share of the rate that the whole of proxy, upstream and load can reach.
//!
//! Read [`cases`] (what is measured, against which bar), [`peers`] (how each proxy is set up),
//! [`cpu`] (how time is read), [`scale`] (a large configuration), [`table`] (what is written).

mod cases;
mod cpu;
mod load;
mod machine;
mod peers;
mod process;
mod scale;
mod site;
mod table;
pub(crate) mod upstream;

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::needs;
use crate::workspace::Workspace;
use cases::{CASES, Case, Figure};
use cpu::Sample;
use peers::Peer;
use site::{Bench, Site};
use table::{Cell, Row};

/// The core that the proxy has for itself.
const PROXY_CORE: usize = 1;
/// The core of the load generator and the upstream.
const LOAD_CORE: usize = 0;
/// A contended round is repeated until this many times the asked rounds were run.
const PATIENCE: usize = 3;

/// How busy a proxy is when its latency is measured.
const SHARE_OF_PEAK: f64 = 0.7;

/// What to measure and how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these cases.
    #[arg(long = "case", value_enum, value_name = "CASE", value_delimiter = ',')]
    cases: Vec<cases::Name>,
    /// Only these proxies.
    #[arg(long, value_enum, value_name = "PEER", value_delimiter = ',')]
    peers: Vec<Peer>,
    /// Rounds that count, per case and proxy.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Length of one round.
    #[arg(long, default_value_t = 4)]
    seconds: u32,
    /// A page to write the table into, between its markers.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Measures every case and prints the table.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let missing = needs::install(needs::BENCH);
    if !missing.is_empty() {
        bail!("a bench needs these Debian packages: {}", missing.join(" "));
    }
    let bench = Bench::prepare(workspace)?;
    let peers = ready(&bench, &options.peers)?;
    let chosen = |name| options.cases.is_empty() || options.cases.contains(&name);
    let mut rows = Vec::new();
    for case in CASES.iter().filter(|case| chosen(case.name)) {
        rows.push(measure(&bench, case, &peers, options)?);
    }
    let scale = if chosen(cases::Name::Scale) {
        scale::measure(workspace, options.rounds)?
    } else {
        String::new()
    };
    let facts = machine::describe(workspace, &peers)?;
    let page = table::page(&rows, &scale, &facts);
    println!("\n{page}");
    if let Some(out) = &options.out {
        table::write(&workspace.root.join(out), &page)?;
    }
    Ok(())
}

/// The proxies that are measured, each with its binary.
fn ready(bench: &Bench<'_>, chosen: &[Peer]) -> anyhow::Result<Vec<(Peer, PathBuf)>> {
    let is_chosen = |peer: &Peer| chosen.is_empty() || chosen.contains(peer);
    let peers = Peer::ALL.into_iter().filter(is_chosen);
    peers.map(|peer| Ok((peer, peer.find(bench)?))).collect()
}

/// Every proxy's rounds of one case.
fn measure(
    bench: &Bench<'_>,
    case: &'static Case,
    peers: &[(Peer, PathBuf)],
    options: &Options,
) -> anyhow::Result<Row> {
    let mut cells: Vec<_> = peers.iter().map(|(peer, _)| Cell::new(*peer)).collect();
    for round in 1..=options.rounds.saturating_mul(PATIENCE) {
        for (cell, (peer, binary)) in cells.iter_mut().zip(peers) {
            if cell.clean() >= options.rounds {
                continue;
            }
            let site = bench.site(case, *peer)?;
            let sample = peer_round(&site, binary, round, options.seconds)?;
            println!("{} {peer} round {round}: {sample}", case.name);
            cell.samples.push(sample);
        }
    }
    Ok(Row { case, cells })
}

/// Starts a proxy, warms it up, measures it, stops it.
fn peer_round(
    site: &Site<'_>,
    binary: &std::path::Path,
    round: usize,
    seconds: u32,
) -> anyhow::Result<Sample> {
    cpu::wait_for_calm()?;
    let proxy = site.peer.start(site, binary)?;
    let target = site.target(proxy.address);
    load::expect_success(&target, 1)?;
    if round == 1 && site.case.work == cases::Work::Secured {
        load::expect_refusal(&target.without_key())?;
    }
    let read = || cpu::Reading::take(proxy.process.id(), site.upstream_process());
    Ok(match site.case.figure {
        Figure::Cost => {
            let before = read()?;
            let outcome = load::expect_success(&target, seconds)?;
            Sample::of_cost(&before, &read()?, &outcome)
        }
        Figure::Latency => {
            let peak = load::peak(&target, 1)?;
            let before = read()?;
            let (outcome, slow) = load::at_rate(&target, peak * SHARE_OF_PEAK, seconds)?;
            Sample::of_latency(&before, &read()?, &outcome, slow)
        }
    })
}
