//! `groups/<id>/groupInformation.json`.

use std::path::Path;

use portcullis_model::id::GroupId;
use portcullis_model::product::Group;

use crate::reading::{Names, Reading};
use crate::record::Soundness;

pub(crate) const COLLECTION: &str = "groups";
const FILE: &str = "groupInformation.json";

/// Groups that every service has.
const SYSTEM: [&str; 3] = ["administrators", "developers", "guests"];

/// The names of groups that every service has.
pub(crate) fn system_names() -> Names {
    let mut names = Names::default();
    for name in SYSTEM {
        names.add(name, Soundness::Sound);
    }
    names
}

/// Reads all groups and adds their names to those that products may link to.
pub(crate) fn read(reading: &mut Reading<'_>, names: &mut Names) -> Vec<Group> {
    let mut groups = Vec::new();
    for place in reading.resources(Path::new(COLLECTION), &[FILE], &[]) {
        let id = match GroupId::parse(&place.name) {
            Ok(id) => id,
            Err(invalid) => {
                reading.invalid_name(&place, invalid.reason);
                continue;
            }
        };
        let mut soundness = Soundness::Faulty;
        if let Some(information) = reading.information(&place, FILE) {
            let (group, sound) = information.read(&mut reading.diagnostics, |record| {
                record.known(&["externalId", "type", "builtIn"]);
                let name = record.words("displayName");
                Group {
                    id,
                    name: name.unwrap_or_else(|| place.name.clone()),
                    description: record.words("description"),
                }
            });
            soundness = sound;
            groups.extend((sound == Soundness::Sound).then_some(group));
        }
        names.add(&place.name, soundness);
    }
    groups
}
