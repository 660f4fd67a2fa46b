//! `products/<id>/productInformation.json`, its policy, and its links to APIs and groups.

use std::path::Path;

use portcullis_model::code::artifact as codes;
use portcullis_model::diagnostic::{SourceId, Span};
use portcullis_model::id::{ApiId, GroupId, ProductId};
use portcullis_model::product::{Doubt, Product, ProductState};

use crate::link;
use crate::reading::{Names, POLICY, Place, Reading, Target};
use crate::record::{Record, Soundness};

pub(crate) const COLLECTION: &str = "products";
const FILE: &str = "productInformation.json";
const API_LINK: &str = "productApiInformation.json";
const GROUP_LINK: &str = "productGroupInformation.json";

/// Reads all products; gives the names that subscriptions may refer to.
pub(crate) fn read(
    reading: &mut Reading<'_>,
    apis: &Names,
    groups: &Names,
) -> (Vec<Product>, Names) {
    let mut products = Vec::new();
    let mut names = Names::default();
    let folders = ["apis", "groups"];
    for place in reading.resources(Path::new(COLLECTION), &[FILE, POLICY], &folders) {
        let product = read_one(reading, &place);
        let (mut product, soundness) = match product {
            Some(mut product) => {
                product.policy = reading.policy(&place.path, &place.listing);
                (product, Soundness::Sound)
            }
            None => (unreadable(reading, &place), Soundness::Faulty),
        };
        api_links(reading, &place, apis, &mut product);
        if soundness == Soundness::Faulty {
            let linked = std::mem::take(&mut product.apis);
            product.doubts.extend(linked.into_iter().map(Doubt::Api));
        }
        product.groups = group_links(reading, &place, groups);
        names.add(&place.name, soundness);
        products.push(product);
    }
    (products, names)
}

/// What stands for a product whose rules could not be read. It may have let callers in without a key,
/// under a policy of its own, so it leaves a doubt about each of its APIs.
fn unreadable(reading: &mut Reading<'_>, place: &Place) -> Product {
    let source = reading.name_only(&place.path.join(FILE));
    stand_in(
        ProductId::parse(&place.name).unwrap_or(ProductId::none()),
        source,
    )
}

/// What stands for all products when the folder that holds them has almost its name: any API may be
/// in one of them.
pub(crate) fn all_unreadable(reading: &mut Reading<'_>) -> Product {
    let source = reading.name_only(Path::new(COLLECTION));
    let product = stand_in(ProductId::none(), source);
    Product {
        doubts: vec![Doubt::Any],
        ..product
    }
}

fn stand_in(id: ProductId, source: SourceId) -> Product {
    Product {
        name: id.to_string(),
        description: None,
        state: ProductState::NotPublished,
        subscription_required: false,
        approval_required: false,
        subscriptions_limit: None,
        apis: Vec::new(),
        doubts: Vec::new(),
        groups: Vec::new(),
        policy: None,
        at: (source, Span::at(0)),
        id,
    }
}

fn read_one(reading: &mut Reading<'_>, place: &Place) -> Option<Product> {
    let id = match ProductId::parse(&place.name) {
        Ok(id) => id,
        Err(invalid) => {
            reading.invalid_name(place, invalid.reason);
            return None;
        }
    };
    let information = reading.information(place, FILE)?;
    let (product, soundness) = information.read(&mut reading.diagnostics, |record| {
        members(record, id, &place.name)
    });
    (soundness == Soundness::Sound).then_some(product)
}

/// Defaults are the service's own, and the closed ones: a product that does not say so is not
/// open and not shown.
fn members(record: &mut Record<'_, '_>, id: ProductId, folder: &str) -> Product {
    record.known(&["terms"]);
    let states = [
        ("published", ProductState::Published),
        ("notPublished", ProductState::NotPublished),
    ];
    record.require("displayName");
    let name = record.words("displayName");
    Product {
        name: name.unwrap_or_else(|| folder.to_owned()),
        description: record.words("description"),
        state: record
            .choice("state", &states)
            .unwrap_or(ProductState::NotPublished),
        subscription_required: record.flag("subscriptionRequired").unwrap_or(true),
        approval_required: record.flag("approvalRequired").unwrap_or(false),
        subscriptions_limit: record.count("subscriptionsLimit"),
        apis: Vec::new(),
        doubts: Vec::new(),
        groups: Vec::new(),
        policy: None,
        at: (record.source(), record.span()),
        id,
    }
}

/// The APIs of a product: one folder each, named after the API. A link that cannot be followed leaves a
/// doubt.
fn api_links(reading: &mut Reading<'_>, product: &Place, apis: &Names, into: &mut Product) {
    if Reading::is_misnamed(&product.listing, "apis") {
        into.doubts.push(Doubt::Any);
    }
    for place in links(reading, product, "apis", API_LINK) {
        let name = link::revision(&place.name).map_or(place.name.as_str(), |(api, _)| api);
        if !place.listing.files.iter().any(|f| f == API_LINK) {
            let message = format!("`{API_LINK}` is missing, so the API is not part of the product");
            let help = "add it with `{}` in it, or remove the folder";
            reading.about_folder(codes::MISSING_FILE, &place.path, message, help);
            into.doubts
                .push(ApiId::parse(name).map_or(Doubt::Any, Doubt::Api));
            continue;
        }
        match apis.find(name) {
            Target::Sound => into.apis.extend(ApiId::parse(name)),
            Target::Faulty => {}
            Target::Missing => {
                into.doubts.push(Doubt::Any);
                let message =
                    format!("the product links to the API `{name}`, which does not exist");
                let help = apis.suggestion(name, "add the API, or remove the folder");
                let source = reading.name_only(&place.path.join(API_LINK));
                reading.error(codes::UNKNOWN_REFERENCE, source, Span::at(0), message, help);
            }
        }
    }
}

/// The groups of a product: the link's file names the group, else its folder does.
fn group_links(reading: &mut Reading<'_>, product: &Place, groups: &Names) -> Vec<GroupId> {
    let mut linked = Vec::new();
    for place in links(reading, product, "groups", GROUP_LINK) {
        let Some(information) = reading.information(&place, GROUP_LINK) else {
            continue;
        };
        let written = information.read(&mut reading.diagnostics, |record| {
            let id = record.text("groupId")?;
            let name = link::name(id.value, "groups");
            Some((name.unwrap_or(id.value).to_owned(), id.span))
        });
        let otherwise = || (place.name.clone(), Span::at(0));
        let (name, span) = written.0.unwrap_or_else(otherwise);
        match groups.find(&name) {
            Target::Sound => linked.extend(GroupId::parse(&name)),
            Target::Faulty => {}
            Target::Missing => {
                let message =
                    format!("the product links to the group `{name}`, which does not exist");
                let help = groups.suggestion(&name, "add the group, or remove the folder");
                let source = information.source;
                reading.error(codes::UNKNOWN_REFERENCE, source, span, message, help);
            }
        }
    }
    linked
}

fn links(reading: &mut Reading<'_>, product: &Place, folder: &str, file: &str) -> Vec<Place> {
    if !product.listing.folders.iter().any(|f| f == folder) {
        return Vec::new();
    }
    reading.resources(&product.path.join(folder), &[file], &[])
}
