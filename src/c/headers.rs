//! Standard headers, as far as their types and macros matter to declarations. The types that `builtin` knows
//! need no header.

use super::target::{System, Target};

/// Headers of the C library's own, which count only where no directory has them.
pub fn is_last_choice(name: &str) -> bool {
    matches!(name, "sys/cdefs.h" | "features.h")
}

/// What the C library's own headers count on where they are read: the macros of sys/cdefs.h.
const FEATURES: &str = "#include <features.h>\n";

/// The text of a standard header.
pub fn text(name: &str, target: Target) -> Option<&'static str> {
    let is_windows = target.system == System::Windows;
    Some(match name {
        "assert.h" => "#define assert(condition) ((void)0)\n#define static_assert _Static_assert\n",
        "complex.h" => include_str!("headers/complex.h"),
        "errno.h" => include_str!("headers/errno.h"),
        "float.h" => include_str!("headers/float.h"),
        "inttypes.h" | "stdint.h" => include_str!("headers/stdint.h"),
        "iso646.h" => include_str!("headers/iso646.h"),
        "limits.h" => include_str!("headers/limits.h"),
        "locale.h" => "struct lconv;\n",
        "math.h" => include_str!("headers/math.h"),
        "setjmp.h" => include_str!("headers/setjmp.h"),
        "signal.h" => include_str!("headers/signal.h"),
        "stdalign.h" => "#define alignas _Alignas\n#define alignof _Alignof\n",
        "stdarg.h" => "#define __GNUC_VA_LIST 1\n#define va_start(list, last)\n#define va_end(list)\n",
        "stdbool.h" => "#define true 1\n#define false 0\n#define __bool_true_false_are_defined 1\n",
        "stddef.h" => include_str!("headers/stddef.h"),
        "stdio.h" => include_str!("headers/stdio.h"),
        "stdlib.h" => include_str!("headers/stdlib.h"),
        "stdnoreturn.h" => "#define noreturn _Noreturn\n",
        "time.h" | "sys/time.h" => include_str!("headers/time.h"),
        "wchar.h" | "wctype.h" | "uchar.h" => include_str!("headers/wchar.h"),
        "windows.h" | "Windows.h" | "windef.h" | "minwindef.h" if is_windows => include_str!("headers/windows.h"),
        "ctype.h" | "fenv.h" | "memory.h" | "string.h" | "strings.h" | "threads.h" if target.system == System::Linux => FEATURES,
        "sys/types.h" | "alloca.h" | "malloc.h" | "unistd.h" if target.system == System::Linux => FEATURES,
        "ctype.h" | "fenv.h" | "memory.h" | "stdatomic.h" | "string.h" | "strings.h" | "tgmath.h" | "threads.h" => "\n",
        "sys/types.h" | "sys/cdefs.h" | "features.h" | "alloca.h" | "malloc.h" | "unistd.h" => "\n",
        "io.h" | "direct.h" | "crtdefs.h" | "vcruntime.h" | "basetsd.h" if is_windows => "\n",
        _ => return None,
    })
}
