//! Types as declarations make them.

use super::target::Target;
use super::value::{Float, Int};
use std::rc::Rc;

/// How deep types are made of each other, names of types not counted through.
const MAX_DEPTH: u16 = 200;

/// A type by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeId(u32);

/// A type with its qualifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ty {
    /// Without qualifiers.
    pub id: TypeId,
    /// `const`
    pub is_const: bool,
    /// `volatile`
    pub is_volatile: bool,
}

impl Ty {
    /// The same type, qualified as another is too.
    pub fn with_qualifiers_of(self, other: Ty) -> Ty {
        Ty { is_const: self.is_const || other.is_const, is_volatile: self.is_volatile || other.is_volatile, ..self }
    }
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// `void`
    Void,
    /// An integer.
    Int(Int),
    /// A floating-point number.
    Float(Float),
    /// What arkffi can neither read nor pass.
    Opaque(Rc<Opaque>),
    /// `T *`
    Pointer(Ty),
    /// `T[n]`, or `T[]`
    Array(Ty, Option<u64>),
    /// A function.
    Function(Rc<Signature>),
    /// A struct or union by its number in the unit.
    Record(usize),
    /// An enum by its number in the unit.
    Enum(usize),
    /// A typedef by its number in the unit.
    Typedef(usize),
}

/// A type without a meaning in JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// As C spells it.
    pub name: String,
    /// Its size and alignment, where they are known.
    pub layout: Option<(u32, u32)>,
    /// Why, as the end of a sentence.
    pub reason: String,
}

/// What a function takes and gives.
#[derive(Clone, Debug)]
pub struct Signature {
    /// What it gives.
    pub result: Ty,
    /// What it takes.
    pub params: Vec<Param>,
    /// `...`
    pub is_variadic: bool,
    /// `f()`
    pub is_unprototyped: bool,
    /// Its calling convention, where one is named.
    pub convention: Option<&'static str>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Arrays and functions are pointers.
    pub ty: Ty,
}

/// All types of a unit.
#[derive(Default)]
pub struct Types(Vec<(Shape, u16)>);

impl Types {
    /// Adds a type; `None` when it nests too deeply.
    pub fn add(&mut self, shape: Shape) -> Option<Ty> {
        let depth = match &shape {
            Shape::Pointer(ty) | Shape::Array(ty, _) => self.depth(*ty) + 1,
            Shape::Function(signature) => {
                let all = signature.params.iter().map(|param| param.ty).chain([signature.result]);
                all.map(|ty| self.depth(ty)).max().unwrap_or(0) + 1
            }
            Shape::Void | Shape::Int(_) | Shape::Float(_) | Shape::Opaque(_) | Shape::Record(_) | Shape::Enum(_) | Shape::Typedef(_) => 0,
        };
        if depth > MAX_DEPTH {
            return None;
        }
        self.0.push((shape, depth));
        Some(Ty { id: TypeId(self.0.len() as u32 - 1), is_const: false, is_volatile: false })
    }

    /// Adds a type that is made of no other.
    pub fn leaf(&mut self, shape: Shape) -> Ty {
        debug_assert!(!matches!(shape, Shape::Pointer(_) | Shape::Array(..) | Shape::Function(_)));
        self.0.push((shape, 0));
        Ty { id: TypeId(self.0.len() as u32 - 1), is_const: false, is_volatile: false }
    }

    fn depth(&self, ty: Ty) -> u16 {
        self.0[ty.id.0 as usize].1
    }

    /// What the type is, a typedef being one.
    pub fn shape(&self, id: TypeId) -> &Shape {
        &self.0[id.0 as usize].0
    }
}

/// A struct or union.
pub struct Record<'s> {
    /// What is said of every declaration.
    pub declared: Declared<'s>,
    /// A union.
    pub is_union: bool,
    /// Its fields are known.
    pub is_complete: bool,
    /// Why they are not, or why it has no layout.
    pub problem: Option<String>,
    /// `#pragma pack`; 0 for none.
    pub pack: u32,
    /// `packed`
    pub is_packed: bool,
    /// What it asks for; 0 for nothing.
    pub align: u32,
    /// In order.
    pub fields: Vec<Field<'s>>,
}

/// A field.
pub struct Field<'s> {
    /// What is said of every declaration.
    pub declared: Declared<'s>,
    /// Of a bit-field, the declared one.
    pub ty: Ty,
    /// Of a bit-field.
    pub bits: Option<u32>,
    /// What it asks for; 0 for nothing.
    pub align: u32,
    /// `packed`
    pub is_packed: bool,
}

/// An enum.
pub struct Enum<'s> {
    /// What is said of every declaration.
    pub declared: Declared<'s>,
    /// Its members are known.
    pub is_complete: bool,
    /// Why they are not.
    pub problem: Option<String>,
    /// What it is stored as.
    pub ty: Int,
    /// It says that itself.
    pub is_fixed: bool,
    /// In order.
    pub members: Vec<(Declared<'s>, i128)>,
}

impl Enum<'_> {
    /// Why nobody knows how it is stored, as the end of a sentence.
    pub fn unknown(&self) -> Option<String> {
        let is_declared_only = !self.is_complete && !self.is_fixed;
        self.problem.clone().or_else(|| is_declared_only.then(|| "it is declared only".to_owned()))
    }
}

/// A typedef.
pub struct Typedef<'s> {
    /// What is said of every declaration.
    pub declared: Declared<'s>,
    /// What it stands for.
    pub ty: Ty,
    /// What it asks for; 0 for nothing.
    pub align: u32,
    /// Known without a declaration.
    pub is_builtin: bool,
}

/// A function or a global.
pub struct Object<'s> {
    /// What is said of every declaration.
    pub declared: Declared<'s>,
    /// Its type.
    pub ty: Ty,
    /// Its name in the library, where that is another.
    pub symbol: Option<String>,
    /// No library exports it.
    pub is_static: bool,
    /// `inline`
    pub is_inline: bool,
    /// `_Thread_local`
    pub is_thread_local: bool,
    /// It does not return.
    pub is_noreturn: bool,
    /// The text of `deprecated`.
    pub deprecated: Option<String>,
    /// The function that frees its result.
    pub free: Option<String>,
}

/// What is said of every declaration.
#[derive(Clone, Copy, Default)]
pub struct Declared<'s> {
    /// Empty for none.
    pub name: &'s str,
    /// Where the name is, or what has none.
    pub at: Option<super::source::Place>,
    /// Where the declaration begins.
    pub start: Option<super::source::Place>,
    /// Where it ends.
    pub end: Option<super::source::Place>,
}

/// What is declared.
#[derive(Default)]
pub struct Unit<'s> {
    /// Structs and unions.
    pub records: Vec<Record<'s>>,
    /// Enums.
    pub enums: Vec<Enum<'s>>,
    /// Typedefs.
    pub typedefs: Vec<Typedef<'s>>,
    /// Functions.
    pub functions: Vec<Object<'s>>,
    /// Globals.
    pub globals: Vec<Object<'s>>,
}

/// The type that `id` is, names of types looked through; with the qualifiers found on the way.
pub fn resolved(types: &Types, unit: &Unit<'_>, mut ty: Ty) -> Ty {
    // A typedef only ever names one before it.
    while let Shape::Typedef(index) = types.shape(ty.id) {
        let inner = unit.typedefs[*index].ty;
        ty = inner.with_qualifiers_of(ty);
    }
    ty
}

/// The integer type that a type is to the machine, if it is one.
pub fn as_int(types: &Types, unit: &Unit<'_>, ty: Ty) -> Option<Int> {
    match types.shape(resolved(types, unit, ty).id) {
        Shape::Int(int) => Some(*int),
        Shape::Enum(index) => Some(unit.enums[*index].ty),
        _ => None,
    }
}

/// The smallest of C's types, from `int` on, that holds these values; for Microsoft, `int`.
pub fn enum_type(lowest: i128, highest: i128, is_packed: bool, target: Target) -> Int {
    use Int::{Int as Plain, LLong, Long, SChar, Short, UChar, UInt, ULLong, ULong, UShort};
    if target.system == super::target::System::Windows {
        return Plain;
    }
    let candidates: &[Int] = match (is_packed, lowest < 0) {
        (true, true) => &[SChar, Short, Plain, Long, LLong],
        (true, false) => &[UChar, UShort, UInt, ULong, ULLong],
        (false, true) => &[Plain, Long, LLong],
        (false, false) => &[UInt, ULong, ULLong],
    };
    let fits = |ty: &&Int| ty.holds(lowest, target) && ty.holds(highest, target);
    candidates.iter().find(fits).copied().unwrap_or(if lowest < 0 { LLong } else { ULLong })
}
