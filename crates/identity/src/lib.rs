//! Who is who, and what is secret: keys, digests, and values sealed at rest.
//!
//! Read in this order: [`seal::SealingKey`] with [`seal::seal`] and [`seal::unseal`] (what stands
//! after `sealed:` in a configuration), [`key`] (subscription keys: making and recognising them).
//!
//! `gateway`, `control` and `server` may depend on it; it depends on `model` only. It never reads a
//! file or the environment: whoever calls it brings the bytes.

pub mod key;
pub mod seal;
