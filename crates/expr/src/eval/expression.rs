//! Expressions.

use std::rc::Rc;

use super::{Frame, Vm, arith, compare, complement, convert_num, is_instance, negate};
use crate::ast::BinaryOp;
use crate::bound::{
    Arith, Constant, Convert, LambdaNode, Lifted, Node, Op, Place, Update, WhenNull,
};
use crate::exception::{Exception, Outcome, array_index, null_reference, overflow};
use crate::program::Delegate;
use crate::text::TextBuilder;
use crate::types::Type;
use crate::value::{Array, Items, Value, equals, same};

impl Vm<'_> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Constant(constant) => Ok(constant.value()),
            Op::Local(slot) => Ok(frame.get(*slot)),
            Op::Root(object) => Ok(Value::Host(*object)),
            _ => {
                self.step()?;
                self.enter()?;
                let result = self.operation(node, frame);
                self.leave();
                result
            }
        }
    }

    /// The values of several expressions, in order.
    pub(super) fn eval_all(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            values.push(self.eval(node, frame)?);
        }
        Ok(values)
    }

    fn eval_pair(&mut self, pair: &(Node, Node), frame: &mut Frame) -> Outcome<(Value, Value)> {
        let left = self.eval(&pair.0, frame)?;
        Ok((left, self.eval(&pair.1, frame)?))
    }

    fn eval_bool(&mut self, node: &Node, frame: &mut Frame) -> Outcome<bool> {
        Ok(matches!(self.eval(node, frame)?, Value::Bool(true)))
    }

    fn operation(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::HostGet(receiver, member) => match self.eval(receiver, frame)? {
                Value::Host(object) => self.host.get(object, *member),
                _ => Err(null_reference()),
            },
            Op::HostCall(call) => self.host_call(call, frame),
            Op::Native(call) => self.native_call(call, frame),
            Op::TextEqual(negated, pair) => self.text_equal(*negated, pair, frame),
            Op::Concat(parts) => self.concat(parts, frame),
            Op::Convert(value, convert) => {
                let value = self.eval(value, frame)?;
                self.convert(value, convert)
            }
            Op::Conditional(parts) => {
                let branch = if self.eval_bool(&parts.0, frame)? {
                    &parts.1
                } else {
                    &parts.2
                };
                self.eval(branch, frame)
            }
            Op::Coalesce(pair) => match self.eval(&pair.0, frame)? {
                Value::Null => self.eval(&pair.1, frame),
                value => Ok(value),
            },
            Op::Access(pair, slot) => match self.eval(&pair.0, frame)? {
                Value::Null => Ok(Value::Null),
                value => {
                    frame.set(*slot, value);
                    self.eval(&pair.1, frame)
                }
            },
            Op::All(parts) => self.short_circuit(parts, false, frame),
            Op::Any(parts) => self.short_circuit(parts, true, frame),
            Op::Not(value) => Ok(Value::Bool(!self.eval_bool(value, frame)?)),
            Op::Compare(arith) => {
                let (a, b) = self.operands(arith, frame)?;
                Ok(Value::Bool(compare(arith.op, &a, &b)))
            }
            Op::Arith(op) => {
                let (a, b) = self.operands(op, frame)?;
                arith(op.op, op.checked, &a, &b)
            }
            Op::SameObject(negated, pair) => {
                let (a, b) = self.eval_pair(pair, frame)?;
                Ok(Value::Bool(same(&a, &b) != *negated))
            }
            Op::Assign(parts) => self.assign(&parts.0, &parts.1, frame),
            Op::Update(update) => self.update(update, frame),
            Op::ArrayGet(pair) => {
                let (array, index) = self.eval_pair(pair, frame)?;
                let (array, index) = array_place(&array, &index)?;
                array.get(index).ok_or_else(array_index)
            }
            _ => self.rare_operation(node, frame),
        }
    }

    fn operands(&mut self, arith: &Arith, frame: &mut Frame) -> Outcome<(Value, Value)> {
        let left = self.eval(&arith.left, frame)?;
        Ok((left, self.eval(&arith.right, frame)?))
    }

    fn rare_operation(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Default(ty) => Ok(Value::default_of(ty)),
            Op::Invoke(delegate, args) => {
                let delegate = self.eval(delegate, frame)?;
                let args = self.eval_all(args, frame)?;
                self.invoke(&delegate, &args)
            }
            Op::ValueEqual(negated, pair) => {
                let (a, b) = self.eval_pair(pair, frame)?;
                Ok(Value::Bool(equals(&a, &b) != *negated))
            }
            Op::Logic(op, pair) => {
                let (a, b) = self.eval_pair(pair, frame)?;
                Ok(logic(*op, &a, &b))
            }
            Op::Negate(value, checked) => negate(&self.eval(value, frame)?, *checked),
            Op::Complement(value) => complement(&self.eval(value, frame)?),
            Op::Lifted(lifted) => self.lifted(lifted, frame),
            Op::Format(value, width, format) => {
                let value = self.eval(value, frame)?;
                let text = crate::format::composite_item(self, &value, *width, format.as_deref())?;
                Ok(Value::String(text))
            }
            Op::Is(value, ty) => {
                let value = self.eval(value, frame)?;
                let is = is_instance(&value, ty, self.surface);
                Ok(Value::Bool(is))
            }
            Op::As(value, ty) => {
                let value = self.eval(value, frame)?;
                Ok(if is_instance(&value, ty, self.surface) {
                    value
                } else {
                    Value::Null
                })
            }
            Op::Bind(value, slot) => {
                let value = self.eval(value, frame)?;
                frame.set(*slot, value);
                Ok(Value::Bool(true))
            }
            Op::Lambda(ty, lambda) => Ok(self.closure(lambda, ty, frame)),
            Op::NewArray(item, items) => {
                self.charge_items(items.len())?;
                let items = self.eval_all(items, frame)?;
                Ok(Value::array(item.clone(), items))
            }
            Op::NewArraySized(item, size) => {
                let size = self.eval(size, frame)?;
                self.sized_array(item, &size)
            }
            Op::Initialize(value, slot, effects) => {
                let value = self.eval(value, frame)?;
                frame.set(*slot, value);
                for effect in effects {
                    self.eval(effect, frame)?;
                }
                Ok(frame.get(*slot))
            }
            _ => self.rarer_operation(node, frame),
        }
    }

    fn rarer_operation(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Record(ty, fields) => {
                self.charge_items(fields.len())?;
                let fields = self.eval_all(fields, frame)?;
                Ok(Value::record(ty.clone(), fields))
            }
            Op::Field(record, index) => match self.eval(record, frame)? {
                Value::Record(record) => {
                    Ok(record.fields().get(*index).cloned().unwrap_or_default())
                }
                _ => Err(null_reference()),
            },
            Op::Sequence(parts) => {
                let mut last = Value::Null;
                for part in parts {
                    last = self.eval(part, frame)?;
                }
                Ok(last)
            }
            Op::Throw(value) => match self.eval(value, frame)? {
                Value::Exception(exception) => Err(exception),
                _ => Err(null_reference()),
            },
            Op::TypeOf(ty) => Ok(Value::Type(Rc::new(ty.clone()))),
            _ => Err(Exception::limit("it did not compile")),
        }
    }

    // === Strings and logic ===

    /// `a == b` of strings; a literal is compared where it stands.
    fn text_equal(&mut self, negated: bool, pair: &(Node, Node), frame: &mut Frame) -> Outcome {
        let left = self.eval(&pair.0, frame)?;
        let equal = match (&left, &pair.1.op) {
            (Value::String(left), Op::Constant(Constant::Text(right))) => *left == *right.as_str(),
            (Value::Null, Op::Constant(constant)) => matches!(constant, Constant::Null),
            _ => match (&left, self.eval(&pair.1, frame)?) {
                (Value::String(a), Value::String(b)) => *a == b,
                (Value::Null, Value::Null) => true,
                _ => false,
            },
        };
        Ok(Value::Bool(equal != negated))
    }

    fn concat(&mut self, parts: &[Node], frame: &mut Frame) -> Outcome {
        let mut builder = TextBuilder::reusing(std::mem::take(&mut self.scratch));
        for part in parts {
            if let Op::Constant(Constant::Text(text)) = &part.op {
                builder.push_str(text.as_str());
                continue;
            }
            match self.eval(part, frame)? {
                Value::Null => {}
                Value::String(text) => builder.push(&text),
                other => builder.push(&crate::display::to_text(self, &other)?),
            }
        }
        self.charge_bytes(builder.size())?;
        let (text, scratch) = builder.take();
        if scratch.capacity() <= 4096 {
            self.scratch = scratch;
        }
        Ok(Value::String(text))
    }

    /// `&&` (stops at false) and `||` (stops at true).
    fn short_circuit(&mut self, parts: &[Node], stop: bool, frame: &mut Frame) -> Outcome {
        for part in parts {
            if self.eval_bool(part, frame)? == stop {
                return Ok(Value::Bool(stop));
            }
        }
        Ok(Value::Bool(!stop))
    }

    fn lifted(&mut self, lifted: &Lifted, frame: &mut Frame) -> Outcome {
        let mut nulls = 0;
        for (slot, operand) in &lifted.operands {
            let value = self.eval(operand, frame)?;
            nulls += usize::from(value.is_null());
            frame.set(*slot, value);
        }
        match (nulls, lifted.when_null) {
            (0, _) => self.eval(&lifted.body, frame),
            (_, WhenNull::Null) => Ok(Value::Null),
            (_, WhenNull::False) => Ok(Value::Bool(false)),
            (n, WhenNull::Equality(negated)) => {
                Ok(Value::Bool((n == lifted.operands.len()) != negated))
            }
        }
    }

    // === Conversions ===

    fn convert(&mut self, value: Value, convert: &Convert) -> Outcome {
        match convert {
            Convert::Cast(ty) => match (&value, ty) {
                (Value::String(_), &Type::STRING) => Ok(value),
                _ => self.cast(value, ty),
            },
            Convert::Numeric { to, checked } => convert_num(&value, *to, *checked),
            Convert::Unwrap if value.is_null() => Err(crate::exception::invalid_operation(
                "Nullable object must have a value.",
            )),
            Convert::Unwrap => Ok(value),
            Convert::ToEnum(ty) => {
                let number = convert_num(&value, crate::types::Num::Int, false)?;
                Ok(match number {
                    Value::Int(number) => Value::Enum(*ty, number),
                    other => other,
                })
            }
            Convert::FromEnum(to) => match value {
                Value::Enum(_, number) => convert_num(&Value::Int(number), *to, false),
                other => Ok(other),
            },
        }
    }

    // === Variables and places ===

    fn assign(&mut self, place: &Place, value: &Node, frame: &mut Frame) -> Outcome {
        match place {
            Place::Local(slot) => {
                let value = self.eval(value, frame)?;
                frame.set(*slot, value.clone());
                Ok(value)
            }
            Place::Discard => self.eval(value, frame),
            Place::Item(array, index) => {
                let array = self.eval(array, frame)?;
                let index = self.eval(index, frame)?;
                let value = self.eval(value, frame)?;
                store_item(&array, &index, value.clone())?;
                Ok(value)
            }
            Place::Property {
                args, write, types, ..
            } => {
                let mut args = self.eval_all(args, frame)?;
                let value = self.eval(value, frame)?;
                if args.first().is_some_and(Value::is_null) {
                    return Err(null_reference());
                }
                args.push(value.clone());
                write(&mut super::Call {
                    vm: self,
                    args: &mut args,
                    types,
                })?;
                Ok(value)
            }
        }
    }

    fn update(&mut self, update: &Update, frame: &mut Frame) -> Outcome {
        let mut args = match &update.place {
            Place::Local(_) | Place::Discard => Vec::new(),
            Place::Item(array, index) => {
                vec![self.eval(array, frame)?, self.eval(index, frame)?]
            }
            Place::Property { args, .. } => self.eval_all(args, frame)?,
        };
        let before = self.read_place(&update.place, &mut args, frame)?;
        frame.set(update.slot, before.clone());
        let after = self.eval(&update.value, frame)?;
        match &update.place {
            Place::Local(slot) => frame.set(*slot, after.clone()),
            Place::Discard => {}
            Place::Item(..) => match args.as_slice() {
                [array, index] => store_item(array, index, after.clone())?,
                _ => return Err(null_reference()),
            },
            Place::Property { write, types, .. } => {
                args.push(after.clone());
                write(&mut super::Call {
                    vm: self,
                    args: &mut args,
                    types,
                })?;
            }
        }
        Ok(if update.post { before } else { after })
    }

    fn read_place(&mut self, place: &Place, args: &mut [Value], frame: &mut Frame) -> Outcome {
        match place {
            Place::Local(slot) => Ok(frame.get(*slot)),
            Place::Discard => Ok(Value::Null),
            Place::Item(..) => match args {
                [array, index] => {
                    let (array, index) = array_place(array, index)?;
                    array.get(index).ok_or_else(array_index)
                }
                _ => Err(null_reference()),
            },
            Place::Property {
                read: Some(read),
                types,
                ..
            } => {
                if args.first().is_some_and(Value::is_null) {
                    return Err(null_reference());
                }
                read(&mut super::Call {
                    vm: self,
                    args,
                    types,
                })
            }
            Place::Property { read: None, .. } => Err(null_reference()),
        }
    }

    // === Making things ===

    fn closure(&mut self, lambda: &LambdaNode, ty: &Type, frame: &mut Frame) -> Value {
        let mut captured = Vec::with_capacity(lambda.captures.len());
        for (outer, inner) in &lambda.captures {
            if !matches!(frame.slots.get(*outer), Some(Value::Cell(_))) {
                let value = frame.get(*outer);
                frame.make_cell(*outer, value, self);
            }
            if let Some(Value::Cell(cell)) = frame.slots.get(*outer) {
                captured.push((*inner, cell.clone()));
            }
        }
        let function = lambda.function.clone();
        Value::Delegate(Rc::new(Delegate::new(
            ty.clone(),
            function,
            captured.into(),
        )))
    }

    /// Makes a local function's delegate.
    pub(super) fn local_function(
        &mut self,
        lambda: &LambdaNode,
        ty: &Type,
        frame: &mut Frame,
    ) -> Value {
        self.closure(lambda, ty, frame)
    }

    fn sized_array(&mut self, item: &Type, size: &Value) -> Outcome {
        let size = size.as_integer().unwrap_or(0);
        let size = usize::try_from(size)
            .map_err(|_| overflow("Arithmetic operation resulted in an overflow."))?;
        if *item == Type::BYTE {
            self.charge_bytes(size)?;
            return Ok(Value::bytes(vec![0; size]));
        }
        self.charge_items(size)?;
        Ok(Value::array(
            item.clone(),
            vec![Value::default_of(item); size],
        ))
    }
}

/// The array and a place in it.
fn array_place<'a>(array: &'a Value, index: &Value) -> Outcome<(&'a Array, usize)> {
    let Value::Array(array) = array else {
        return Err(null_reference());
    };
    let index = index.as_integer().and_then(|i| usize::try_from(i).ok());
    Ok((array, index.ok_or_else(array_index)?))
}

fn store_item(array: &Value, index: &Value, value: Value) -> Outcome<()> {
    let (array, index) = array_place(array, index)?;
    if index >= array.len() {
        return Err(array_index());
    }
    let mismatched = !value.is_null()
        && matches!(&*array.items(), Items::Values(_))
        && mismatches(array.item_type(), &value);
    if mismatched {
        return Err(Exception::new(
            "System.ArrayTypeMismatchException",
            "Attempted to access an element as a type incompatible with the array.",
        ));
    }
    let old = array.items().get(index);
    array.items_mut().set(index, value);
    drop(old);
    Ok(())
}

/// Whether a `string[]` that is seen as an `object[]` is given something else.
fn mismatches(item: &Type, value: &Value) -> bool {
    *item == Type::STRING && !matches!(value, Value::String(_))
}

/// `&`, `|`, `^` of `bool?`.
fn logic(op: BinaryOp, a: &Value, b: &Value) -> Value {
    match (op, a.as_bool(), b.as_bool()) {
        (BinaryOp::And, Some(false), _) | (BinaryOp::And, _, Some(false)) => Value::Bool(false),
        (BinaryOp::Or, Some(true), _) | (BinaryOp::Or, _, Some(true)) => Value::Bool(true),
        (BinaryOp::And, Some(a), Some(b)) => Value::Bool(a && b),
        (BinaryOp::Or, Some(a), Some(b)) => Value::Bool(a || b),
        (BinaryOp::Xor, Some(a), Some(b)) => Value::Bool(a != b),
        _ => Value::Null,
    }
}
