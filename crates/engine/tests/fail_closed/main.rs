//! Whatever one thing of a configuration is broken, nothing opens.
//!
//! Each proof takes a folder, breaks one thing in it (`breakage`), loads what is left as a gateway
//! does that goes on past errors (`artifacts.keep_going`; without it such a folder does not start at
//! all), and asks the same questions as before (`probe`). Read in this order: this page, `tree`,
//! `breakage`, `probe` and `site`, `decision`, `proof`, `lawful`.
//!
//! *A decision* is a denial, or everything else that comes of a request: which backends received
//! what, to the byte, and what the caller reads. *A denial* is an answer of 400 or more, or a
//! preflight's answer that allows nothing, while nothing reached a backend.
//!
//! *Closed* is a decision after the breakage that is a denial, or the very decision from before, or
//! the very decision from before for the same request of a stranger, who has no key: a key that is
//! no longer known is ignored where none is needed, as documented, and then its holder gets what
//! anybody got. Everything else is *opened*: another backend, a header that is no longer taken away,
//! a policy that no longer runs, a limit that no longer counts. No breakage excuses another backend.
//!
//! *To break* is to take away, misspell, empty, cut off or garble what a configuration depends on,
//! not to write another configuration: a policy document or a whole policy in it is not removed, a
//! number does not become another number, a free text not another free text. Where leaving out
//! something optional means something laxer, by the documentation, `lawful` says so, line by line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "folders are files")]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "texts are cut at places that were found in them"
)]

mod breakage;
mod decision;
mod documents;
mod lawful;
mod probe;
mod proof;
mod site;
mod tree;

use std::io::Write as _;
use std::path::Path;

use portcullis_testkit::data;

use proof::Count;
use tree::Tree;

/// The folders of the project.
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/travel");
const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fail_closed/shop");

/// Every so many breakages; `cargo xtask soak` takes all.
const SHARE: usize = 13;

fn say(name: &str, count: &Count) {
    let Count {
        breakages,
        probes,
        same,
        denied,
        refused,
        opened,
    } = count;
    let line = format!(
        "{name}: {breakages} breakages ({refused} refused by a strict start), {probes} probes, \
         {same} decisions as before, {denied} denials, {} opened",
        opened.len()
    );
    drop(writeln!(std::io::stdout(), "{line}"));
}

fn prove(name: &str, tree: &Tree, share: usize) {
    verdict(name, &proof::of(name, tree, share));
}

fn verdict(name: &str, count: &Count) {
    say(name, count);
    assert!(
        count.opened.is_empty(),
        "{} breakages open something:\n{}",
        count.opened.len(),
        count.opened.join("\n")
    );
}

/// Subscriptions without a key that can be had get one.
fn with_keys(tree: Tree) -> Tree {
    tree.edited(|path, text| {
        let id = path.strip_prefix("subscriptions/")?;
        let (id, _) = id.split_once('/')?;
        let mut sheet: serde_json::Value = serde_json::from_str(text).ok()?;
        let properties = sheet.get_mut("properties")?;
        properties["primaryKey"] = format!("key-of-{id}").into();
        Some(sheet.to_string())
    })
}

#[test]
fn nothing_opens_when_one_thing_of_the_example_is_broken() {
    let tree = with_keys(Tree::read(Path::new(EXAMPLE)));
    prove("examples/travel", &tree, SHARE);
}

#[test]
fn nothing_opens_when_one_thing_of_the_shop_is_broken() {
    prove("shop", &Tree::read(Path::new(SHOP)), SHARE);
}

#[test]
fn nothing_opens_when_one_thing_of_a_policy_document_is_broken() {
    prove_documents(SHARE * 3);
}

#[test]
fn soak_nothing_opens_whatever_is_broken() {
    let example = with_keys(Tree::read(Path::new(EXAMPLE)));
    prove("examples/travel", &example, 1);
    prove("shop", &Tree::read(Path::new(SHOP)), 1);
    if let Some(folder) = data::find("corpus/apiops-sample") {
        prove("apiops-sample", &with_keys(Tree::read(&folder)), 1);
    }
    prove_documents(1);
}

fn prove_documents(share: usize) {
    if let Some(folder) = data::find("corpus/policies") {
        let (name, count) = documents::of(&Tree::read(&folder), share);
        verdict(&name, &count);
    }
}

#[test]
fn nothing_opens_when_one_thing_of_the_sample_folder_is_broken() {
    let Some(folder) = data::find("corpus/apiops-sample") else {
        return;
    };
    prove("apiops-sample", &with_keys(Tree::read(&folder)), SHARE);
}
