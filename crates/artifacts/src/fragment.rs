//! `policy fragments/<id>/policy.xml` and `policyFragmentInformation.json`.

use std::path::Path;

use portcullis_model::code::artifact as codes;
use portcullis_model::config::Fragment;
use portcullis_model::id::FragmentId;

use crate::reading::{POLICY, Reading};

pub(crate) const COLLECTION: &str = "policy fragments";
const FILE: &str = "policyFragmentInformation.json";

/// Reads all fragments. One without a text is left out: what includes it does not compile.
pub(crate) fn read(reading: &mut Reading<'_>) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    for place in reading.resources(Path::new(COLLECTION), &[FILE, POLICY], &[]) {
        let id = match FragmentId::parse(&place.name) {
            Ok(id) => id,
            Err(invalid) => {
                reading.invalid_name(&place, invalid.reason);
                continue;
            }
        };
        let information = reading.optional_information(&place, FILE);
        let description = information.and_then(|information| {
            let (description, _) = information.read(&mut reading.diagnostics, |record| {
                record.known(&["format", "value"]);
                record.words("description")
            });
            description
        });
        if let Some(text) = reading.policy(&place.path, &place.listing) {
            fragments.push(Fragment {
                id,
                description,
                text,
            });
        } else {
            let message = format!("the fragment has no `{POLICY}`");
            let help = "add it, or remove the folder";
            reading.about_folder(codes::MISSING_FILE, &place.path, message, help);
        }
    }
    fragments
}
