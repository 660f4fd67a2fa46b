//! What is remembered from one request to the next.

pub(super) mod azure_openai_semantic_cache_lookup;
pub(super) mod azure_openai_semantic_cache_store;
pub(super) mod cache_lookup;
pub(super) mod cache_lookup_value;
pub(super) mod cache_remove_value;
pub(super) mod cache_store;
pub(super) mod cache_store_value;
pub(super) mod cache_value;
pub(super) mod llm_semantic_cache_lookup;
pub(super) mod llm_semantic_cache_store;
