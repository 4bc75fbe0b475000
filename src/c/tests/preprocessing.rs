use super::{functions, globals, parsed, parsed_for, parsed_with, part, shortened, without_positions};

/// The value of X.
fn value(text: &str) -> String {
    let found = without_positions(part(&parsed(text), "constants"));
    let x = found.split("{\"name\":\"X\"").nth(1).unwrap_or_else(|| panic!("{text} {found}"));
    x.split("\"value\":").nth(1).unwrap().split([',', '}']).next().unwrap().trim_matches('"').to_owned()
}

#[test]
fn macros_expand_as_c_says() {
    for (text, wanted) in [
        ("#define S(x) #x\n#define X S(a  \"b\\n\" +c)\n", "a \\\"b\\\\n\\\" +c"),
        ("#define P(a, b) a##b\n#define X P(1, 2)\n", "12"),
        ("#define P(a, b) a ## b\n#define Q P(X, Y)\n#define XY 7\n#define R(x) x\n#define X R(P(X, Y))\n", "7"),
        ("#define F(a, ...) G(a, __VA_ARGS__)\n#define G(a, b, c) (a + b * c)\n#define X F(1, 2, 3)\n", "7"),
        ("#define F(a, rest...) N(a, ##rest)\n#define N(...) M(__VA_ARGS__, 2, 1, 0)\n#define M(a, b, c, ...) c\n#define X F(9)\n", "1"),
        ("#define F() 5\n#define X F()\n", "5"),
        ("#define F(x) x\n#define X F((1, F(2)) 3) 4\n#undef X\n#define X F(F(F(6)))\n", "6"),
        ("#define F(x, y) x + y\n#define X F(, 3)\n", "3"),
        ("#define F\\\n(x) 1\n#define X 8\n", "8"),
        ("#define E(x) x\n#define X E(1)E(2)\n#undef X\n#define X 1\\\n2\n", "12"),
        ("#define f(a) a*g\n#define g(a) f(a)\n#define h 2\n#define X h\n", "2"),
        ("%: define X <: 1\n#undef X\n??=define Y\n#define X 3\n", "3"),
    ] {
        assert_eq!(value(text), wanted, "{text}");
    }
    // A name that a macro is called by is none without its arguments.
    assert_eq!(globals("#define x(a) a\nint x;"), "{x,{int}}");
    assert_eq!(functions("#define deflate(a) deflate(a, 1)\nint deflate(int a);").matches("a, 1").count(), 0);
}

#[test]
fn conditions() {
    for (condition, wanted) in [
        ("1", true),
        ("0", false),
        ("defined(A)", true),
        ("defined A && !defined B", true),
        ("A == 3", true),
        ("UNKNOWN", false),
        ("-1 > 0u", true),
        ("'a' == 97", true),
        ("(2 + 3) * 4 == 20", true),
        ("1 ? 0 : 1", false),
        ("defined(B) && B(1, 2) > 3", false),
        ("__has_include(<stdint.h>)", true),
        ("__has_include(\"nowhere.h\")", false),
        ("__has_attribute(packed)", true),
        ("defined(__has_attribute) && __has_attribute(__nonsense__)", false),
        ("__GNUC__ >= 4 && defined __x86_64__", true),
        ("0x7fffffffffffffff + 0 > 0", true),
        ("1 << 40", true),
        ("HAS_A", true),
    ] {
        let text = format!("#define A 3\n#define HAS_A defined(A)\n#if {condition}\nint yes;\n#else\nint no;\n#endif\n");
        let found = globals(&text);
        assert_eq!(found, if wanted { "{yes,{int}}" } else { "{no,{int}}" }, "{condition}");
    }
}

#[test]
fn one_part_of_a_condition_is_read() {
    let text = "#if 0\ndon't \"read\n#if 1\nint a;\n#else\nint b;\n#endif\n#elif 1\nint c;\n#ifdef Q\nint d;\n#elifndef Q\nint e;\n#else\nint f;\n#endif\n#elif 1\nint g;\n#else\nint h;\n#endif\nint i;";
    assert_eq!(globals(text), "{c,{int}},{e,{int}},{i,{int}}");
}

#[test]
fn included_files() {
    let headers = [
        ("a.h", "#ifndef A\n#define A\n#include \"b.h\"\nint a;\n#endif\n"),
        ("b.h", "#pragma once\n#include <a.h>\nint b;\n"),
        ("stdint.h", "this is not read"),
    ];
    let found = parsed_with(
        &headers,
        "#include <a.h>\n#include \"a.h\"\n#define NAME <b.h>\n#include NAME\n#include <stdint.h>\n#define X UINT8_MAX\n",
    );
    assert_eq!(shortened(&without_positions(part(&found, "globals"))), "{b,{int}},{a,{int}}");
    assert_eq!(part(&found, "diagnostics"), "");
    assert!(part(&found, "files") == "\"b.h\",\"a.h\",\"test.h\"", "{found}");
    assert!(shortened(part(&found, "constants")).contains("value:255"));
}

#[test]
fn pragmas() {
    let size = |text: &str| {
        let found = parsed(text);
        let records = part(&found, "records").to_owned();
        records.split("],\"size\":").skip(1).map(|part| part.split(',').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let s = "struct { char a; long b; };";
    for (text, wanted) in [
        (format!("#pragma pack(1)\n{s}\n#pragma pack()\n{s}"), "9 16"),
        (
            format!("#pragma pack(push, 4)\n{s}\n#pragma pack(push)\n#pragma pack(1)\n{s}\n#pragma pack(pop)\n{s}\n#pragma pack(pop)\n{s}"),
            "12 9 12 16",
        ),
        (format!("#pragma pack(push, name, 2)\n#pragma pack(push, 1)\n#pragma pack(pop, name)\n{s}"), "16"),
        (format!("_Pragma(\"pack(1)\") {s} _Pragma(\"pack()\") {s}"), "9 16"),
        (format!("#define N 2\n#pragma pack(N)\n{s}"), "10"),
    ] {
        assert_eq!(size(&text), wanted, "{text}");
    }
    assert_eq!(value("#define X 1\n#pragma push_macro(\"X\")\n#undef X\n#define X 2\n#pragma pop_macro(\"X\")\n"), "1");
}

/// In the style of what `go build -buildmode=c-shared` writes, both forms in one text.
const CGO: &str = r#"
/* Code generated by cmd/cgo; DO NOT EDIT. */
#line 1 "cgo-builtin-export-prolog"
#include <stddef.h>
#ifndef GO_CGO_EXPORT_PROLOGUE_H
#define GO_CGO_EXPORT_PROLOGUE_H
#ifndef GO_CGO_GOSTRING_TYPEDEF
typedef struct { const char *p; ptrdiff_t n; } _GoString_;
#endif
#endif
#line 1 "cgo-gcc-export-header-prolog"
#ifndef GO_CGO_PROLOGUE_H
#define GO_CGO_PROLOGUE_H
typedef signed char GoInt8;
typedef long long GoInt64;
typedef GoInt64 GoInt;
typedef __SIZE_TYPE__ GoUintptr;
typedef double GoFloat64;
#ifdef _MSC_VER
#if !defined(__cplusplus) || _MSVC_LANG <= 201402L
#include <complex.h>
typedef _Fcomplex GoComplex64;
#else
#include <complex>
typedef std::complex<float> GoComplex64;
#endif
#else
typedef float _Complex GoComplex64;
#endif
/* static assertion to make sure the file is being used on architectures at least with matching size of GoInt. */
typedef char _check_for_64_bit_pointer_matching_GoInt[sizeof(void*)==64/8 ? 1:-1];
#ifndef GO_CGO_GOSTRING_TYPEDEF
typedef _GoString_ GoString;
#endif
typedef struct { void *data; GoInt len; GoInt cap; } GoSlice;
#endif
#ifdef __cplusplus
extern "C" {
#endif
extern __declspec(dllexport) GoInt Add(GoInt a, GoInt b);
/* Return type for Divide */
struct Divide_return {
	GoInt r0; /* quotient */
	char* r1;
};
extern __declspec(dllexport) struct Divide_return Divide(GoInt a, GoString name);
extern GoComplex64 Scale(GoComplex64 z);
#ifdef __cplusplus
}
#endif
"#;

#[test]
fn a_raw_cgo_header_of_either_system() {
    for target in ["x86_64-linux", "x86_64-windows", "aarch64-darwin"] {
        let found = parsed_for(target, CGO);
        assert_eq!(part(&found, "diagnostics"), "", "{target}");
        let functions = part(&found, "functions");
        for name in ["Add", "Divide", "Scale"] {
            assert!(functions.contains(&format!("\"name\":\"{name}\"")), "{target} {functions}");
        }
        // Microsoft's complex numbers are structs, which can be passed.
        assert_eq!(functions.contains("uncallable"), target != "x86_64-windows", "{target} {functions}");
    }
    let wrong = parsed(&CGO.replace("64/8", "32/8"));
    assert!(part(&wrong, "diagnostics").contains("an array cannot have -1 elements"), "{wrong}");
}

#[test]
fn a_text_that_went_through_a_preprocessor_is_not_expanded_again() {
    let options = super::Options { is_preprocessed: true, ..super::options("x86_64-linux") };
    let text = "#define f(x) f(x, 1)\nint f(int, int);\n#define X SIZE_MAX\n#define SIZE_MAX 7\nint X;".to_owned();
    let found = super::parse(text, &options, &super::Memory(Default::default()));
    assert_eq!(part(&found, "diagnostics"), "");
    assert_eq!(shortened(&without_positions(part(&found, "globals"))), "{X,{int}}");
    assert!(shortened(part(&found, "constants")).contains("{X,kind:int,value:7"));
}

#[test]
fn a_line_goes_on_after_a_backslash_with_blanks() {
    let text = "#define A 1 + \\  \n 2\n#define B \\\t\r\n 4\nint a\\ \nb; // c \\ \nint hidden;\n";
    let found = parsed(text);
    assert!(part(&found, "constants").contains("\"name\":\"A\",\"kind\":\"int\",\"value\":3"), "{found}");
    assert!(part(&found, "constants").contains("\"name\":\"B\",\"kind\":\"int\",\"value\":4"), "{found}");
    assert!(super::globals(text).starts_with("{ab,{int},doc:c"), "{found}");
}

#[test]
fn what_headers_ask_of_standard_headers_is_there() {
    for (text, wanted) in [
        ("#include <errno.h>\n#if defined(E2BIG)\n#define X (-E2BIG)\n#else\n#define X -4093\n#endif\n", "\"value\":-7"),
        ("#include <stdint.h>\n#if INT64_C(1) << 40 > UINT64_C(0)\n#define X 1\n#else\n#define X 0\n#endif\n", "\"value\":1"),
        ("#include <iso646.h>\n#if defined __linux__ and not defined X\n#define X 1\n#endif\n", "\"value\":1"),
    ] {
        let found = parsed(text);
        assert!(part(&found, "constants").contains(wanted), "{text} {found}");
        assert_eq!(part(&found, "diagnostics"), "", "{text}");
    }
    for (target, size) in [
        ("x86_64-linux", 208),
        ("aarch64-linux", 320),
        ("x86_64-darwin", 152),
        ("aarch64-darwin", 196),
        ("x86_64-windows", 272),
        ("aarch64-windows", 200),
    ] {
        let found = super::parsed_for(target, "#include <setjmp.h>\nstruct s { jmp_buf a; int b; };");
        assert!(found.contains(&format!("\"size\":{size}")), "{target} {found}");
    }
    let text = "#include <stdarg.h>\n#ifndef __GNUC_VA_LIST\n#define __gnuc_va_list void *\n#endif\nvoid v(__gnuc_va_list);";
    assert!(super::functions(text).contains("only C can make a va_list"));
    let text = "typedef float _Float32; typedef double _Float64x; _Float32 f(__pid_t, __socklen_t *, __uint16_t, __u_char);";
    let found = super::functions(text);
    assert!(found.contains("{f,result:{float}"), "{found}");
    assert_eq!(part(&parsed(text), "diagnostics"), "");
}
