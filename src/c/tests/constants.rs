use super::{parsed, parsed_for, part, shortened, without_positions};

fn constant(text: &str) -> String {
    shortened(&without_positions(part(&parsed(&format!("#define X {text}\n")), "constants")))
}

#[test]
fn macros_are_constants_with_cs_types() {
    for (text, wanted) in [
        ("1", "kind:int,value:1,{int}"),
        ("0x80000000", "kind:int,value:2147483648,{unsigned int}"),
        ("2147483648", "kind:int,value:2147483648,{long}"),
        ("0777", "kind:int,value:511,{int}"),
        ("0b101", "kind:int,value:5,{int}"),
        ("18446744073709551615ULL", "kind:int,value:18446744073709551615,{unsigned long long}"),
        ("(-1)", "kind:int,value:-1,{int}"),
        ("~0U", "kind:int,value:4294967295,{unsigned int}"),
        ("-1 + 0U", "kind:int,value:4294967295,{unsigned int}"),
        ("(1 << 4 | 2) * 3", "kind:int,value:54,{int}"),
        ("7 / 2 % 2 - -3", "kind:int,value:4,{int}"),
        ("-7 / 2", "kind:int,value:-3,{int}"),
        ("-1 >> 1", "kind:int,value:-1,{int}"),
        ("(unsigned char)300", "kind:int,value:44,{unsigned char}"),
        ("(int)3.9", "kind:int,value:3,{int}"),
        ("1 ? 2 : 3L", "kind:int,value:2,{long}"),
        ("0 && 1 / 0", "kind:int,value:0,{int}"),
        ("1 || 1 / 0", "kind:int,value:1,{int}"),
        ("sizeof(long) == 8", "kind:int,value:1,{int}"),
        ("sizeof(struct { char a; int b; })", "kind:int,value:8,{unsigned long}"),
        ("sizeof(\"abc\")", "kind:int,value:4,{unsigned long}"),
        ("__builtin_offsetof(struct { char a; int b[3]; }, b[1])", "kind:int,value:8,{unsigned long}"),
        ("((size_t)-1)", "kind:int,value:18446744073709551615,{unsigned long}"),
        ("'a'", "kind:char,value:97"),
        ("'\\xff'", "kind:char,value:-1"),
        ("'\\n'", "kind:char,value:10"),
        ("L'\\u20ac'", "kind:int,value:8364,{int}"),
        ("1.5f", "kind:float,value:1.5e0,{float}"),
        ("0.1", "kind:float,value:1e-1,{double}"),
        ("1e3 / 4", "kind:float,value:2.5e2,{double}"),
        ("0x1.8p1", "kind:float,value:3e0,{double}"),
        ("\"a\" \"b\\\"\\101\"", "kind:string,value:ab\\A"),
        ("((void *)0)", "kind:pointer,value:0,{*void}"),
        ("((char *)-1)", "kind:pointer,value:18446744073709551615,{*{char}}"),
        ("1'000'000", "kind:int,value:1000000,{int}"),
        ("true", "kind:int,value:1,{int}"),
    ] {
        assert_eq!(constant(text), format!("{{X,{wanted}}}"), "{text}");
    }
}

#[test]
fn macros_of_other_macros_and_enumerators() {
    let text = "#define A (B + C)\n#define C 2\n#define B ID(C)\n#define ID(x) ((x) * E)\nenum { E = 3 };\n#define U 1\n#undef U\n";
    let found = shortened(&without_positions(part(&parsed(text), "constants")));
    assert_eq!(
        found,
        "{E,kind:enumerator,value:3,enum:0},{A,kind:int,value:8,{int}},{C,kind:int,value:2,{int}},{B,kind:int,value:6,{int}}"
    );
}

#[test]
fn what_is_no_constant_says_why() {
    for (text, wanted) in [
        ("#define X", "it is empty"),
        ("#define X(a) a", "it takes arguments"),
        ("#define X f\nint f(void);", "it stands for the function 'f'"),
        ("#define X int", "it is not a constant"),
        ("#define X 1 / 0", "division by zero"),
        ("#define X Y", "'Y' is not known"),
        ("#define X 1 2", "'2' does not belong to a constant"),
        ("#define X __LINE__", "it depends on where it is used"),
        ("#define X X", "'X' is not known"),
        ("#define X ((", "'the end'"),
        ("#define X 1 << 64", "a shift by 64"),
    ] {
        let found = parsed(text);
        let macros = part(&found, "macros");
        assert!(macros.contains(wanted) || (wanted == "'the end'" && macros.contains("not the end")), "{text} {macros}");
        assert_eq!(part(&found, "constants"), "", "{text}");
    }
}

#[test]
fn types_of_constants_are_the_targets() {
    let found =
        shortened(&without_positions(part(&parsed_for("x86_64-windows", "#define X 2147483648\n#define Y sizeof(long)\n"), "constants")));
    assert_eq!(found, "{X,kind:int,value:2147483648,{long long}},{Y,kind:int,value:4,{unsigned long long}}");
}
