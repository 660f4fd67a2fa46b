//! Traffic to language models: tokens counted, content judged.

pub(super) mod azure_openai_emit_token_metric;
pub(super) mod azure_openai_token_limit;
pub(super) mod llm_content_safety;
pub(super) mod llm_emit_token_metric;
pub(super) mod llm_token_limit;
