//! Names of types that are known without an `#include`: those of stdint, stddef, stdbool, wchar, uchar,
//! sys/types and time.

use super::target::{Arch, System, Target};
use super::types::{Opaque, Shape};
use super::value::Int;
use std::rc::Rc;

/// What a name stands for, where it is known.
pub fn type_named(name: &str, target: Target) -> Option<Shape> {
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return None;
    }
    if matches!(name, "va_list" | "__builtin_va_list" | "__gnuc_va_list" | "__va_list") {
        return Some(Shape::Opaque(Rc::new(va_list(target))));
    }
    // What the C library calls them inside of its own headers.
    let inner = name.strip_prefix("__").filter(|name| target.system == System::Linux && (name.ends_with("_t") || name.starts_with("u_")));
    let name = inner.unwrap_or(name);
    standard(name, target).or_else(|| of_system(name, target)).map(Shape::Int)
}

/// `va_list`, which only C can make.
fn va_list(target: Target) -> Opaque {
    let layout = match (target.system, target.arch) {
        (System::Windows, _) | (System::Darwin, Arch::Arm) => (8, 8),
        (_, Arch::X86) => (24, 8),
        (System::Linux, Arch::Arm) => (32, 8),
    };
    Opaque { name: "va_list".to_owned(), layout: Some(layout), reason: "only C can make a va_list".to_owned() }
}

fn standard(name: &str, target: Target) -> Option<Int> {
    let fast = match target.system {
        System::Linux => (Int::Long, Int::ULong, Int::Long),
        System::Darwin => (Int::Short, Int::UShort, Int::Int),
        System::Windows => (Int::Int, Int::UInt, Int::Int),
    };
    Some(match name {
        "bool" => Int::Bool,
        "int8_t" | "int_least8_t" | "int_fast8_t" => Int::SChar,
        "uint8_t" | "uint_least8_t" | "uint_fast8_t" => Int::UChar,
        "int16_t" | "int_least16_t" => Int::Short,
        "uint16_t" | "uint_least16_t" => Int::UShort,
        "int32_t" | "int_least32_t" => Int::Int,
        "uint32_t" | "uint_least32_t" => Int::UInt,
        "int64_t" | "int_least64_t" | "int_fast64_t" => target.int64_type(),
        "uint64_t" | "uint_least64_t" | "uint_fast64_t" => target.int64_type().to_unsigned(),
        "int_fast16_t" => fast.0,
        "uint_fast16_t" => fast.1,
        "int_fast32_t" => fast.2,
        "uint_fast32_t" => fast.2.to_unsigned(),
        "intmax_t" if target.system == System::Windows => Int::LLong,
        "uintmax_t" if target.system == System::Windows => Int::ULLong,
        "intmax_t" => Int::Long,
        "uintmax_t" => Int::ULong,
        "size_t" => target.size_type(),
        "ptrdiff_t" => target.difference_type(),
        "intptr_t" => target.difference_type(),
        "uintptr_t" => target.size_type(),
        "wchar_t" => target.wide_char(),
        "wint_t" => match target.system {
            System::Linux => Int::UInt,
            System::Darwin => Int::Int,
            System::Windows => Int::UShort,
        },
        "char8_t" => Int::UChar,
        "char16_t" => Int::UShort,
        "char32_t" => Int::UInt,
        _ => return None,
    })
}

fn of_system(name: &str, target: Target) -> Option<Int> {
    let is_linux = target.system == System::Linux;
    let is_windows = target.system == System::Windows;
    let on_linux = |linux: Int, other: Int| if is_linux { linux } else { other };
    Some(match name {
        "ssize_t" => target.difference_type(),
        "off_t" if is_windows => Int::Long,
        "off_t" | "blkcnt_t" => target.int64_type(),
        "off64_t" | "loff_t" => target.int64_type(),
        "time_t" if is_windows => Int::LLong,
        "time_t" => Int::Long,
        "clock_t" => on_linux(Int::Long, if is_windows { Int::Long } else { Int::ULong }),
        "suseconds_t" => on_linux(Int::Long, Int::Int),
        "pid_t" | "clockid_t" | "key_t" => Int::Int,
        "uid_t" | "gid_t" | "id_t" | "useconds_t" | "socklen_t" => Int::UInt,
        "mode_t" => on_linux(Int::UInt, Int::UShort),
        "dev_t" if is_windows => Int::UInt,
        "dev_t" => on_linux(Int::ULong, Int::Int),
        "ino_t" if is_windows => Int::UShort,
        "ino_t" => on_linux(Int::ULong, Int::ULLong),
        "nlink_t" => on_linux(if target.arch == Arch::Arm { Int::UInt } else { Int::ULong }, Int::UShort),
        "blksize_t" => on_linux(if target.arch == Arch::Arm { Int::Int } else { Int::Long }, Int::Int),
        "u_char" => Int::UChar,
        "u_short" | "ushort" => Int::UShort,
        "u_int" | "uint" => Int::UInt,
        "u_long" | "ulong" => Int::ULong,
        "u_int8_t" => Int::UChar,
        "u_int16_t" => Int::UShort,
        "u_int32_t" => Int::UInt,
        "u_int64_t" | "u_quad_t" => target.int64_type().to_unsigned(),
        "quad_t" => target.int64_type(),
        _ => return None,
    })
}
