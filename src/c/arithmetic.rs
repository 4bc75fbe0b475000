//! C's operators on constants (ISO C11, section 6.5). Where C says nothing of a result, there is none.

use super::target::Target;
use super::value::{Float, INEXACT, Int, Outcome, Value};

/// `op value`
///
/// # Errors
///
/// Where C does not allow it; if it `is_evaluated`, also where C says nothing of the result.
pub fn unary(op: &str, operand: &Value, is_evaluated: bool, target: Target) -> Outcome {
    match (op, operand) {
        ("!", _) => Ok(Value::int(!operand.is_true())),
        ("+", Value::Float(..)) => Ok(operand.clone()),
        ("-", &Value::Float(value, ty)) => Ok(Value::Float(-value, ty)),
        _ => {
            let (value, ty) = operand.as_int().ok_or_else(|| format!("'{op}' needs a number"))?;
            let ty = ty.promoted();
            match op {
                // Of unsigned integers it wraps.
                "-" if !target.is_signed(ty) => Ok(Value::Int(ty.wrap(value.wrapping_neg(), target), ty)),
                "-" => signed(value.checked_neg(), ty, is_evaluated, target),
                "~" => Ok(Value::Int(ty.wrap(!value, target), ty)),
                _ => Ok(Value::Int(ty.wrap(value, target), ty)),
            }
        }
    }
}

/// `left op right`
///
/// # Errors
///
/// As of [`unary`].
pub fn binary(op: &str, left: &Value, right: &Value, is_evaluated: bool, target: Target) -> Outcome {
    if let (Value::Float(..), _) | (_, Value::Float(..)) = (left, right) {
        return floats(op, left, right, is_evaluated, target);
    }
    if let (Value::Pointer(..), _) | (_, Value::Pointer(..)) = (left, right) {
        return pointers(op, left, right, target);
    }
    let wrong = || format!("'{op}' needs numbers");
    let (a, left) = left.as_int().ok_or_else(wrong)?;
    let (b, right) = right.as_int().ok_or_else(wrong)?;
    if let "<<" | ">>" = op {
        return shift(op, (a, left.promoted()), (b, right), is_evaluated, target);
    }
    let ty = left.common(right, target);
    let (a, b) = (ty.wrap(a, target), ty.wrap(b, target));
    if let "/" | "%" = op
        && b == 0
    {
        return if is_evaluated { Err("division by zero".to_owned()) } else { Ok(Value::zero(ty)) };
    }
    let bits = match op {
        "&" => Some(a & b),
        "|" => Some(a | b),
        "^" => Some(a ^ b),
        _ => None,
    };
    if let Some(bits) = bits {
        return Ok(Value::Int(ty.wrap(bits, target), ty));
    }
    if target.is_signed(ty) {
        let value = match op {
            "+" => a.checked_add(b),
            "-" => a.checked_sub(b),
            "*" => a.checked_mul(b),
            "/" => a.checked_div(b),
            // Its quotient would be out of range, which makes the remainder as unknown.
            "%" if b == -1 && a.checked_neg().is_none_or(|quotient| !ty.holds(quotient, target)) => None,
            "%" => a.checked_rem(b),
            _ => return compare(op, a, b).ok_or_else(wrong),
        };
        return signed(value, ty, is_evaluated, target);
    }
    let (a, b) = (a as u128, b as u128);
    let value = match op {
        "+" => a.wrapping_add(b),
        "-" => a.wrapping_sub(b),
        "*" => a.wrapping_mul(b),
        "/" => a / b,
        "%" => a % b,
        _ => return compare(op, a, b).ok_or_else(wrong),
    };
    Ok(Value::Int(ty.wrap(value as i128, target), ty))
}

/// The two values of `condition ? left : right` as the type that both have there.
pub fn common(chosen: Value, other: &Value, target: Target) -> Value {
    match (chosen.as_int(), other.as_int(), &chosen, other) {
        (Some((value, a)), Some((_, b)), _, _) => {
            let ty = a.common(b, target);
            Value::Int(ty.wrap(value, target), ty)
        }
        (_, _, Value::Float(..), _) | (_, _, _, Value::Float(..)) => chosen.to_float(common_float(&chosen, other)).unwrap_or(chosen),
        _ => chosen,
    }
}

/// A result that is one if its type holds it.
fn signed(value: Option<i128>, ty: Int, is_evaluated: bool, target: Target) -> Outcome {
    match value.filter(|value| ty.holds(*value, target)) {
        Some(value) => Ok(Value::Int(value, ty)),
        None if is_evaluated => Err(format!("the result is out of range for {}", ty.name())),
        None => Ok(Value::zero(ty)),
    }
}

fn shift(op: &str, (value, ty): (i128, Int), (count, count_ty): (i128, Int), is_evaluated: bool, target: Target) -> Outcome {
    let most = 8 * target.size_of_int(ty);
    let Some(count) = u32::try_from(count).ok().filter(|count| *count < most) else {
        let shown = if count_ty == Int::UInt128 { (count as u128).to_string() } else { count.to_string() };
        return if is_evaluated { Err(format!("a shift by {shown} of a type of {most} bits")) } else { Ok(Value::zero(ty)) };
    };
    if op == ">>" {
        let value = if target.is_signed(ty) { value >> count } else { (value as u128 >> count) as i128 };
        return Ok(Value::Int(ty.wrap(value, target), ty));
    }
    // Into the sign, as in `1 << 31`, is what all compilers allow; out of the type is not.
    let shifted = value << count;
    let is_kept = shifted >> count == value || (value >= 0 && shifted as u128 >> count == value as u128);
    let fits = ty.holds(shifted, target) || (value >= 0 && ty.to_unsigned().holds(shifted, target));
    if !target.is_signed(ty) || (is_kept && fits) {
        return Ok(Value::Int(ty.wrap(shifted, target), ty));
    }
    signed(None, ty, is_evaluated, target)
}

fn common_float(left: &Value, right: &Value) -> Float {
    let kind = |value: &Value| if let Value::Float(_, ty) = value { *ty } else { Float::Float };
    kind(left).max(kind(right))
}

fn floats(op: &str, left: &Value, right: &Value, is_evaluated: bool, target: Target) -> Outcome {
    let ty = common_float(left, right);
    let (Value::Float(a, _), Value::Float(b, _)) = (left.to_float(ty)?, right.to_float(ty)?) else {
        return Err(format!("'{op}' needs numbers"));
    };
    if is_evaluated && !ty.is_exact(target) {
        return Err(INEXACT.to_owned());
    }
    let value = match op {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        _ => return compare(op, a, b).ok_or_else(|| format!("'{op}' needs integers")),
    };
    Ok(Value::Float(ty.round(value), ty))
}

fn pointers(op: &str, left: &Value, right: &Value, target: Target) -> Outcome {
    let address = |value: &Value| Some(value.to_int(target.size_type(), target).ok()?.as_int()?.0);
    match (address(left), address(right)) {
        (Some(a), Some(b)) => compare(op, a, b),
        _ => None,
    }
    .ok_or_else(|| format!("'{op}' with an address is not a constant"))
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
