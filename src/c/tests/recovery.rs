use super::{functions, globals, parsed, part};

/// The names in the diagnostics.
fn lost(text: &str) -> Vec<String> {
    let found = parsed(text);
    let names = found.split("\"diagnostics\":[").nth(1).unwrap_or("").split("\"names\":[").skip(1);
    names.flat_map(|names| names.split(']').next().unwrap_or("").split(',').map(|name| name.trim_matches('"').to_owned())).collect()
}

#[test]
fn a_bracket_without_its_partner_hides_little() {
    for (text, names, left) in [
        ("int f(int;\nint g(int);", "f", "{g,"),
        ("int f(int\nint g(int);\nint h(void);", "f", "{g,"),
        ("int f(int a,\n      int b;\nint g(int);", "f", "{g,"),
        ("struct s { int a;\nint g(int);", "struct s", "{g,"),
        ("struct s {\n  int a;\n  int b;\nint g(int);\nint h(int);", "struct s", "{g,"),
        ("struct s {\n  int a\nint g(int);", "struct s", "{g,"),
        ("struct s {\n  int a;\nint g(int);\nstruct t { int c; };", "struct s", "{g,"),
        ("struct s {\n  int a;\nextern int g(int);\n", "struct s", "{g,"),
        ("enum e { A, B\nint g(void);", "enum e", "{g,"),
        ("enum e { A, B = , C };\nint g(void);", "enum e,B,C", "{g,"),
        ("struct s { int a[3; int b; };\nint g(int);", "struct s", "{g,"),
        ("struct s { int a;\nint g(int);\nstruct t { int b; };\nint h(int);", "struct s", "{g,"),
        ("int f(void) {\n  return 1;\nint g(int);\nint h(int);", "f", "{f,"),
        ("}\nint g(int);", "", "{g,"),
        ("foo\nint g(int);", "", "{g,"),
        ("MACRO(x)\nint g(int);", "MACRO", "{g,"),
        ("typedef struct __attribute__((packed)) { foo x; } bar;\nint g(bar *);", "bar", "{g,"),
        ("union u { foo x; } v;\nint g(int);", "v,union u", "{g,"),
        ("extern \"C\" {\nstruct s {\n  int a;\n  int g(int);\n}", "struct s", "{g,"),
    ] {
        let found = lost(text);
        let wanted: Vec<_> = names.split(',').filter(|name| !name.is_empty()).collect();
        assert_eq!(found, wanted, "{text}");
        assert!(parsed(text).contains("\"severity\":\"error\""), "{text}");
        let functions = functions(text);
        assert!(functions.contains(left), "{text} {functions}");
        if text.contains("h(") && !text.contains("h(void)") {
            assert!(functions.contains("{h,"), "{text} {functions}");
        }
    }
}

#[test]
fn what_a_missing_bracket_hides_is_named() {
    for (text, wanted) in [
        ("struct s { int a; int g(int);", vec!["struct s"]),
        ("int f(int a, int g(int), struct { int b; ", vec!["f"]),
        ("enum { A, B", vec![]),
        ("enum e { A = 1 +, B = 2 };", vec!["enum e", "A", "B"]),
        ("enum Q : foo { A, B = 2 } x;", vec!["x", "enum Q", "A", "B"]),
    ] {
        assert_eq!(lost(text), wanted, "{text}");
    }
}

#[test]
fn a_comment_without_an_end_is_told_with_what_it_hides() {
    let text = "int f(void);\n  /* a\nint g(int);\nextern int h;\n#define M 1\n";
    let found = parsed(text);
    let diagnostics = part(&found, "diagnostics");
    assert!(diagnostics.contains(r#""text":"test.h:2:3: this comment does not end\n  /* a\n  ^""#), "{diagnostics}");
    assert_eq!(lost(text), ["g", "h", "M"]);
    assert!(functions(text).starts_with("{f,"));
    let skipped = parsed("#if 0\n/* a\n#endif\nint g(int);\n");
    assert!(part(&skipped, "diagnostics").contains("test.h:2:1: this comment does not end"), "{skipped}");
    assert_eq!(part(&parsed("/**/ /*/ */ int f(void); /* * / **/"), "diagnostics"), "");
}

#[test]
fn a_quote_without_its_partner_is_told() {
    for (text, wanted) in [
        ("char *s = \"abc;\nint g(int);", r#"test.h:1:11: this string does not end in its line\nchar *s = \"abc;\n          ^"#),
        ("char c = 'a;\nint g(int);", "test.h:1:10: this character does not end in its line"),
        ("wchar_t *s = L\"abc\nint g(int);", "test.h:1:14: this string does not end in its line"),
        ("inline int f(void) { return '; }\nint g(int);", "test.h:1:29: this character does not end in its line"),
        ("int f(void) __asm__(\"x);\nint g(int);", "test.h:1:21: this string does not end in its line"),
    ] {
        let found = parsed(text);
        let diagnostics = part(&found, "diagnostics");
        assert!(diagnostics.contains(wanted), "{text} {diagnostics}");
        assert_eq!(diagnostics.matches("\"severity\"").count(), 1, "{text} {diagnostics}");
        assert!(functions(text).contains("{g,"), "{text}");
    }
    for text in ["#if 0\nit's\n#endif\n", "#define X don't\n", "// it's\n", "#error it's\n", "#pragma it's\n"] {
        assert!(!part(&parsed(text), "diagnostics").contains("does not end"), "{text}");
    }
}

#[test]
fn what_a_condition_hides_is_named() {
    for (text, wanted) in [
        ("#if F(1)\nint f(void);\n#define M 1\n#endif\nint g(void);", vec!["f", "M"]),
        ("#if 0\n#elif 1 +\nint f(void);\n#else\nint g(void);\n#endif\n", vec!["f"]),
        ("#if F(1)\nint f(void);\n#else\nint g(void);\n#endif\n", vec!["f"]),
        ("int g(void);\n#ifdef X\nint f(void);\n", vec!["f"]),
        ("int g(void);\n#define M(a\n", vec!["M"]),
        ("int g(void);\n#define M(1) 2\n", vec!["M"]),
    ] {
        assert_eq!(lost(text), wanted, "{text}");
        assert!(functions(text).contains("{g,"), "{text}");
    }
    assert_eq!(part(&parsed("#if 0\nint f(void);\n#endif\n"), "diagnostics"), "");
}

#[test]
fn enumerators_before_a_fault_are_known() {
    let text = "enum e { A = 5, B, C = , D } x;\nint a[B];";
    assert_eq!(lost(text), ["x", "enum e", "C", "D"]);
    let constants = super::without_positions(part(&parsed(text), "constants"));
    assert!(constants.contains(r#""name":"B","kind":"enumerator","value":6"#), "{constants}");
    assert!(globals(text).contains("length:6"));
}
