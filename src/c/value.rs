//! Values of constant expressions, and C's arithmetic on them (ISO C11, sections 6.3.1 and 6.5).

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

    fn round(self, value: f64) -> f64 {
        if self == Float::Float { f64::from(value as f32) } else { value }
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
    /// A string, and what an element of it is.
    Text(String, Int),
}

type Outcome = Result<Value, String>;

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
    /// Of a string.
    pub fn to_int(&self, ty: Int, target: Target) -> Outcome {
        let value = match *self {
            Value::Int(value, _) | Value::Char(value) | Value::Pointer(value, _) => value,
            Value::Float(value, _) if ty == Int::Bool => i128::from(value != 0.0),
            Value::Float(value, _) => value as i128,
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
            Value::Int(value, _) | Value::Char(value) => value as f64,
            Value::Float(value, _) => value,
            Value::Pointer(..) | Value::Text(..) => return Err("an address is not a number".to_owned()),
        };
        Ok(Value::Float(ty.round(value), ty))
    }

    /// `op value`
    ///
    /// # Errors
    ///
    /// Where C does not allow it.
    pub fn unary(&self, op: &str, target: Target) -> Outcome {
        match (op, self) {
            ("!", _) => Ok(Value::int(!self.is_true())),
            ("+", Value::Float(..)) => Ok(self.clone()),
            ("-", &Value::Float(value, ty)) => Ok(Value::Float(-value, ty)),
            _ => {
                let (value, ty) = self.as_int().ok_or_else(|| format!("'{op}' needs a number"))?;
                let ty = ty.promoted();
                let value = match op {
                    "-" => value.wrapping_neg(),
                    "~" => !value,
                    _ => value,
                };
                Ok(Value::Int(ty.wrap(value, target), ty))
            }
        }
    }

    /// `self op other`
    ///
    /// # Errors
    ///
    /// Where C does not allow it, or says nothing of the result.
    pub fn binary(&self, op: &str, other: &Value, target: Target) -> Outcome {
        if let (Value::Float(..), _) | (_, Value::Float(..)) = (self, other) {
            return self.binary_float(op, other);
        }
        if let (Value::Pointer(..), _) | (_, Value::Pointer(..)) = (self, other) {
            return self.binary_pointer(op, other, target);
        }
        let wrong = || format!("'{op}' needs numbers");
        let (a, left) = self.as_int().ok_or_else(wrong)?;
        let (b, right) = other.as_int().ok_or_else(wrong)?;
        if let "<<" | ">>" = op {
            let ty = left.promoted();
            let most = i128::from(8 * target.size_of_int(ty));
            if !(0..most).contains(&b) {
                return Err(format!("a shift by {b} of a type of {most} bits"));
            }
            let value = if op == "<<" { a.wrapping_shl(b as u32) } else { a.wrapping_shr(b as u32) };
            return Ok(Value::Int(ty.wrap(value, target), ty));
        }
        let ty = left.common(right, target);
        let (a, b) = (ty.wrap(a, target), ty.wrap(b, target));
        let value = match op {
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            "/" | "%" if b == 0 => return Err("division by zero".to_owned()),
            "/" => a.wrapping_div(b),
            "%" => a.wrapping_rem(b),
            "&" => a & b,
            "|" => a | b,
            "^" => a ^ b,
            _ => return compare(op, a, b).ok_or_else(wrong),
        };
        Ok(Value::Int(ty.wrap(value, target), ty))
    }

    fn binary_float(&self, op: &str, other: &Value) -> Outcome {
        let kind = |value: &Value| if let Value::Float(_, ty) = value { *ty } else { Float::Float };
        let ty = kind(self).max(kind(other));
        let (Value::Float(a, _), Value::Float(b, _)) = (self.to_float(ty)?, other.to_float(ty)?) else {
            return Err(format!("'{op}' needs numbers"));
        };
        let value = match op {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            _ => return compare(op, a, b).ok_or_else(|| format!("'{op}' needs integers")),
        };
        Ok(Value::Float(ty.round(value), ty))
    }

    fn binary_pointer(&self, op: &str, other: &Value, target: Target) -> Outcome {
        let address = |value: &Value| value.to_int(target.size_type(), target).ok().and_then(|value| value.as_int());
        match (address(self), address(other)) {
            (Some((a, _)), Some((b, _))) => compare(op, a, b),
            _ => None,
        }
        .ok_or_else(|| format!("'{op}' with an address is not a constant"))
    }
}

fn compare<T: PartialOrd>(op: &str, a: T, b: T) -> Option<Value> {
    let is_so = match op {
        "<" => a < b,
        ">" => a > b,
        "<=" => a <= b,
        ">=" => a >= b,
        "==" => a == b,
        "!=" => a != b,
        _ => return None,
    };
    Some(Value::int(is_so))
}
