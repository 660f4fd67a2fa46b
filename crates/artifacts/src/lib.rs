//! The artefact folder of API teams (APIOps), into the configuration that a gateway serves.
//!
//! Read in this order: [`Folder`] (a folder on disk, read again and again) and [`Loaded`] (what a
//! reading found); `reading` (what the parts of a reading share), `record` (the members of an
//! information file); then one module per resource, named as in `model`: `api`, `product`,
//! `subscription`, `backend` …; [`mod@write`] makes a new folder.
//!
//! Depends on `model` and `spec`; `control` and `server` may depend on it. Reading goes on past every
//! problem: what is wrong becomes a diagnostic with a place, and what cannot be read is left out or
//! marked so that it fails closed. It never talks to a network and never decides a request.

mod api;
mod backend;
mod disk;
mod folder;
mod fragment;
mod group;
pub mod limits;
mod link;
mod named_value;
mod product;
mod reading;
mod record;
mod secret;
mod subscription;
#[cfg(test)]
mod tests;
mod timestamp;
mod version_set;
pub mod write;

pub use folder::{Folder, Loaded};
