//! `version sets/<id>/versionSetInformation.json`.

use std::path::Path;

use portcullis_model::api::{VersionScheme, VersionSet};
use portcullis_model::id::VersionSetId;

use crate::reading::{Names, Place, Reading};
use crate::record::{Record, Soundness};

pub(crate) const COLLECTION: &str = "version sets";
const FILE: &str = "versionSetInformation.json";

/// Where a version stands, before the name of the header or parameter is known.
#[derive(Debug, Clone, Copy)]
enum Scheme {
    Segment,
    Header,
    Query,
}

/// Reads all version sets; gives the names that APIs may refer to.
pub(crate) fn read(reading: &mut Reading<'_>) -> (Vec<VersionSet>, Names) {
    let mut sets = Vec::new();
    let mut names = Names::default();
    for place in reading.resources(Path::new(COLLECTION), &[FILE], &[]) {
        let set = read_one(reading, &place);
        let soundness = match set {
            Some(_) => Soundness::Sound,
            None => Soundness::Faulty,
        };
        names.add(&place.name, soundness);
        sets.extend(set);
    }
    (sets, names)
}

fn read_one(reading: &mut Reading<'_>, place: &Place) -> Option<VersionSet> {
    let id = match VersionSetId::parse(&place.name) {
        Ok(id) => id,
        Err(invalid) => {
            reading.invalid_name(place, invalid.reason);
            return None;
        }
    };
    let information = reading.information(place, FILE)?;
    let (set, soundness) = information.read(&mut reading.diagnostics, |record| {
        let name = record.words("displayName");
        Some(VersionSet {
            name: name.unwrap_or_else(|| place.name.clone()),
            scheme: scheme(record)?,
            id,
        })
    });
    set.filter(|_| soundness == Soundness::Sound)
}

/// The members that a version set has by itself and inside of an API.
pub(crate) fn scheme(record: &mut Record<'_, '_>) -> Option<VersionScheme> {
    record.known(&["description"]);
    record.require("versioningScheme");
    let words = [
        ("Segment", Scheme::Segment),
        ("Header", Scheme::Header),
        ("Query", Scheme::Query),
    ];
    let chosen = record.choice("versioningScheme", &words);
    let header = record.header_name("versionHeaderName");
    let query = record.words("versionQueryName");
    match chosen? {
        Scheme::Segment => Some(VersionScheme::Segment),
        Scheme::Header => {
            record.require("versionHeaderName");
            header.map(VersionScheme::Header)
        }
        Scheme::Query => {
            record.require("versionQueryName");
            query.map(VersionScheme::Query)
        }
    }
}
