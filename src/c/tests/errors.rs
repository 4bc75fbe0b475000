use super::{functions, parsed, parsed_with, part};

#[test]
fn errors_show_the_place() {
    for (text, wanted) in [
        ("int f(int);\n  int g(foo x);\n", r#""text":"test.h:2:9: unknown type 'foo'\n  int g(foo x);\n        ^""#),
        ("\tint é, @;\n", r#""text":"test.h:1:9: a name is expected, not '@'\n\tint é, @;\n\t       ^""#),
        ("# 40 \"other.h\"\nint x\n", r#""text":"other.h:40:5: ',' or ';' is expected, not the end\nint x\n    ^""#),
        ("int a[-1];", "an array cannot have -1 elements"),
        ("int a[1 / 0];", "division by zero"),
        ("long float x;", "test.h:1:1: these words do not make a type"),
        ("struct s { int x; } struct t { int y; };", "a name is expected, not 'struct'"),
        ("struct s { struct s inner; };", "the field 'inner' is of the incomplete type 's'"),
        ("struct s { int b : 33; };", "a bit-field of this type has 1 to 32 bits, not 33"),
        ("union u { int a; }; struct u x;", "the tag 'u' is of another kind"),
        ("typedef int count_type; count_typ f(void);", "unknown type 'count_typ': did you mean 'count_type'?"),
        ("int f(void); int f;", "'f' is declared as something else before"),
        ("#include <nowhere.h>\n", "test.h:1:2: the header 'nowhere.h' is not found"),
        ("#error no\n", "test.h:1:2: #error no"),
        ("#if 1\n", "this '#if' has no '#endif'"),
        ("#endif\n", "'#endif' without '#if'"),
        ("#if F(1)\n#endif\n", "'F' is not a macro that takes arguments"),
        ("#define M(a, b) a\nint M(x);", "the macro 'M' takes 2 arguments, not 1"),
        ("_Static_assert(sizeof(int) == 8, \"wide\");", "an assertion does not hold: wide"),
    ] {
        let found = parsed(text);
        assert!(part(&found, "diagnostics").contains(wanted), "{text} {found}");
    }
}

#[test]
fn a_bad_declaration_is_skipped_and_tells_its_names() {
    for (text, names) in [
        ("foo f(int x);", "\"f\""),
        ("foo (*f)(int x);", "\"f\""),
        ("int a, b[-1], c;", "\"a\",\"b\",\"c\""),
        ("typedef foo bar;", "\"bar\""),
        ("typedef struct { foo x; } bar, *baz;", "\"bar\",\"baz\""),
        ("foo f(void) { int x; return g(x); }", "\"f\""),
        ("foo f(void)\nextern int unharmed(void);", "\"f\""),
    ] {
        let text = format!("int before(void);\n{text}\nint after(void);");
        let found = parsed(&text);
        let diagnostics = part(&found, "diagnostics");
        assert!(diagnostics.contains(&format!("\"names\":[{names}]")), "{text} {diagnostics}");
        let functions = functions(&text);
        assert!(functions.starts_with("{before,") && functions.contains("{after,"), "{text} {functions}");
        assert_eq!(diagnostics.matches("\"severity\"").count(), 1, "{text} {diagnostics}");
    }
}

#[test]
fn what_uses_a_skipped_type_still_counts_where_that_does_not_matter() {
    let found = functions("typedef foo bar; int f(bar *); int g(bar);");
    assert!(found.contains("{f,result:{int},params:[{{*{kind:typedef,typedef:0}}}]}"), "{found}");
    assert!(found.contains("uncallable:its parameter 1 cannot be passed: its declaration was skipped: unknown type 'foo'"), "{found}");
}

#[test]
fn errors_in_included_files_name_them() {
    let found = parsed_with(&[("a.h", "\nfoo f;\n")], "#include \"a.h\"\nint g(void);");
    assert!(part(&found, "diagnostics").contains("a.h:2:1: unknown type 'foo'"), "{found}");
    assert!(part(&found, "functions").contains("\"g\""));
}
