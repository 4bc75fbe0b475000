use super::{functions, globals, parsed, part, shown};

#[test]
fn declarations_that_agree_are_one() {
    for text in [
        "int f(int); int f(int);",
        "int f(); int f(int, char *); int f();",
        "int f(int, ...); extern int f(int a, ...);",
        "int f(const int); int f(int);",
        "int f(int a[3]); int f(int *a);",
        "int f(int g(void)); int f(int (*)(void));",
        "const int f(void); int f(void);",
        "typedef int t; int f(t); int f(int);",
        "typedef int t; typedef int t;",
        "typedef struct s t; typedef struct s t; struct s { int a; };",
        "extern int a[]; int a[3]; extern int a[];",
        "extern int x; int x; int x = 3;",
        "typedef char name[8]; extern const name x; extern const char x[8];",
        "enum e { A }; int f(enum e); int f(unsigned);",
        "static int f(int); static int f(int a) { return a; }",
        "int f(float); int f(x) float x; { return x; }",
        "int f(x) float x; { return x; } int f(double);",
        "struct s { struct s *next; int a : 3; }; struct s { struct s *next; int a : 3; };",
        "enum e { A = 1, B }; enum e { A = 1, B };",
        "typedef struct { int a; } t; typedef struct { int a; } t;",
        "typedef foo t; typedef int t; int f(t); int f(int);",
        "void f(struct s *); struct s { int a; }; void f(struct s *);",
        "typedef unsigned char uint8_t; void f(uint8_t); void f(unsigned char);",
        "void __attribute__((stdcall)) f(void); void f(void);",
        "int f(va_list); int f(__builtin_va_list);",
    ] {
        let found = parsed(text);
        let diagnostics = part(&found, "diagnostics");
        assert!(!diagnostics.contains("before"), "{text} {diagnostics}");
    }
}

#[test]
fn declarations_that_do_not_agree_are_told() {
    for (text, wanted) in [
        ("int f(int); int f(double);", "1:17: 'f' is declared with another type before, at test.h:1:5"),
        ("int f(int); long f(int);", "with another type"),
        ("int f(int); int f(int, int);", "with another type"),
        ("int f(int); int f(int, ...);", "with another type"),
        ("int f(char *); int f(const char *);", "with another type"),
        ("int f(char); int f(signed char);", "with another type"),
        ("long f(void); long long f(void);", "with another type"),
        ("int f(); int f(float);", "with another type"),
        ("int f(); int f(int, ...);", "with another type"),
        ("int f(x) float x; { return x; } int f(float);", "with another type"),
        ("void f(void) __attribute__((ms_abi)); void f(void);", "with another type"),
        ("extern int a[3]; extern int a[4];", "'a' is declared with another type"),
        ("extern int x; extern unsigned x;", "'x' is declared with another type"),
        ("extern int x; extern const int x;", "'x' is declared with another type"),
        ("typedef int t; typedef long t;", "'t' is declared as another type"),
        ("int t; typedef int t;", "'t' is declared as something else"),
        ("typedef int t; int t;", "'t' is declared as a type"),
        ("int A; enum { A };", "'A' is declared as something else"),
        ("enum { A = 1 }; enum { A = 2 };", "'A' is declared with another value"),
        ("struct s { int a; }; struct s { double a; };", "'struct s' is declared otherwise before, at test.h:1:8"),
        ("struct s { int a; }; struct s { int b; };", "'struct s' is declared otherwise"),
        ("enum e { A, B }; enum e { A };", "'enum e' is declared otherwise"),
        ("void f(struct s *); void f(struct t *);", "with another type"),
        ("void f(int (*)(int)); void f(int (*)(char));", "with another type"),
    ] {
        let found = parsed(text);
        let diagnostics = part(&found, "diagnostics");
        assert!(diagnostics.contains(wanted), "{text} {diagnostics}");
        assert_eq!(diagnostics.matches("\"severity\":\"error\"").count(), 1, "{text} {diagnostics}");
    }
    assert_eq!(functions("int f(int); int f(double), g(void);"), "{f,result:{int},params:[{{int}}]},{g,result:{int},params:[]}");
    assert_eq!(globals("extern int a[]; int a[3];"), "{a,{array {int},length:3}}");
    assert!(functions("int f(a, b) int a; char b; { } int f();").contains("params:[{a,{int}},{b,{int}}]"));
}

#[test]
fn arguments_without_a_prototype_are_promoted() {
    for (text, wanted) in [
        ("int f(x) float x; { return x; }", "params:[{x,{double}}],unprototyped"),
        ("int f(x, y) short y; unsigned char x; { return x; }", "params:[{x,{int}},{y,{int}}]"),
        ("int f(x) _Bool x; { return x; }", "params:[{x,{int}}]"),
        ("typedef float real; int f(x) real x; { return x; }", "params:[{x,{double}}]"),
        ("int f(x, y, z) long x; char *y; char z[3]; { return x; }", "params:[{x,{long}},{y,{*{char}}},{z,{*{char}}}]"),
        ("int f(x, y) unsigned x; { return x; }", "params:[{x,{unsigned int}},{y,{int}}]"),
        ("int f(float x, char y);", "params:[{x,{float}},{y,{char}}]"),
    ] {
        let found = functions(text);
        assert!(found.contains(wanted), "{text} {found}");
    }
}

#[test]
fn qualifiers_of_arrays_are_those_of_their_elements() {
    for (text, wanted) in [
        ("typedef char name_t[8]; void f(const name_t x);", "params:[{x,{*{char,const}}}]"),
        ("typedef const char name_t[8]; void f(name_t x);", "params:[{x,{*{char,const}}}]"),
        ("typedef char name_t[8]; typedef const name_t fixed_t; void f(fixed_t x);", "params:[{x,{*{char,const}}}]"),
        ("typedef char rows_t[2][3]; void f(volatile rows_t x);", "params:[{x,{*{array {char,volatile},length:3}}}]"),
        ("typedef char name_t[8]; void f(const name_t *x);", "params:[{x,{*{kind:typedef,typedef:0,const}}}]"),
        ("typedef char name_t[8]; void f(name_t x);", "params:[{x,{*{char}}}]"),
        ("void f(char x[const 8]);", "params:[{x,{*{char}}}]"),
    ] {
        let found = functions(text);
        assert!(found.contains(wanted), "{text} {found}");
    }
}

#[test]
fn macros_hide_enumerators() {
    for (text, wanted) in [
        ("enum { A = 1 };\n#define A 2\n", "{A,kind:int,value:2,{int}}"),
        ("enum { A = 1 };\n#define A A\n", "{A,kind:enumerator,value:1,enum:0}"),
        ("enum { A = 1 };\n#define A (A)\n", "{A,kind:enumerator,value:1,enum:0}"),
        ("enum { A = 1 };\n#define A (A + 1)\n", "{A,kind:int,value:2,{int}}"),
        ("enum { A = 1 };\n#define A \"x\"\n", "{A,kind:string,value:x}"),
        ("enum { A = 1 };\n#define A(x) x\n", "{A,kind:enumerator,value:1,enum:0}"),
        ("enum { A = 1 };\n#define A f\nint f(void);", ""),
        ("enum { A = 1 };\n#define A 2\n#undef A\n", "{A,kind:enumerator,value:1,enum:0}"),
    ] {
        assert_eq!(shown(text, "constants"), wanted, "{text}");
    }
}

#[test]
fn what_is_known_of_an_enum_only_in_part_is_not_used() {
    let text = "enum e { A, B = foo }; struct s { enum e x; }; int f(enum e); int g(enum e *); enum d; int h(enum d);";
    let found = functions(text);
    assert!(
        found.contains("uncallable:its parameter 1 cannot be passed: enum e: its declaration was skipped: 'foo' is not known"),
        "{found}"
    );
    assert!(found.contains("uncallable:its parameter 1 cannot be passed: enum d: it is declared only"), "{found}");
    assert!(!found.split("{g,").nth(1).unwrap().split("{h,").next().unwrap().contains("uncallable"), "{found}");
    let found = parsed(text);
    assert!(part(&found, "records").contains("\"problem\":\"its field 'x': enum e: its declaration was skipped"), "{found}");
    assert_eq!(part(&parsed("enum e : short; int f(enum e);"), "diagnostics"), "");
    assert!(!functions("enum e : short; int f(enum e);").contains("uncallable"));
}

#[test]
fn what_would_be_laid_out_otherwise_is_told() {
    for (text, wanted) in [
        ("struct s { int a; char a; };", "the field 'a' is there twice"),
        ("struct s { int a; union { int b; struct { char a; }; }; };", "the field 'a' is there twice"),
        ("struct s { static int a; int b; };", "'static' does not begin a field"),
        ("struct s { extern int a; };", "'extern' does not begin a field"),
        ("signed unsigned x;", "these words do not make a type"),
        ("#pragma ms_struct on\n", "'#pragma ms_struct' is not followed"),
    ] {
        assert!(part(&parsed(text), "diagnostics").contains(wanted), "{text}");
    }
    for (text, wanted) in [
        ("struct __attribute__((aligned(8))) s { int a; } __attribute__((aligned(2)));", "its attributes ask for different alignments"),
        ("struct s { int : 3; };", "no field of it has a name"),
        ("struct s { } __attribute__((aligned(16)));", "no field of it has a name"),
        ("#pragma pack(4)\nstruct s { long a : 3; } __attribute__((packed));", "a pragma and an attribute pack its bit-fields"),
    ] {
        assert!(part(&parsed(text), "records").contains(wanted), "{text}");
    }
    let agreed = "struct __attribute__((aligned(8))) s { int a; } __attribute__((aligned(8)));\n#pragma pack(1)\nstruct t { long a : 3; } __attribute__((packed));";
    assert!(!parsed(agreed).contains("problem"));
    assert_eq!(part(&parsed("struct s { int a; int : 3; int : 0; union { int b; char c; }; };"), "diagnostics"), "");
    for (text, wanted) in [
        ("typedef float t __attribute__((mode(DF))); t f(void);", "{t,{double}}"),
        ("typedef unsigned t __attribute__((__mode__(__HI__))); t f(void);", "{t,{unsigned short}}"),
        ("typedef int t __attribute__((mode(V4SI))); t f(void);", "{t,{kind:opaque,mode(V4SI),size:null"),
        ("typedef _Complex float t __attribute__((mode(TC))); t f(void);", "{t,{kind:opaque,mode(TC),size:null"),
    ] {
        let found = shown(text, "typedefs");
        assert!(found.contains(wanted), "{text} {found}");
    }
}
