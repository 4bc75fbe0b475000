//! Values of constant expressions, and C's conversions of them (ISO C11, section 6.3).

use super::target::Target;
use super::types::TypeId;

/// C's integer types, in an order such that each unsigned type follows its signed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::enum_variant_names, reason = "they are called what C calls them")]
pub enum Int {
    /// `_Bool`
    Bool,
    /// `char`
    Char,
    /// `signed char`
    SChar,
    /// `unsigned char`
    UChar,
    /// `short`
    Short,
    /// `unsigned short`
    UShort,
    /// `int`
    Int,
    /// `unsigned int`
    UInt,
    /// `long`
    Long,
    /// `unsigned long`
    ULong,
    /// `long long`
    LLong,
    /// `unsigned long long`
    ULLong,
    /// `__int128`
    Int128,
    /// `unsigned __int128`
    UInt128,
}

impl Int {
    /// As C spells it.
    pub fn name(self) -> &'static str {
        match self {
            Int::Bool => "_Bool",
            Int::Char => "char",
            Int::SChar => "signed char",
            Int::UChar => "unsigned char",
            Int::Short => "short",
            Int::UShort => "unsigned short",
            Int::Int => "int",
            Int::UInt => "unsigned int",
            Int::Long => "long",
            Int::ULong => "unsigned long",
            Int::LLong => "long long",
            Int::ULLong => "unsigned long long",
            Int::Int128 => "__int128",
            Int::UInt128 => "unsigned __int128",
        }
    }

    /// The unsigned type of the same size.
    pub fn to_unsigned(self) -> Int {
        match self {
            Int::Char | Int::SChar => Int::UChar,
            Int::Short => Int::UShort,
            Int::Int => Int::UInt,
            Int::Long => Int::ULong,
            Int::LLong => Int::ULLong,
            Int::Int128 => Int::UInt128,
            Int::Bool | Int::UChar | Int::UShort | Int::UInt | Int::ULong | Int::ULLong | Int::UInt128 => self,
        }
    }

    /// The integer promotions.
    pub fn promoted(self) -> Int {
        if self < Int::Int { Int::Int } else { self }
    }

    /// The usual arithmetic conversions.
    pub fn common(self, other: Int, target: Target) -> Int {
        let (a, b) = (self.promoted(), other.promoted());
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        let is_lost = !target.is_signed(low) && target.is_signed(high) && target.size_of_int(low) >= target.size_of_int(high);
        if is_lost { high.to_unsigned() } else { high }
    }

    /// The value as this type holds it.
    pub fn wrap(self, value: i128, target: Target) -> i128 {
        if self == Int::Bool {
            return i128::from(value != 0);
        }
        let spare = 128 - 8 * target.size_of_int(self);
        if target.is_signed(self) { value << spare >> spare } else { ((value as u128) << spare >> spare) as i128 }
    }

    /// Whether this type holds the value.
    pub fn holds(self, value: i128, target: Target) -> bool {
        self.wrap(value, target) == value
    }
}

/// C's floating-point types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::enum_variant_names, reason = "they are called what C calls them")]
pub enum Float {
    /// `float`
    Float,
    /// `double`
    Double,
    /// `long double`
    LongDouble,
}

impl Float {
    /// As C spells it.
    pub fn name(self) -> &'static str {
        match self {
            Float::Float => "float",
            Float::Double => "double",
            Float::LongDouble => "long double",
        }
    }

    /// The value as this type holds it.
    pub fn round(self, value: f64) -> f64 {
        if self == Float::Float { f64::from(value as f32) } else { value }
    }

    fn round_int(self, value: i128) -> f64 {
        if self == Float::Float { f64::from(value as f32) } else { value as f64 }
    }

    fn round_unsigned(self, value: u128) -> f64 {
        if self == Float::Float { f64::from(value as f32) } else { value as f64 }
    }

    /// Whether a [`Value`] has all of its digits.
    pub fn is_exact(self, target: Target) -> bool {
        target.size_of_float(self) <= 8
    }
}

/// A value known when the header is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer; what `unsigned __int128` holds is kept as its bits.
    Int(i128, Int),
    /// A character constant, which is an `int`.
    Char(i128),
    /// A floating-point number; a `long double` to the precision of a `double`.
    Float(f64, Float),
    /// An address.
    Pointer(i128, TypeId),
    /// The code units of a string, and what an element of it is.
    Text(Vec<u32>, Int),
}

pub(super) type Outcome = Result<Value, String>;

/// Why nothing is computed of a `long double`.
pub(super) const INEXACT: &str = "of a long double of 16 bytes only the digits of a double are known";

impl Value {
    /// An `int`.
    pub fn int(value: impl Into<i128>) -> Value {
        Value::Int(value.into(), Int::Int)
    }

    /// The value as an integer with its type, if it is one.
    pub fn as_int(&self) -> Option<(i128, Int)> {
        match *self {
            Value::Int(value, ty) => Some((value, ty)),
            Value::Char(value) => Some((value, Int::Int)),
            Value::Float(..) | Value::Pointer(..) | Value::Text(..) => None,
        }
    }

    /// As a condition.
    pub fn is_true(&self) -> bool {
        match *self {
            Value::Int(value, _) | Value::Char(value) | Value::Pointer(value, _) => value != 0,
            Value::Float(value, _) => value != 0.0,
            Value::Text(..) => true,
        }
    }

    /// `(int)value`
    ///
    /// # Errors
    ///
    /// Of a string, and of a number with a fraction whose whole part the type does not hold: C says nothing of those.
    pub fn to_int(&self, ty: Int, target: Target) -> Outcome {
        let value = match *self {
            Value::Int(value, _) | Value::Char(value) | Value::Pointer(value, _) => value,
            Value::Float(value, _) if ty == Int::Bool => i128::from(value != 0.0),
            Value::Float(_, float) if !float.is_exact(target) => return Err(INEXACT.to_owned()),
            Value::Float(value, _) => whole(value)
                .filter(|whole| ty.holds(*whole, target))
                .ok_or_else(|| format!("{value:?} is out of range for {}", ty.name()))?,
            Value::Text(..) => return Err("a string is not a constant number".to_owned()),
        };
        Ok(Value::Int(ty.wrap(value, target), ty))
    }

    /// `(double)value`
    ///
    /// # Errors
    ///
    /// Of a string or an address.
    pub fn to_float(&self, ty: Float) -> Outcome {
        let value = match *self {
            Value::Int(value, Int::UInt128) => ty.round_unsigned(value as u128),
            Value::Int(value, _) | Value::Char(value) => ty.round_int(value),
            Value::Float(value, _) => ty.round(value),
            Value::Pointer(..) | Value::Text(..) => return Err("an address is not a number".to_owned()),
        };
        Ok(Value::Float(value, ty))
    }

    /// Of a type, where only that matters.
    pub fn zero(ty: Int) -> Value {
        Value::Int(0, ty)
    }
}

/// The integer that is left of a number without its fraction, where that is one.
fn whole(value: f64) -> Option<i128> {
    // Exact for all powers of two; what is less is in range.
    const END: f64 = 1.701_411_834_604_692_3e38;
    (value > -END && value < END).then_some(value as i128)
}
