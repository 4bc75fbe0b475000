use super::{functions, globals, parsed, parsed_for, part, shortened, shown, without_positions};

#[test]
fn base_types_in_all_orders() {
    for (text, wanted) in [
        ("unsigned x;", "unsigned int"),
        ("long unsigned int x;", "unsigned long"),
        ("int long signed x;", "long"),
        ("long long x;", "long long"),
        ("int unsigned long const long x;", "unsigned long long,const"),
        ("short unsigned x;", "unsigned short"),
        ("char signed x;", "signed char"),
        ("_Bool x;", "bool"),
        ("bool x;", "bool"),
        ("double x;", "double"),
        ("const char x;", "char,const"),
        ("char volatile x;", "char,volatile"),
        ("__signed__ char x;", "signed char"),
        ("unsigned __int64 x;", "unsigned long long"),
        ("_Atomic(int) x;", "int"),
        ("_Atomic int x;", "int"),
        ("__extension__ long x;", "long"),
        ("int y; __typeof__(y) x;", "int"),
        ("__typeof__(1.0) x;", "double"),
        ("__typeof__(char *) x;", "*{char}"),
    ] {
        let found = globals(text);
        assert!(found.ends_with(&format!("{{x,{{{wanted}}}}}")), "{text} {found}");
    }
}

#[test]
fn declarators_are_read_from_the_inside() {
    for (text, wanted) in [
        ("int *x[3];", "array {*{int}},length:3"),
        ("int (*x)[3];", "*{array {int},length:3}"),
        ("int x[2][3];", "array {array {int},length:3},length:2"),
        ("int *const x;", "*{int},const"),
        ("const char *const *x;", "*{*{char,const},const}"),
        ("int (*x)(void);", "*{fn result:{int},params:[]}"),
        ("void (*(*x)(int))(double);", "*{fn result:{*{fn result:void,params:[{{double}}]}},params:[{{int}}]}"),
        ("int (*x[4])(char);", "array {*{fn result:{int},params:[{{char}}]}},length:4"),
        ("int (x);", "int"),
        ("int (*(x));", "*{int}"),
        ("extern char x[];", "array {char},length:null"),
        ("char x[sizeof(long) * 2 + 1];", "array {char},length:17"),
        ("int x = sizeof(int), y;", "int"),
        ("int x = { 1, 2 };", "int"),
    ] {
        let found = globals(text);
        assert!(found.starts_with(&format!("{{x,{{{wanted}}}")), "{text} {found}");
    }
}

#[test]
fn parameters() {
    for (text, wanted) in [
        ("void f(void);", "params:[]"),
        ("void f();", "params:[],unprototyped"),
        ("void f(int a[3], char *argv[]);", "params:[{a,{*{int}}},{argv,{*{*{char}}}}]"),
        ("void f(int a[static 3], int n, int b[n], int c[const], int d[*]);", "{b,{*{int}}},{c,{*{int}}},{d,{*{int}}}]"),
        ("void f(int callback(int));", "params:[{callback,{*{fn result:{int},params:[{{int}}]}}}]"),
        ("void f(const char *, ...);", "params:[{{*{char,const}}}],variadic"),
        ("void f(int (*)(int), int);", "params:[{{*{fn result:{int},params:[{{int}}]}}},{{int}}]"),
        ("void f(int (int), int (*)[2]);", "params:[{{*{fn result:{int},params:[{{int}}]}}},{{*{array {int},length:2}}}]"),
        ("typedef int T; void f(int T, T (x), int (T));", "{*{fn result:{int},params:[{{kind:typedef,typedef:0}}]}}"),
        ("void f(a, b) int a; char *b; { }", "params:[{a,{int}},{b,{*{char}}}],unprototyped"),
        ("void f(register int x, int __attribute__((unused)) y);", "params:[{x,{int}},{y,{int}}]"),
        ("void f(int x __attribute__((unused)), [[maybe_unused]] int y);", "params:[{x,{int}},{y,{int}}]"),
    ] {
        let found = functions(text);
        assert!(found.contains(wanted), "{text} {found}");
    }
}

#[test]
fn bodies_and_linkage_are_skipped() {
    let text = "extern \"C\" { static inline int f(int x) { if (x) { return ({ 1; }); } return _Generic(x, int: 2); } int g(void); }
        extern \"C\" int h(void); asm(\"nop\"); __asm__ volatile (\"nop\"); ; int i(void);";
    let found = functions(text);
    for wanted in ["{f,result:{int},params:[{x,{int}}],uncallable:it is static", "{g,", "{h,", "{i,"] {
        assert!(found.contains(wanted), "{wanted} {found}");
    }
    assert_eq!(part(&parsed(text), "diagnostics"), "");
}

#[test]
fn attributes() {
    for (text, wanted) in [
        ("int f(void) __asm__(\"real\" \"_name\");", "{f,symbol:real_name,"),
        ("__attribute__((noreturn)) void f(void);", "noreturn"),
        ("_Noreturn void f(void);", "noreturn"),
        ("void f(void) __attribute__((__deprecated__(\"use g\")));", "deprecated:use g"),
        ("[[deprecated]] void f(void);", "deprecated:"),
        ("void *f(void) __attribute__((malloc(release)));", "free:release"),
        ("__declspec(dllexport) int __stdcall f(int);", "params:[{{int}}]}"),
        ("int __attribute__((ms_abi)) f(int);", "convention:ms_abi,uncallable:its calling convention is ms_abi"),
        ("int __vectorcall f(int);", "uncallable:its calling convention is vectorcall"),
        ("void f(int (__attribute__((ms_abi)) *callback)(int));", "{callback,{*{fn result:{int},params:[{{int}}],convention:ms_abi,"),
        ("[[gnu::nonnull(1), nodiscard(\"x\")]] int f(int *);", "{f,result:{int}"),
        ("int f(int) __attribute__((mode(DI)));", "{f,result:{int}"),
    ] {
        let found = functions(text);
        assert!(found.contains(wanted), "{text} {found}");
    }
    assert_eq!(globals("int x __attribute__((mode(DI)));"), "{x,{long}}");
    assert!(globals("_Thread_local int x; extern __thread int y;").contains("threadLocal"));
}

#[test]
fn what_cannot_be_called_says_why() {
    for (text, wanted) in [
        ("int f(const char *format, va_list list);", "its parameter 2 ('list') cannot be passed: only C can make a va_list"),
        ("long double f(void);", "its result cannot be passed: a long double of 16 bytes has no equivalent in JavaScript"),
        ("void f(double _Complex x);", "its parameter 1 ('x') cannot be passed: a complex number has no equivalent in JavaScript"),
        ("void f(unsigned __int128);", "its parameter 1 cannot be passed: an integer of 128 bits has no equivalent in JavaScript"),
        (
            "typedef float v __attribute__((vector_size(16))); v f(void);",
            "its result cannot be passed: a vector has no equivalent in JavaScript",
        ),
        (
            "struct s { int : 20; float f; }; struct t { struct s a[2]; }; void f(struct t);",
            "its parameter 1 cannot be passed: it has an unnamed",
        ),
        ("struct s; void f(struct s);", "its parameter 1 cannot be passed: the type is incomplete"),
        ("struct s { int a; long double b; }; void f(struct s);", "its parameter 1 cannot be passed: its field 'b': a long double"),
        ("static int f(void);", "it is static, so that no library exports it"),
    ] {
        let found = functions(text);
        assert!(found.contains(wanted), "{text} {found}");
    }
    for text in
        ["struct s; void f(struct s *);", "void f(va_list *);", "struct s { struct { union { int a; } b; } c; }; struct s f(struct s);"]
    {
        assert!(!functions(text).contains("uncallable"), "{text}");
    }
    assert!(!part(&parsed_for("aarch64-darwin", "long double f(void);"), "functions").contains("uncallable"));
}

#[test]
fn names_that_need_no_include() {
    for name in ["uint8_t", "size_t", "wchar_t", "bool", "off_t", "pid_t", "ptrdiff_t", "intmax_t", "char16_t", "ssize_t", "time_t"] {
        assert_eq!(part(&parsed(&format!("{name} f({name} *);")), "diagnostics"), "", "{name}");
    }
    let windows = parsed_for("x86_64-windows", "size_t f(long, wchar_t);");
    let typedefs = shortened(part(&windows, "typedefs"));
    assert_eq!(typedefs, "{size_t,{unsigned long long},builtin},{wchar_t,{unsigned short},builtin}");
    // They are ordinary names to who declares them.
    assert!(shown("typedef char size_t; size_t x;", "typedefs").starts_with("{size_t,{char}}"));
}

#[test]
fn later_declarations_add_to_the_first() {
    let found = functions("int f(); int f(int x) __attribute__((noreturn)); int f(int);");
    assert_eq!(found, "{f,result:{int},params:[{x,{int}}],noreturn}");
    assert_eq!(globals("extern int x; int x; int x __asm__(\"y\");"), "{x,symbol:y,{int}}");
}

#[test]
fn comments_belong_to_what_follows_or_precedes_them() {
    for (text, wanted) in [
        ("/** Adds.\n *  Both.\n */\nint f(void);", "\"doc\":\"Adds.\\nBoth.\""),
        ("// Adds\n// both.\nAPI int f(void);", "\"doc\":\"Adds\\nboth.\""),
        ("int f(void); /* adds */", "\"doc\":\"adds\""),
        (
            "/* Section */\n\nint f(void);\n/*\n     adds, like zlib's\n   here.\n*/\n\nint g(void);",
            "\"doc\":\"adds, like zlib's\\nhere.\"",
        ),
    ] {
        let found = parsed(&format!("#define API\n{text}"));
        assert!(part(&found, "functions").contains(wanted), "{text} {found}");
    }
    let apart = parsed("int x; /* of x */\nint f(void);\n/* of g */\nint g(void);");
    assert!(
        shortened(&without_positions(part(&apart, "functions"))).starts_with("{f,result:{int},params:[]},{g,result:{int},params:[],doc")
    );
    let fields = parsed("struct s { int a; /**< of a */ int b; // of b\n enum { X, /* of x */ Y /* of y */ } c; };");
    for wanted in ["of a", "of b"] {
        assert!(part(&fields, "records").contains(wanted), "{fields}");
    }
    for wanted in ["of x", "of y"] {
        assert!(part(&fields, "enums").contains(wanted), "{fields}");
    }
}

#[test]
fn positions_are_those_of_line_markers() {
    let found = parsed("# 7 \"dir/a.h\" 1\nint f(void);\n#line 70 \"b.h\"\n\n  int g(void);");
    assert!(found.contains("\"at\":[0,7,5]") && found.contains("\"at\":[1,71,7]"), "{found}");
    assert!(found.contains("\"files\":[\"dir/a.h\",\"b.h\"]"), "{found}");
}
