//! What runs: the tree after every name has become a slot, a function or a member id, and every
//! expression has its type. Immutable; crosses threads.

use std::sync::Arc;

use crate::ast::BinaryOp;
use crate::library::Native;
use crate::span::Span;
use crate::surface::{Key, MemberId};
use crate::text::{SharedText, Text};
use crate::types::{Num, Type};
use crate::value::{Decimal, EnumType, Object, Value};

/// A typed expression.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

/// The operations. A slot is an index into the variables of the running function.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Constant(Constant),
    /// `default(T)` of the node's type.
    Default(Type),
    /// A root name of the host.
    Root(Object),
    Local(usize),
    HostGet(Box<Node>, MemberId),
    HostCall(Box<HostInvocation>),
    Native(Box<NativeCall>),
    /// A delegate with its arguments.
    Invoke(Box<Node>, Box<[Node]>),
    ArrayGet(Box<(Node, Node)>),
    Assign(Box<(Place, Node)>),
    Update(Box<Update>),
    Arith(Box<Arith>),
    Compare(Box<Arith>),
    /// Whether it is checked.
    Negate(Box<Node>, bool),
    Complement(Box<Node>),
    Not(Box<Node>),
    /// `==` or (if the flag is set) `!=` of strings.
    TextEqual(bool, Box<(Node, Node)>),
    /// Structural equality: of `bool`, enumerations, and what else has no operator of its own.
    ValueEqual(bool, Box<(Node, Node)>),
    /// Reference equality.
    SameObject(bool, Box<(Node, Node)>),
    /// `&`, `|`, `^` of `bool`, evaluating both; `null` is "unknown".
    Logic(BinaryOp, Box<(Node, Node)>),
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Conditional(Box<(Node, Node, Node)>),
    Coalesce(Box<(Node, Node)>),
    /// Evaluates into the slot; `null` ends it, else the body's value.
    Access(Box<(Node, Node)>, usize),
    /// Lifts an operator or conversion over `T?`.
    Lifted(Box<Lifted>),
    Concat(Box<[Node]>),
    /// `{value,alignment:format}`.
    Format(Box<Node>, i32, Option<Box<str>>),
    Convert(Box<Node>, Convert),
    Is(Box<Node>, Type),
    As(Box<Node>, Type),
    /// Stores a pattern's value in its slot; true.
    Bind(Box<Node>, usize),
    Lambda(Type, Box<LambdaNode>),
    NewArray(Type, Box<[Node]>),
    NewArraySized(Type, Box<Node>),
    /// Evaluates the first into the slot, then the rest for their effects; the value is the slot's.
    Initialize(Box<Node>, usize, Box<[Node]>),
    Record(Type, Box<[Node]>),
    /// A field of a record.
    Field(Box<Node>, usize),
    /// Evaluates in order; the value of the last.
    Sequence(Box<[Node]>),
    Throw(Box<Node>),
    TypeOf(Type),
    /// Does not compile; a problem has been reported.
    Invalid,
}

/// A value that crosses threads.
#[derive(Debug, Clone)]
pub(crate) enum Constant {
    Null,
    Bool(bool),
    Char(u16),
    SByte(i8),
    Byte(u8),
    Short(i16),
    UShort(u16),
    Int(i32),
    UInt(u32),
    Long(i64),
    ULong(u64),
    Float(f32),
    Double(f64),
    Decimal(Decimal),
    Text(SharedText),
    /// A string with a lone surrogate.
    Wide(Box<[u16]>),
    Enum(EnumType, i32),
}

impl Constant {
    /// The value it stands for.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(*v),
            Self::Char(v) => Value::Char(*v),
            Self::SByte(v) => Value::SByte(*v),
            Self::Byte(v) => Value::Byte(*v),
            Self::Short(v) => Value::Short(*v),
            Self::UShort(v) => Value::UShort(*v),
            Self::Int(v) => Value::Int(*v),
            Self::UInt(v) => Value::UInt(*v),
            Self::Long(v) => Value::Long(*v),
            Self::ULong(v) => Value::ULong(*v),
            Self::Float(v) => Value::Float(*v),
            Self::Double(v) => Value::Double(*v),
            Self::Decimal(v) => Value::Decimal(*v),
            Self::Text(v) => Value::String(v.clone().into()),
            Self::Wide(v) => Value::String(Text::from_units(v)),
            Self::Enum(ty, v) => Value::Enum(*ty, *v),
        }
    }

    /// The constant of a value, if values like it can be constants.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(v) => Self::Bool(*v),
            Value::Char(v) => Self::Char(*v),
            Value::SByte(v) => Self::SByte(*v),
            Value::Byte(v) => Self::Byte(*v),
            Value::Short(v) => Self::Short(*v),
            Value::UShort(v) => Self::UShort(*v),
            Value::Int(v) => Self::Int(*v),
            Value::UInt(v) => Self::UInt(*v),
            Value::Long(v) => Self::Long(*v),
            Value::ULong(v) => Self::ULong(*v),
            Value::Float(v) => Self::Float(*v),
            Value::Double(v) => Self::Double(*v),
            Value::Decimal(v) => Self::Decimal(*v),
            Value::String(v) => match v.as_str() {
                Some(text) => Self::Text(SharedText::literal(text)),
                None => Self::Wide(v.to_units().into()),
            },
            Value::Enum(ty, v) => Self::Enum(*ty, *v),
            _ => return None,
        })
    }
}

/// A call of a host member.
#[derive(Debug, Clone)]
pub(crate) struct HostInvocation {
    pub(crate) receiver: Node,
    /// Whether the receiver must not be `null`: not so for extension methods.
    pub(crate) instance: bool,
    pub(crate) member: MemberId,
    pub(crate) key: Option<Key>,
    pub(crate) types: Box<[Type]>,
    pub(crate) args: Box<[Node]>,
    /// Which arguments are written back, and to which slots.
    pub(crate) outs: Box<[(usize, usize)]>,
}

/// A call of a library member; the receiver is the first argument.
#[derive(Debug, Clone)]
pub(crate) struct NativeCall {
    pub(crate) run: Native,
    /// Whether the first argument must not be `null`.
    pub(crate) instance: bool,
    pub(crate) args: Box<[Node]>,
    pub(crate) outs: Box<[(usize, usize)]>,
    pub(crate) types: Box<[Type]>,
}

/// What can be assigned to.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Local(usize),
    Item(Node, Node),
    /// A property or indexer: the receiver and the index, and how it is read and written.
    Property {
        args: Box<[Node]>,
        read: Option<Native>,
        write: Native,
        types: Box<[Type]>,
    },
    /// `_`
    Discard,
}

/// `a += b`, `a++`: the place is read into the slot, the value computed from it and written back.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) place: Place,
    pub(crate) slot: usize,
    pub(crate) value: Node,
    /// Whether the result is what was there before.
    pub(crate) post: bool,
}

/// Arithmetic or comparison of two numbers of one type.
#[derive(Debug, Clone)]
pub(crate) struct Arith {
    pub(crate) op: BinaryOp,
    pub(crate) checked: bool,
    pub(crate) left: Node,
    pub(crate) right: Node,
}

/// Evaluates operands into slots; if one is `null` the result is `null`'s, else the body's.
#[derive(Debug, Clone)]
pub(crate) struct Lifted {
    pub(crate) operands: Box<[(usize, Node)]>,
    pub(crate) body: Node,
    pub(crate) when_null: WhenNull,
}

/// What a lifted operator gives for `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenNull {
    Null,
    False,
    /// `==` or (if set) `!=`: both `null` are equal.
    Equality(bool),
}

/// A conversion that does something.
#[derive(Debug, Clone)]
pub(crate) enum Convert {
    /// Between numbers.
    Numeric { to: Num, checked: bool },
    /// A reference conversion or unboxing that is checked: `null` fails for value types.
    Cast(Type),
    /// `T?` to `T`.
    Unwrap,
    /// A number to an enumeration.
    ToEnum(EnumType),
    /// An enumeration to a number.
    FromEnum(Num),
}

/// A lambda where it is made.
#[derive(Debug, Clone)]
pub(crate) struct LambdaNode {
    pub(crate) function: Arc<Function>,
    /// Which slots of the maker become which slots of the function.
    pub(crate) captures: Box<[(usize, usize)]>,
}

/// The code of a program, a lambda or a local function.
#[derive(Debug)]
pub(crate) struct Function {
    /// How many slots; the parameters come first.
    pub(crate) slots: usize,
    pub(crate) params: usize,
    /// Parameters that lambdas capture.
    pub(crate) cells: Box<[usize]>,
    pub(crate) body: Body,
}

/// What a function does.
#[derive(Debug)]
pub(crate) enum Body {
    Value(Node),
    Steps(Step),
}

/// A statement.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Nothing,
    Expr(Node),
    /// Gives a variable its first value.
    Set(usize, Node),
    Block(Box<BlockSteps>),
    If(Box<(Node, Step, Step)>),
    Loop(Box<Loop>),
    ForEach(Box<Each>),
    Switch(Box<SwitchSteps>),
    Try(Box<TrySteps>),
    /// `throw e;`, or `throw;` which throws again what the slot holds.
    Throw(Node),
    Return(Option<Node>),
    Break,
    Continue,
    /// To another section of the innermost `switch`.
    Goto(usize),
}

/// Statements with the variables that lambdas capture from them.
#[derive(Debug, Clone)]
pub(crate) struct BlockSteps {
    /// Slots that become cells, anew each time the block is entered.
    pub(crate) cells: Box<[usize]>,
    /// Local functions, made when the block is entered.
    pub(crate) functions: Box<[(usize, LambdaNode, Type)]>,
    pub(crate) steps: Box<[Step]>,
}

/// `while`, `do`, `for`.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    /// False for `do`.
    pub(crate) check_first: bool,
    pub(crate) condition: Option<Node>,
    pub(crate) updates: Box<[Node]>,
    pub(crate) body: Step,
}

/// `foreach`.
#[derive(Debug, Clone)]
pub(crate) struct Each {
    pub(crate) slot: usize,
    pub(crate) source: Node,
    pub(crate) body: Step,
}

/// `switch`.
#[derive(Debug, Clone)]
pub(crate) struct SwitchSteps {
    pub(crate) slot: usize,
    pub(crate) value: Node,
    pub(crate) sections: Box<[(Box<[Node]>, Step)]>,
    pub(crate) default: Option<usize>,
}

/// `try`.
#[derive(Debug, Clone)]
pub(crate) struct TrySteps {
    pub(crate) body: Step,
    pub(crate) catches: Box<[CatchSteps]>,
    pub(crate) finally: Option<Step>,
}

/// `catch`.
#[derive(Debug, Clone)]
pub(crate) struct CatchSteps {
    /// The exceptions it takes.
    pub(crate) ty: Type,
    pub(crate) slot: usize,
    pub(crate) cell: bool,
    pub(crate) filter: Option<Node>,
    pub(crate) body: Step,
}

impl Node {
    /// A node.
    pub(crate) fn new(op: Op, ty: Type, span: Span) -> Self {
        Self { op, ty, span }
    }

    /// What stands where nothing could be made.
    pub(crate) fn invalid(span: Span) -> Self {
        Self {
            op: Op::Invalid,
            ty: Type::Unknown,
            span,
        }
    }

    /// The constant it is.
    pub(crate) fn constant(&self) -> Option<&Constant> {
        match &self.op {
            Op::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// Whether it is the literal `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.op, Op::Constant(Constant::Null))
    }
}
