//! Numbers, characters and strings as C writes them (ISO C11, sections 6.4.4 and 6.4.5).

use super::lexer::{Kind, Token};
use super::target::{System, Target};
use super::value::{Float, Int, Value};

/// Why a string has no value in JavaScript.
pub const NO_TEXT: &str = "it holds bytes that are no text";

/// The value of a number or of a character.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn value_of(token: Token<'_>, target: Target) -> Result<Value, String> {
    match token.kind {
        Kind::Number => number(token.text, target),
        Kind::Char => character(token.text, target),
        Kind::String => strings(&[token], target),
        Kind::Name | Kind::Punct | Kind::Other | Kind::Nothing | Kind::End => Err("a number is needed".to_owned()),
    }
}

/// The value of strings that follow each other. Where one has wide characters, all have.
///
/// # Errors
///
/// As of [`value_of`].
pub fn strings(tokens: &[Token<'_>], target: Target) -> Result<Value, String> {
    let parts: Vec<_> = tokens.iter().map(|token| quoted(token.text, target)).collect();
    let mut wide = parts.iter().map(|(element, _)| *element).filter(|element| *element != Int::Char);
    let element = wide.next().unwrap_or(Int::Char);
    if wide.any(|other| other != element) {
        return Err("strings of different characters follow each other".to_owned());
    }
    let mut units = Vec::new();
    for (_, body) in parts {
        units.extend(unescape(body, element, target)?);
    }
    Ok(Value::Text(units, element))
}

fn number(written: &str, target: Target) -> Result<Value, String> {
    let bad = || format!("'{written}' is not a number");
    let lower = written.to_ascii_lowercase().replace('\'', "");
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'0'..=b'9', ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let is_float = digits.contains('.') || digits.contains(if radix == 16 { 'p' } else { 'e' });
    if is_float {
        let (value, ty, is_zero) = if radix == 16 { hexadecimal_float(digits) } else { decimal_float(&lower) }.ok_or_else(bad)?;
        // What becomes infinite, or nothing, does so in C too, unless its type is wider.
        let is_beyond = value.is_infinite() || (value == 0.0 && !is_zero);
        return if is_beyond && !ty.is_exact(target) { Err("it is beyond a double".to_owned()) } else { Ok(Value::Float(value, ty)) };
    }
    let end = digits.find(|digit: char| !digit.is_digit(radix)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    let digits = if digits.is_empty() && radix == 8 { "0" } else { digits };
    let too_large = || format!("'{written}' is too large");
    let value = u128::from_str_radix(digits, radix).map_err(|_| if digits.is_empty() { bad() } else { too_large() })?;
    let value = i128::try_from(value).map_err(|_| too_large())?;
    let (is_unsigned, shortest) = match suffix {
        "" => (false, Int::Int),
        "u" => (true, Int::Int),
        "l" => (false, Int::Long),
        "ul" | "lu" => (true, Int::Long),
        "ll" => (false, Int::LLong),
        "ull" | "llu" => (true, Int::LLong),
        "z" => (false, target.difference_type()),
        "uz" | "zu" => (true, target.difference_type()),
        // Microsoft's, which name the size.
        "i8" | "i16" | "i32" => (false, Int::Int),
        "ui8" | "ui16" | "ui32" => (true, Int::Int),
        "i64" => (false, Int::LLong),
        "ui64" => (true, Int::LLong),
        _ => return Err(bad()),
    };
    let candidates = [Int::Int, Int::Long, Int::LLong].into_iter().filter(|ty| *ty >= shortest);
    let types = candidates.flat_map(|ty| match (is_unsigned, radix) {
        (true, _) => [None, Some(ty.to_unsigned())],
        (false, 10) => [Some(ty), None],
        (false, _) => [Some(ty), Some(ty.to_unsigned())],
    });
    // What no signed type holds is one of 128 bits where there are such, as gcc has it.
    let widest = if target.system == System::Windows { Int::ULLong } else { Int::Int128 };
    let fallback = (radix == 10 && !is_unsigned && Int::ULLong.holds(value, target)).then_some(widest);
    let ty = types.flatten().chain(fallback).find(|ty| ty.holds(value, target));
    ty.map(|ty| Value::Int(value, ty)).ok_or_else(too_large)
}

fn float_suffix(lower: &str, is_hexadecimal: bool) -> (&str, Float) {
    let suffixes =
        [("f128", Float::LongDouble), ("f64", Float::Double), ("f32", Float::Float), ("l", Float::LongDouble), ("f", Float::Float)];
    for (suffix, ty) in suffixes {
        if let Some(digits) = lower.strip_suffix(suffix)
            && (!is_hexadecimal || digits.contains('p'))
        {
            return (digits, ty);
        }
    }
    (lower, Float::Double)
}

/// The value, its type, and whether all digits are 0.
fn decimal_float(lower: &str) -> Option<(f64, Float, bool)> {
    let (digits, ty) = float_suffix(lower, false);
    let is_plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'+' | b'-'));
    let value = if !is_plain {
        None
    } else if ty == Float::Float {
        digits.parse::<f32>().ok().map(f64::from)
    } else {
        digits.parse::<f64>().ok()
    };
    let mantissa = digits.split('e').next().unwrap_or("");
    value.map(|value| (value, ty, !mantissa.contains(|digit: char| matches!(digit, '1'..='9'))))
}

/// As of [`decimal_float`].
fn hexadecimal_float(lower: &str) -> Option<(f64, Float, bool)> {
    let (digits, ty) = float_suffix(lower, true);
    let (mantissa, exponent) = digits.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (mut value, mut dropped, mut is_more) = (0u128, 0i32, false);
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = digit.to_digit(16)?;
        if value >> 124 == 0 {
            value = value << 4 | u128::from(digit);
        } else {
            is_more |= digit != 0;
            dropped += 1;
        }
    }
    if value == 0 {
        return Some((0.0, ty, true));
    }
    let exponent: i32 = exponent.parse().ok()?;
    let exponent = exponent.clamp(-1_000_000_000, 1_000_000_000) + 4 * (dropped - i32::try_from(fraction.len()).ok()?);
    let (precision, lowest) = if ty == Float::Float { (24, -126) } else { (53, -1022) };
    let rounded = rounded(value, is_more, exponent, precision, lowest);
    Some((ty.round(rounded), ty, false))
}

/// `value * 2^exponent`, and a little more if there `is_more`, with so many bits; fewer below `2^lowest`.
fn rounded(value: u128, is_more: bool, exponent: i32, precision: i32, lowest: i32) -> f64 {
    let bits = 128 - value.leading_zeros() as i32;
    let top = exponent + bits - 1;
    if top > 1023 {
        return f64::INFINITY;
    }
    let kept = precision - (lowest - top).max(0);
    if kept < 0 {
        return 0.0;
    }
    let spare = (bits - kept).max(0);
    let (mut whole, rest) = if spare == 128 { (0, value) } else { (value >> spare, value & ((1 << spare) - 1)) };
    if spare > 0 {
        let half = 1u128 << (spare - 1);
        whole += u128::from(rest > half || (rest == half && (is_more || whole & 1 == 1)));
    }
    // In two steps, since 2^shift alone may be out of range where the product is not.
    let shift = exponent + spare;
    whole as f64 * 2f64.powi(shift / 2) * 2f64.powi(shift - shift / 2)
}

/// The type of an element, and what is between the quotes.
fn quoted(written: &str, target: Target) -> (Int, &str) {
    let start = written.find(['"', '\'']).unwrap_or(0);
    let element = match &written[..start] {
        "L" => target.wide_char(),
        "u" => Int::UShort,
        "U" => Int::UInt,
        _ => Int::Char,
    };
    (element, written.get(start + 1..written.len().saturating_sub(1)).unwrap_or(""))
}

fn character(written: &str, target: Target) -> Result<Value, String> {
    let (element, body) = quoted(written, target);
    let element = if written.starts_with("u8") { Int::UChar } else { element };
    let units = unescape(body, element, target)?;
    match (units.as_slice(), element) {
        ([], _) => Err("a character is missing".to_owned()),
        ([unit], _) => {
            let value = element.wrap(i128::from(*unit), target);
            Ok(if element == Int::Char { Value::Char(value) } else { Value::Int(value, element) })
        }
        // 'abcd' is an int of the compiler's choice; all choose this one.
        (units, Int::Char) if units.len() <= 4 => {
            let value = units.iter().fold(0, |value, unit| value << 8 | i128::from(*unit & 0xff));
            Ok(Value::Int(Int::Int.wrap(value, target), Int::Int))
        }
        _ => Err(format!("{written} has too many characters")),
    }
}

/// The code units that a quoted text stands for.
fn unescape(body: &str, element: Int, target: Target) -> Result<Vec<u32>, String> {
    let mut units = Vec::with_capacity(body.len());
    let mut rest = body.chars().peekable();
    let mut buffer = [0; 4];
    while let Some(character) = rest.next() {
        if character != '\\' {
            push(character, element, target, &mut units, &mut buffer);
            continue;
        }
        let escape = rest.next().ok_or("a backslash stands alone")?;
        let mut digits = |radix: u32, most: usize| {
            let mut value = 0u32;
            let mut count = 0;
            while count < most
                && let Some(digit) = rest.peek().and_then(|digit| digit.to_digit(radix))
            {
                value = value.saturating_mul(radix).saturating_add(digit);
                rest.next();
                count += 1;
            }
            (value, count)
        };
        let unit = match escape {
            'n' => 10,
            't' => 9,
            'r' => 13,
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'v' => 11,
            'e' | 'E' => 27,
            '0'..='7' => {
                let (value, count) = digits(8, 2);
                escape.to_digit(8).unwrap_or(0) << (3 * count) | value
            }
            'x' => match digits(16, usize::MAX) {
                (_, 0) => return Err("digits are missing after '\\x'".to_owned()),
                (value, _) => value,
            },
            'u' | 'U' => {
                let wanted = if escape == 'u' { 4 } else { 8 };
                let (value, count) = digits(16, wanted);
                if count < wanted {
                    return Err(format!("'\\{escape}' needs {wanted} digits"));
                }
                push(char::from_u32(value).ok_or("no character has this number")?, element, target, &mut units, &mut buffer);
                continue;
            }
            other => other as u32,
        };
        let most = u64::MAX >> (64 - 8 * target.size_of_int(element));
        if u64::from(unit) > most || unit == u32::MAX {
            return Err("an escape is out of range".to_owned());
        }
        units.push(unit);
    }
    Ok(units)
}

fn push(character: char, element: Int, target: Target, units: &mut Vec<u32>, buffer: &mut [u8; 4]) {
    match target.size_of_int(element) {
        1 => units.extend(character.encode_utf8(buffer).bytes().map(u32::from)),
        2 => units.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| u32::from(*unit))),
        _ => units.push(character as u32),
    }
}

/// The text that these units are, if they are text.
pub fn text_of(units: &[u32], element: Int, target: Target) -> Option<String> {
    match target.size_of_int(element) {
        1 => String::from_utf8(units.iter().map(|unit| *unit as u8).collect()).ok(),
        2 => String::from_utf16(&units.iter().map(|unit| *unit as u16).collect::<Vec<_>>()).ok(),
        _ => units.iter().map(|unit| char::from_u32(*unit)).collect(),
    }
}
