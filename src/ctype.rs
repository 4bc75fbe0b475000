//! The type table: every scalar type, what it is to the ABI, and all its names.
//!
//! This is the only list of types. JavaScript, the TypeScript declarations and the documentation
//! are projected from it or compared with it by a test.

use std::ffi::{c_char, c_long};

/// What a value is to a C ABI: which class of register it travels in and how many bytes of it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repr {
    /// Nothing: the result of a `void` function.
    Void,
    /// A signed integer of this many bytes.
    Int(u8),
    /// An unsigned integer or `bool` of this many bytes.
    Uint(u8),
    /// An IEEE 754 number of this many bytes.
    Float(u8),
    /// An address.
    Pointer,
}

impl Repr {
    /// Size in bytes; natural alignment is the same for every scalar on the supported targets.
    pub const fn size(self) -> u8 {
        match self {
            Repr::Void => 0,
            Repr::Int(size) | Repr::Uint(size) | Repr::Float(size) => size,
            Repr::Pointer => size_of::<*const u8>() as u8,
        }
    }
}

macro_rules! types {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $repr:expr, $letter:expr, $spellings:expr;)+) => {
        /// A C type together with how JavaScript values stand for it: `u64` and `biguint64` are the
        /// same to C and differ in what JavaScript sees.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum CType { $($(#[doc = $doc])+ $variant,)+ }

        impl CType {
            /// All types; the position of a type is its number on the wire to JavaScript.
            pub const ALL: &[CType] = &[$(CType::$variant),+];

            /// The canonical name.
            pub const fn name(self) -> &'static str {
                match self { $(CType::$variant => $name),+ }
            }

            /// What the ABI sees.
            pub const fn repr(self) -> Repr {
                match self { $(CType::$variant => $repr),+ }
            }

            /// ArkFFI's one-letter name.
            pub const fn letter(self) -> Option<&'static str> {
                match self { $(CType::$variant => $letter),+ }
            }

            /// Other names that mean this type on every target.
            pub const fn spellings(self) -> &'static [&'static str] {
                match self { $(CType::$variant => $spellings),+ }
            }
        }
    };
}

types! {
    /// `void`, only as a result.
    Void "void" Repr::Void, Some("v"), &[];
    /// `_Bool`
    Bool "bool" Repr::Uint(1), Some("b"), &["_Bool", "boolean"];
    /// 8 bits, signed
    I8 "i8" Repr::Int(1), Some("c"), &["int8", "int8_t", "signed char", "schar"];
    /// 8 bits, unsigned
    U8 "u8" Repr::Uint(1), None, &["uint8", "uint8_t", "unsigned char", "uchar", "byte"];
    /// 16 bits, signed
    I16 "i16" Repr::Int(2), None, &["int16", "int16_t", "short", "short int", "signed short"];
    /// 16 bits, unsigned
    U16 "u16" Repr::Uint(2), None, &["uint16", "uint16_t", "unsigned short", "unsigned short int", "ushort", "char16_t"];
    /// 32 bits, signed
    I32 "i32" Repr::Int(4), Some("i"), &["int32", "int32_t", "int", "signed", "signed int"];
    /// 32 bits, unsigned
    U32 "u32" Repr::Uint(4), None, &["uint32", "uint32_t", "unsigned", "unsigned int", "uint", "char32_t"];
    /// 64 bits, signed; a Number when safe, else a BigInt
    I64 "i64" Repr::Int(8), Some("l"), &["int64", "int64_t", "long long", "long long int", "signed long long", "longlong", "i64_fast", "intmax_t"];
    /// 64 bits, unsigned; a Number when safe, else a BigInt
    U64 "u64" Repr::Uint(8), None, &["uint64", "uint64_t", "unsigned long long", "unsigned long long int", "ulonglong", "u64_fast", "uintmax_t"];
    /// 64 bits, signed; always a BigInt in results
    BigInt64 "bigint64" Repr::Int(8), None, &[];
    /// 64 bits, unsigned; always a BigInt in results
    BigUint64 "biguint64" Repr::Uint(8), None, &[];
    /// `float`
    F32 "f32" Repr::Float(4), Some("f"), &["float", "float32"];
    /// `double`
    F64 "f64" Repr::Float(8), Some("d"), &["double", "float64"];
    /// Any data pointer
    Ptr "ptr" Repr::Pointer, Some("p"), &["pointer", "void*", "const void*", "napi_env", "napi_value"];
    /// A pointer to the bytes of an ArrayBuffer or view, and nothing else
    Buffer "buffer" Repr::Pointer, None, &[];
    /// A NUL-terminated string
    CString "cstring" Repr::Pointer, Some("s"), &["CString", "string", "str", "char*", "const char*"];
    /// A function pointer
    Function "function" Repr::Pointer, Some("k"), &["callback", "fn", "function_pointer"];
}

impl CType {
    /// The type with this number (its position in [`CType::ALL`]).
    pub fn from_number(number: u8) -> Option<CType> {
        CType::ALL.get(usize::from(number)).copied()
    }

    /// What C passes for a value of this type to a parameter without a type (C11, 6.5.2.2 paragraph 6).
    pub const fn promoted(self) -> CType {
        match self.repr() {
            Repr::Int(1 | 2) | Repr::Uint(1 | 2) => CType::I32,
            Repr::Float(4) => CType::F64,
            Repr::Void | Repr::Int(_) | Repr::Uint(_) | Repr::Float(_) | Repr::Pointer => self,
        }
    }

    /// Names whose meaning depends on the target's C, resolved for the target this is built for.
    pub fn of_target() -> Vec<(&'static str, CType)> {
        let long_is_64 = size_of::<c_long>() == 8;
        let pointer_is_64 = size_of::<usize>() == 8;
        let signed = |wide: bool| if wide { CType::I64 } else { CType::I32 };
        let unsigned = |wide: bool| if wide { CType::U64 } else { CType::U32 };
        let char = if c_char::MIN == 0 { CType::U8 } else { CType::I8 };
        let wchar = if cfg!(windows) {
            CType::U16
        } else if cfg!(all(any(target_arch = "aarch64", target_arch = "arm"), not(target_vendor = "apple"))) {
            CType::U32
        } else {
            CType::I32
        };
        vec![
            ("char", char),
            ("wchar_t", wchar),
            ("long", signed(long_is_64)),
            ("long int", signed(long_is_64)),
            ("signed long", signed(long_is_64)),
            ("unsigned long", unsigned(long_is_64)),
            ("unsigned long int", unsigned(long_is_64)),
            ("ulong", unsigned(long_is_64)),
            ("size_t", unsigned(pointer_is_64)),
            ("usize", unsigned(pointer_is_64)),
            ("uintptr_t", unsigned(pointer_is_64)),
            ("uintptr", unsigned(pointer_is_64)),
            ("ssize_t", signed(pointer_is_64)),
            ("isize", signed(pointer_is_64)),
            ("intptr_t", signed(pointer_is_64)),
            ("intptr", signed(pointer_is_64)),
            ("ptrdiff_t", signed(pointer_is_64)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_name_stands_for_two_types() {
        let mut seen = HashSet::new();
        for &ctype in CType::ALL {
            assert!(seen.insert(ctype.name()), "{}", ctype.name());
            for &name in ctype.spellings().iter().chain(ctype.letter().as_ref()) {
                assert!(seen.insert(name), "{name}");
            }
        }
        for (name, _) in CType::of_target() {
            assert!(seen.insert(name), "{name}");
        }
    }

    #[test]
    fn numbers_and_types_correspond() {
        for (number, &ctype) in CType::ALL.iter().enumerate() {
            assert_eq!(ctype as usize, number);
            assert_eq!(CType::from_number(number as u8), Some(ctype));
        }
        assert_eq!(CType::from_number(CType::ALL.len() as u8), None);
    }

    #[test]
    fn target_types_have_the_compilers_sizes() {
        let size = |wanted: &str| {
            let (_, ctype) = CType::of_target().into_iter().find(|(name, _)| *name == wanted).unwrap();
            usize::from(ctype.repr().size())
        };
        assert_eq!(size("long"), size_of::<c_long>());
        assert_eq!(size("char"), 1);
        assert_eq!(size("size_t"), size_of::<usize>());
        #[cfg(unix)]
        assert_eq!(size("wchar_t"), size_of::<libc::wchar_t>());
    }
}
