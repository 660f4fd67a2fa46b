//! Strings put together with `+`.

use crate::bound::{Constant, Node, Op};
use crate::span::Span;
use crate::text::SharedText;
use crate::types::Type;

/// Strings put together; neighbouring literals become one.
pub(in crate::bind) fn concat(parts: Vec<Node>, span: Span) -> Node {
    let mut flat: Vec<Node> = Vec::new();
    for part in parts {
        match part.op {
            Op::Concat(inner) => flat.extend(inner),
            _ if part.is_null() => {}
            _ => push_part(&mut flat, part),
        }
    }
    match flat.as_slice() {
        [] => {
            let empty = Constant::Text(SharedText::literal(""));
            Node::new(Op::Constant(empty), Type::STRING, span)
        }
        [only] if only.constant().is_some() && only.ty == Type::STRING => Node {
            span,
            ..only.clone()
        },
        _ => Node::new(Op::Concat(flat.into()), Type::STRING, span),
    }
}

fn push_part(flat: &mut Vec<Node>, part: Node) {
    if let (Some(last), Some(Constant::Text(next))) = (flat.last_mut(), part.constant())
        && let Op::Constant(Constant::Text(text)) = &last.op
    {
        let joined = format!("{}{}", text.as_str(), next.as_str());
        last.op = Op::Constant(Constant::Text(SharedText::literal(&joined)));
        return;
    }
    flat.push(part);
}
