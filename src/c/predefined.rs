//! What compilers define before a text begins.

use super::target::{Arch, System, Target};
use super::value::Int;

/// The definitions, as directives.
pub fn text(target: Target) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    let mut set = |name, value: &str| lines.push((name, value.to_owned()));
    for (name, value) in [
        ("__STDC__", "1"),
        ("__STDC_VERSION__", "201112L"),
        ("__STDC_HOSTED__", "1"),
        ("__ARKFFI__", "1"),
        ("__CHAR_BIT__", "8"),
        ("__SIZEOF_POINTER__", "8"),
        ("__SIZEOF_INT__", "4"),
        ("__SIZEOF_SHORT__", "2"),
        ("__SIZEOF_LONG_LONG__", "8"),
        ("__SIZEOF_FLOAT__", "4"),
        ("__SIZEOF_DOUBLE__", "8"),
        ("__SIZEOF_SIZE_T__", "8"),
        ("__SIZEOF_PTRDIFF_T__", "8"),
        ("__ORDER_LITTLE_ENDIAN__", "1234"),
        ("__ORDER_BIG_ENDIAN__", "4321"),
        ("__BYTE_ORDER__", "1234"),
        ("__LITTLE_ENDIAN__", "1"),
        ("__SCHAR_MAX__", "127"),
        ("__SHRT_MAX__", "32767"),
        ("__INT_MAX__", "2147483647"),
        ("__LONG_LONG_MAX__", "9223372036854775807LL"),
        ("__INT8_TYPE__", "signed char"),
        ("__UINT8_TYPE__", "unsigned char"),
        ("__INT16_TYPE__", "short"),
        ("__UINT16_TYPE__", "unsigned short"),
        ("__INT32_TYPE__", "int"),
        ("__UINT32_TYPE__", "unsigned int"),
        ("__CHAR16_TYPE__", "unsigned short"),
        ("__CHAR32_TYPE__", "unsigned int"),
        ("__FLT_EVAL_METHOD__", "0"),
        ("__FLT_MAX__", "3.40282346638528859811704183484516925e+38F"),
        ("__DBL_MAX__", "1.79769313486231570814527423731704357e+308"),
        ("__FLT_EPSILON__", "1.19209289550781250000000000000000000e-7F"),
        ("__DBL_EPSILON__", "2.22044604925031308084726333618164062e-16"),
    ] {
        set(name, value);
    }
    let size = target.size_type();
    let types = [
        ("__SIZE_TYPE__", size),
        ("__UINTPTR_TYPE__", size),
        ("__PTRDIFF_TYPE__", target.difference_type()),
        ("__INTPTR_TYPE__", target.difference_type()),
        ("__INT64_TYPE__", target.int64_type()),
        ("__UINT64_TYPE__", target.int64_type().to_unsigned()),
        ("__INTMAX_TYPE__", if target.system == System::Windows { Int::LLong } else { Int::Long }),
        ("__UINTMAX_TYPE__", if target.system == System::Windows { Int::ULLong } else { Int::ULong }),
        ("__WCHAR_TYPE__", target.wide_char()),
        ("__WINT_TYPE__", if target.system == System::Linux { Int::UInt } else { target.wide_char() }),
    ];
    for (name, ty) in types {
        set(name, ty.name());
    }
    set("__SIZEOF_LONG__", &target.size_of_int(Int::Long).to_string());
    set("__SIZEOF_WCHAR_T__", &target.size_of_int(target.wide_char()).to_string());
    let wide = target.wide_char();
    let (least, most) = match (target.size_of_int(wide), target.is_signed(wide)) {
        (2, _) => ("0", "65535"),
        (_, true) => ("(-2147483647 - 1)", "2147483647"),
        (_, false) => ("0u", "4294967295u"),
    };
    set("__WCHAR_MIN__", least);
    set("__WCHAR_MAX__", most);
    set("__SIZE_MAX__", if size == Int::ULong { "18446744073709551615UL" } else { "18446744073709551615ULL" });
    set("__LONG_MAX__", if target.size_of_int(Int::Long) == 8 { "9223372036854775807L" } else { "2147483647L" });
    if !target.is_signed(Int::Char) {
        set("__CHAR_UNSIGNED__", "1");
    }
    for name in of_system(target) {
        set(name, "1");
    }
    match target.system {
        System::Windows => {
            set("_MSC_VER", "1930");
            set("_MSC_FULL_VER", "193000000");
            set("_INTEGRAL_MAX_BITS", "64");
        }
        System::Linux | System::Darwin => {
            // What headers take for a compiler that knows attributes.
            set("__GNUC__", "4");
            set("__GNUC_MINOR__", "2");
            set("__GNUC_PATCHLEVEL__", "1");
            set("__SIZEOF_INT128__", "16");
            set("__SIZEOF_LONG_DOUBLE__", &target.size_of_float(super::value::Float::LongDouble).to_string());
            set("__USER_LABEL_PREFIX__", if target.system == System::Darwin { "_" } else { "" });
        }
    }
    lines.iter().map(|(name, value)| format!("#define {name} {value}\n")).collect()
}

/// Those that are 1.
fn of_system(target: Target) -> Vec<&'static str> {
    let mut names = Vec::new();
    match target.system {
        System::Linux => names.extend(["__linux__", "__linux", "linux", "__gnu_linux__", "__unix__", "__unix", "unix", "__ELF__"]),
        System::Darwin => names.extend(["__APPLE__", "__MACH__"]),
        System::Windows => names.extend(["_WIN32", "_WIN64", "_MT", "_DLL"]),
    }
    let is_windows = target.system == System::Windows;
    if !is_windows {
        names.extend(["_LP64", "__LP64__"]);
    }
    match (target.arch, is_windows) {
        (Arch::X86, true) => names.extend(["_M_X64", "_M_AMD64"]),
        (Arch::Arm, true) => names.push("_M_ARM64"),
        (Arch::X86, false) => names.extend(["__x86_64__", "__x86_64", "__amd64__", "__amd64", "__SSE__", "__SSE2__"]),
        (Arch::Arm, false) => names.extend(["__aarch64__", "__ARM_64BIT_STATE", "__ARM_NEON"]),
    }
    if target.system == System::Darwin && target.arch == Arch::Arm {
        names.extend(["__arm64__", "__arm64"]);
    }
    names
}
