//! Words that C or its compilers keep for themselves.

/// Words that begin types, in all spellings.
const TYPES: &[&str] = &[
    "void",
    "char",
    "short",
    "int",
    "long",
    "float",
    "double",
    "signed",
    "__signed",
    "__signed__",
    "unsigned",
    "_Bool",
    "_Complex",
    "__complex__",
    "__complex",
    "struct",
    "union",
    "enum",
    "__int128",
    "__int128_t",
    "__uint128_t",
    "__int8",
    "__int16",
    "__int32",
    "__int64",
    "_Float16",
    "_Float32",
    "_Float64",
    "_Float128",
    "_Float32x",
    "_Float64x",
    "__float128",
    "__float80",
    "__fp16",
    "__bf16",
    "_Decimal32",
    "_Decimal64",
    "_Decimal128",
    "_BitInt",
    "_Imaginary",
    "typeof",
    "__typeof__",
    "__typeof",
    "typeof_unqual",
    "_Atomic",
];

/// Words that may stand before or between those.
const QUALIFIERS: &[&str] = &[
    "const",
    "__const",
    "__const__",
    "volatile",
    "__volatile",
    "__volatile__",
    "restrict",
    "__restrict",
    "__restrict__",
    "typedef",
    "extern",
    "static",
    "inline",
    "__inline",
    "__inline__",
    "__forceinline",
    "_Noreturn",
    "register",
    "_Thread_local",
    "__thread",
    "_Alignas",
    "__attribute__",
    "__attribute",
    "__declspec",
    "_declspec",
    "__extension__",
    "__unaligned",
    "_Nonnull",
    "_Nullable",
    "_Null_unspecified",
    "__w64",
    "__ptr32",
    "__ptr64",
    "constexpr",
    "thread_local",
    "alignas",
    "auto",
];

/// Calling conventions with what they are called in `format.d.ts`.
const CONVENTIONS: &[(&str, &str)] = &[
    ("cdecl", "cdecl"),
    ("stdcall", "stdcall"),
    ("fastcall", "fastcall"),
    ("thiscall", "thiscall"),
    ("vectorcall", "vectorcall"),
    ("pascal", "pascal"),
    ("regcall", "regcall"),
    ("clrcall", "clrcall"),
    ("ms_abi", "ms_abi"),
    ("sysv_abi", "sysv_abi"),
    ("swiftcall", "swiftcall"),
    ("preserve_most", "preserve_most"),
    ("preserve_all", "preserve_all"),
    ("aarch64_vector_pcs", "aarch64_vector_pcs"),
    ("regparm", "regparm"),
    ("sseregparm", "sseregparm"),
    ("interrupt", "interrupt"),
];

/// It begins a type, or may stand before one.
pub fn begins_type(word: &str) -> bool {
    TYPES.contains(&word) || QUALIFIERS.contains(&word)
}

/// It is no name.
pub fn is_keyword(word: &str) -> bool {
    begins_type(word)
        || matches!(word, "sizeof" | "asm" | "__asm" | "__asm__" | "_Static_assert" | "static_assert" | "_Alignof" | "__alignof__")
}

/// The calling convention of this attribute or, with its underscores, keyword.
pub fn convention(word: &str) -> Option<&'static str> {
    CONVENTIONS.iter().find(|(known, _)| *known == word.trim_matches('_')).map(|(_, name)| *name)
}

/// The calling convention of a keyword such as `__stdcall`.
pub fn convention_keyword(word: &str) -> Option<&'static str> {
    let is_keyword =
        word.starts_with('_') && !word.ends_with('_') && word.ends_with("call") || matches!(word, "__cdecl" | "_cdecl" | "__pascal");
    if is_keyword { convention(word) } else { None }
}
