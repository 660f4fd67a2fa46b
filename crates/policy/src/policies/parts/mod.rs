//! What several policies are made of; none of it is a policy.

pub(super) mod exists_action;
pub(super) mod message;
pub(super) mod query;
pub(super) mod rate;
pub(super) mod vocabulary;
