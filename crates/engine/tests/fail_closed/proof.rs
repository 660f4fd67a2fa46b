//! Breaks one thing after the other and compares decisions.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis_artifacts::Folder;
use portcullis_engine::{Compilation, Options, Snapshot, compile};
use portcullis_model::Diagnostics;
use portcullis_policy::names::Names;

use crate::breakage::{Breakage, of_folder};
use crate::decision::{self, Decision};
use crate::lawful;
use crate::probe::{self, Probe};
use crate::site::{InFolder, Site};
use crate::tree::Tree;

/// Threads that break things at the same time.
pub(crate) const WORKERS: usize = 2;

/// What was found out.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) breakages: usize,
    pub(crate) probes: usize,
    /// Decisions that are as they were and let the call in.
    pub(crate) same: usize,
    /// Decisions that are a denial.
    pub(crate) denied: usize,
    /// Breakages that a strict start refuses.
    pub(crate) refused: usize,
    /// Everything that opened, one line each.
    pub(crate) opened: Vec<String>,
}

/// One folder, and what is decided while nothing in it is broken.
struct Ground<'t> {
    tree: &'t Tree,
    before: Before,
}

/// Probes, and what is decided about them while nothing is broken.
pub(crate) struct Before {
    pub(crate) probes: Vec<Probe>,
    decisions: Vec<Vec<Decision>>,
}

/// Breaks every `share`th thing of a folder.
pub(crate) fn of(name: &str, tree: &Tree, share: usize) -> Count {
    let ground = Ground::of(tree);
    let breakages = of_folder(tree);
    let breakages: Vec<&Breakage> = breakages
        .iter()
        .filter(|breakage| lawful::reason(breakage).is_none())
        .step_by(share)
        .collect();
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Count {
        breakages: breakages.len(),
        probes: ground.before.probes.len(),
        ..Count::default()
    });
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let directory = tempfile::tempdir().unwrap();
                tree.write(directory.path());
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(breakage) = breakages.get(at) else {
                        return;
                    };
                    let count = ground.broken(breakage, directory.path());
                    total.lock().unwrap().add(count);
                }
            });
        }
    });
    let mut count = total.into_inner().unwrap();
    count.opened.sort();
    count
        .opened
        .iter_mut()
        .for_each(|line| *line = format!("{name}: {line}"));
    count
}

/// Reads and compiles what is on disk now.
fn load(root: &Path) -> (Snapshot, Diagnostics) {
    let loaded = Folder::open(root.to_owned()).read();
    let secrets = InFolder(root.to_owned());
    let Compilation {
        snapshot,
        diagnostics,
    } = compile(
        &loaded.configuration,
        &secrets,
        Options::default(),
        Names::default(),
    );
    let mut all = loaded.diagnostics;
    all.append(diagnostics);
    (snapshot, all)
}

impl<'t> Ground<'t> {
    fn of(tree: &'t Tree) -> Self {
        let directory = tempfile::tempdir().unwrap();
        tree.write(directory.path());
        let loaded = Folder::open(directory.path().to_owned()).read();
        let secrets = InFolder(directory.path().to_owned());
        let site = Site::of(tree, &loaded.configuration, &secrets);
        let probes = probe::all(&loaded.configuration, &site);
        let (snapshot, said) = load(directory.path());
        assert!(!said.has_errors(), "the folder itself is broken: {said:?}");
        let before = Before::of(probes, &snapshot);
        let decide = || {
            before
                .probes
                .iter()
                .map(|probe| decision::of(&snapshot, probe))
        };
        assert!(
            before.decisions.iter().cloned().eq(decide()),
            "decisions vary by themselves"
        );
        Self { tree, before }
    }

    fn broken(&self, breakage: &Breakage, root: &Path) -> Count {
        breakage.edit.make(root);
        let (snapshot, said) = load(root);
        breakage.edit.undo(self.tree, root);
        self.before.judge(breakage, &snapshot, &said)
    }
}

impl Before {
    pub(crate) fn of(probes: Vec<Probe>, snapshot: &Snapshot) -> Self {
        let decisions = probes.iter().map(|probe| decision::of(snapshot, probe));
        Self {
            decisions: decisions.collect(),
            probes,
        }
    }

    /// Compares with what is decided after a breakage.
    pub(crate) fn judge(
        &self,
        breakage: &Breakage,
        snapshot: &Snapshot,
        said: &Diagnostics,
    ) -> Count {
        let mut count = Count {
            refused: usize::from(said.has_errors()),
            ..Count::default()
        };
        for (at, probe) in self.probes.iter().enumerate() {
            let after = decision::of(snapshot, probe);
            for (time, after) in after.iter().enumerate() {
                let before = &self.decisions[at][time];
                if *after == Decision::Denied {
                    count.denied += 1;
                } else if after == before || *after == self.decisions[probe.stranger][time] {
                    count.same += 1;
                } else if count.opened.is_empty() {
                    let line = told(breakage, probe, before, after, said);
                    count.opened.push(line);
                }
            }
        }
        count
    }
}

fn told(
    breakage: &Breakage,
    probe: &Probe,
    before: &Decision,
    after: &Decision,
    said: &Diagnostics,
) -> String {
    let Breakage {
        file, place, how, ..
    } = breakage;
    let said: Vec<String> = said.iter().map(|d| d.code.to_string()).collect();
    format!(
        "{file} {place} {how:?} (told: {})\n    {}\n    before {}\n    after  {}",
        said.join(" "),
        shown_probe(probe),
        shown(before),
        shown(after)
    )
}

impl Count {
    pub(crate) fn add(&mut self, other: Self) {
        self.breakages += other.breakages;
        self.probes += other.probes;
        self.same += other.same;
        self.denied += other.denied;
        self.refused += other.refused;
        self.opened.extend(other.opened);
    }
}

fn shown_probe(probe: &Probe) -> String {
    let r = &probe.request;
    format!(
        "{} {}?{} from {} {:?} {:?}",
        r.method,
        r.path,
        r.query.as_deref().unwrap_or(""),
        r.from,
        r.scheme,
        r.headers
    )
}

fn shown(decision: &Decision) -> String {
    format!("{decision:?}").chars().take(900).collect()
}
