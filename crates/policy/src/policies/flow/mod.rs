//! What runs, how often, and whether anything runs after it.

pub(super) mod choose;
pub(super) mod include_fragment;
pub(super) mod limit_concurrency;
pub(super) mod mock_response;
pub(super) mod retry;
pub(super) mod return_response;
pub(super) mod wait;
