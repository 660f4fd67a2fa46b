//! What was written: the syntax tree, before any name means anything.

use crate::lex::Number;
use crate::span::Span;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
    /// How many levels of expressions it has, itself included.
    pub(crate) height: u32,
}

/// The forms of expressions.
#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Literal(Literal),
    Interpolated(Vec<InterpolationPart>),
    Name(SimpleName),
    /// `int` in `int.Parse`.
    Predefined(&'static str),
    Member(Box<Expr>, SimpleName),
    /// `target?.access`; the access begins with a [`ExprKind::MemberBinding`] or an
    /// [`ExprKind::ElementBinding`].
    ConditionalAccess(Box<Expr>, Box<Expr>),
    MemberBinding(SimpleName),
    ElementBinding(Vec<Argument>),
    Call(Box<Expr>, Vec<Argument>),
    Index(Box<Expr>, Vec<Argument>),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a = b`, `a += b`.
    Assign(Option<BinaryOp>, Box<Expr>, Box<Expr>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Cast(TypeRef, Box<Expr>),
    As(Box<Expr>, TypeRef),
    Is(Box<Expr>, Box<Pattern>),
    Lambda(Box<Lambda>),
    New(TypeRef, Vec<Argument>, Option<Initializer>),
    /// `new T[n] {…}`, `new[] {…}`.
    NewArray {
        item: Option<TypeRef>,
        size: Option<Box<Expr>>,
        items: Option<Vec<Expr>>,
    },
    /// `{…}` after the `=` of an array variable.
    ArrayItems(Vec<Expr>),
    Anonymous(Vec<(Option<String>, Expr)>),
    Typeof(TypeRef),
    Default(Option<TypeRef>),
    Checked(bool, Box<Expr>),
    Throw(Box<Expr>),
    Tuple(Vec<Expr>),
    /// `out var x`, `(int a, string b) = …`.
    Declaration(TypeRef, Name),
    Query(Box<Query>),
    This,
    Parenthesized(Box<Expr>),
    /// Could not be read; reported already.
    Error,
}

/// A literal.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Char(u16),
    Text(Vec<u16>),
    Number(Number),
}

/// A name with its place.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A name with type arguments, if any.
#[derive(Debug, Clone)]
pub(crate) struct SimpleName {
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) arguments: Vec<TypeRef>,
}

/// A piece of `$"…"`.
#[derive(Debug, Clone)]
pub(crate) enum InterpolationPart {
    Text(Vec<u16>),
    Hole {
        value: Box<Expr>,
        alignment: Option<Box<Expr>>,
        format: Option<String>,
    },
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: Option<Name>,
    pub(crate) mode: ArgumentMode,
    pub(crate) value: Expr,
}

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArgumentMode {
    Value,
    Out,
    Ref,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Plus,
    Minus,
    Not,
    Complement,
    PreIncrement,
    PreDecrement,
    PostIncrement,
    PostDecrement,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    AndAlso,
    OrElse,
    Coalesce,
}

impl BinaryOp {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::AndAlso => "&&",
            Self::OrElse => "||",
            Self::Coalesce => "??",
        }
    }
}

impl UnaryOp {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Not => "!",
            Self::Complement => "~",
            Self::PreIncrement | Self::PostIncrement => "++",
            Self::PreDecrement | Self::PostDecrement => "--",
        }
    }
}

/// What stands after `is` or in a `case`.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) kind: PatternKind,
    pub(crate) span: Span,
}

/// The forms of patterns in C# 7.
#[derive(Debug, Clone)]
pub(crate) enum PatternKind {
    /// `is T`: only after `is`.
    Type(TypeRef),
    /// `T x`, `var x`.
    Declaration(TypeRef, Name),
    /// `5`, `null`, `"a"`. May turn out to be the name of a type.
    Constant(Expr),
}

/// `x => …`
#[derive(Debug, Clone)]
pub(crate) struct Lambda {
    pub(crate) params: Vec<(Option<TypeRef>, Name)>,
    pub(crate) body: FunctionBody,
}

/// The body of a lambda or a local function.
#[derive(Debug, Clone)]
pub(crate) enum FunctionBody {
    Expr(Expr),
    Block(Block),
}

/// `{ … }` after `new T(…)`.
#[derive(Debug, Clone)]
pub(crate) enum Initializer {
    /// `{ P = v, ["k"] = v }`
    Object(Vec<(InitTarget, InitValue)>),
    /// `{ a, { k, v } }`
    Collection(Vec<Vec<Expr>>),
}

/// What an object initializer sets.
#[derive(Debug, Clone)]
pub(crate) enum InitTarget {
    Member(Name),
    Index(Vec<Argument>, Span),
}

/// What an object initializer sets it to.
#[derive(Debug, Clone)]
pub(crate) enum InitValue {
    Expr(Expr),
    Nested(Initializer),
}

/// `from x in a where … select …`
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) variable: Name,
    pub(crate) source: Expr,
    pub(crate) clauses: Vec<QueryClause>,
    pub(crate) select: Expr,
}

/// The clauses of a query that we know.
#[derive(Debug, Clone)]
pub(crate) enum QueryClause {
    Where(Expr),
    OrderBy(Expr, bool),
}

/// A type as it is written.
#[derive(Debug, Clone)]
pub(crate) struct TypeRef {
    pub(crate) kind: TypeRefKind,
    pub(crate) span: Span,
}

/// The forms of types.
#[derive(Debug, Clone)]
pub(crate) enum TypeRefKind {
    Var,
    Predefined(&'static str),
    Named(Vec<SimpleName>),
    Array(Box<TypeRef>),
    Nullable(Box<TypeRef>),
    Tuple(Vec<TypeRef>),
    /// `List<>`
    Omitted,
}

/// A statement.
#[derive(Debug, Clone)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

/// `{ … }`
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Stmt>,
    pub(crate) span: Span,
}

/// The forms of statements.
#[derive(Debug, Clone)]
pub(crate) enum StmtKind {
    Empty,
    Expr(Expr),
    Declare(Declaration),
    LocalFunction(Box<LocalFunction>),
    Block(Block),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    While(Expr, Box<Stmt>),
    DoWhile(Box<Stmt>, Expr),
    For(Box<For>),
    ForEach(Box<ForEach>),
    Switch(Expr, Vec<SwitchSection>),
    Try(Box<Try>),
    Throw(Option<Expr>),
    Return(Option<Expr>),
    Break,
    Continue,
    GotoCase(Option<Expr>),
    Using(Box<Using>),
    Checked(bool, Block),
    Lock(Expr, Box<Stmt>),
    /// Could not be read; reported already.
    Error,
}

/// `T a = 1, b = 2;`
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) constant: bool,
    pub(crate) ty: TypeRef,
    pub(crate) variables: Vec<(Name, Option<Expr>)>,
}

/// `T F(U u) { … }`
#[derive(Debug, Clone)]
pub(crate) struct LocalFunction {
    pub(crate) result: TypeRef,
    pub(crate) void: bool,
    pub(crate) name: Name,
    pub(crate) params: Vec<LocalParam>,
    pub(crate) body: FunctionBody,
}

/// A parameter of a local function.
#[derive(Debug, Clone)]
pub(crate) struct LocalParam {
    pub(crate) ty: TypeRef,
    pub(crate) name: Name,
    pub(crate) default: Option<Expr>,
}

/// `for (…; …; …) …`
#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(crate) declaration: Option<Declaration>,
    pub(crate) initializers: Vec<Expr>,
    pub(crate) condition: Option<Expr>,
    pub(crate) updates: Vec<Expr>,
    pub(crate) body: Stmt,
}

/// `foreach (T x in xs) …`
#[derive(Debug, Clone)]
pub(crate) struct ForEach {
    pub(crate) ty: TypeRef,
    pub(crate) name: Name,
    pub(crate) source: Expr,
    pub(crate) body: Stmt,
}

/// `case a: case b: …`
#[derive(Debug, Clone)]
pub(crate) struct SwitchSection {
    pub(crate) labels: Vec<SwitchLabel>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) span: Span,
}

/// `case p when c:`, `default:`
#[derive(Debug, Clone)]
pub(crate) enum SwitchLabel {
    Case(Box<(Pattern, Option<Expr>)>),
    Default(Span),
}

/// `try … catch … finally …`
#[derive(Debug, Clone)]
pub(crate) struct Try {
    pub(crate) body: Block,
    pub(crate) catches: Vec<Catch>,
    pub(crate) finally: Option<Block>,
}

/// `catch (T e) when (c) { … }`
#[derive(Debug, Clone)]
pub(crate) struct Catch {
    pub(crate) ty: Option<TypeRef>,
    pub(crate) name: Option<Name>,
    pub(crate) filter: Option<Expr>,
    pub(crate) body: Block,
    pub(crate) span: Span,
}

/// `using (T x = e) …`
#[derive(Debug, Clone)]
pub(crate) struct Using {
    pub(crate) declaration: Option<Declaration>,
    pub(crate) value: Option<Expr>,
    pub(crate) body: Stmt,
}
