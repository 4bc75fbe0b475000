use super::{parsed, parsed_for, part, shortened, shown, without_positions};

fn constant(text: &str) -> String {
    shown(&format!("#define X {text}\n"), "constants")
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
    let found = shown(text, "constants");
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

#[test]
fn arithmetic_is_that_of_c() {
    for (text, wanted) in [
        ("1 << 31", "kind:int,value:-2147483648,{int}"),
        ("-1 << 31", "kind:int,value:-2147483648,{int}"),
        ("1u << 31", "kind:int,value:2147483648,{unsigned int}"),
        ("3u << 31", "kind:int,value:2147483648,{unsigned int}"),
        ("-1u", "kind:int,value:4294967295,{unsigned int}"),
        ("0x7fffffff * 2u", "kind:int,value:4294967294,{unsigned int}"),
        ("-2147483648", "kind:int,value:-2147483648,{long}"),
        ("(-2147483647 - 1) % -2", "kind:int,value:0,{int}"),
        ("(signed char)200", "kind:int,value:-56,{signed char}"),
        ("(unsigned char)255.9", "kind:int,value:255,{unsigned char}"),
        ("(unsigned)-0.9", "kind:int,value:0,{unsigned int}"),
        ("(_Bool)0.5", "kind:int,value:1,{bool}"),
        ("(float)16777217", "kind:float,value:1.6777216e7,{float}"),
        ("(1 ? 3 : 1.0) / 2", "kind:float,value:1.5e0,{double}"),
        ("sizeof(0 ? 1 : 1.0f)", "kind:int,value:4,{unsigned long}"),
        ("sizeof(1 / 0L)", "kind:int,value:8,{unsigned long}"),
        ("0 && -(-2147483647 - 1) && (int)1e30", "kind:int,value:0,{int}"),
        ("sizeof(\"\\x89PNG\")", "kind:int,value:5,{unsigned long}"),
        ("sizeof(L\"a\" \"\u{e9}\")", "kind:int,value:12,{unsigned long}"),
        ("(unsigned __int128)-1 / 2 > 1", "kind:int,value:1,{int}"),
        ("u8'\\xff'", "kind:int,value:255,{unsigned char}"),
        ("0x1.fffffffffffff7ffp0", "kind:float,value:1.9999999999999998e0,{double}"),
        ("0x1.000001p0f", "kind:float,value:1e0,{float}"),
        ("0x1.0000010001p0f", "kind:float,value:1.0000001192092896e0,{float}"),
        ("0x0.8p-1074", "kind:float,value:0e0,{double}"),
        ("0x0.80001p-1074", "kind:float,value:5e-324,{double}"),
        ("1e400", "kind:float,value:Infinity,{double}"),
    ] {
        assert_eq!(constant(text), format!("{{X,{wanted}}}"), "{text}");
    }
    let wide = parsed("#define X -9223372036854775808\n");
    assert!(part(&wide, "constants").contains("\"value\":\"-9223372036854775808\""), "{wide}");
    let wide = parsed("#define X ((unsigned __int128)-1)\n");
    assert!(part(&wide, "constants").contains("\"value\":\"340282366920938463463374607431768211455\""), "{wide}");
}

#[test]
fn where_c_says_nothing_of_a_result_there_is_none() {
    for (text, wanted) in [
        ("(long)1.9e19", "1.9e19 is out of range for long"),
        ("(unsigned char)300.5", "300.5 is out of range for unsigned char"),
        ("(unsigned)-1.0", "-1.0 is out of range for unsigned int"),
        ("(int)(0.0 / 0.0)", "NaN is out of range for int"),
        ("2147483647 + 1", "the result is out of range for int"),
        ("-2147483647 - 2", "the result is out of range for int"),
        ("0x7fffffff * 2", "the result is out of range for int"),
        ("-(-2147483647 - 1)", "the result is out of range for int"),
        ("(-2147483647 - 1) / -1", "the result is out of range for int"),
        ("(-2147483647 - 1) % -1", "the result is out of range for int"),
        ("9223372036854775807 + 1", "the result is out of range for long"),
        ("3 << 31", "the result is out of range for int"),
        ("-3 << 31", "the result is out of range for int"),
        ("1 << 32", "a shift by 32 of a type of 32 bits"),
        ("1 >> -1", "a shift by -1 of a type of 32 bits"),
        ("1 % 0", "division by zero"),
        ("0xffffffffffffffffffffffffffffffff", "is too large"),
        ("18446744073709551616", "is too large"),
        ("(int)1.0L", "of a long double of 16 bytes only the digits of a double are known"),
        ("0.1L + 0.2L", "of a long double of 16 bytes"),
        ("1e4000L", "it is beyond a double"),
        ("1e-4000L", "it is beyond a double"),
        ("'\\x1ff'", "an escape is out of range"),
        ("'\\777'", "an escape is out of range"),
        ("\"\\x89PNG\"", "it holds bytes that are no text"),
        ("u\"\\xd800\"", "it holds bytes that are no text"),
        ("'\\x'", "digits are missing after"),
        ("\"\\u12\"", "needs 4 digits"),
        ("L\"a\" u\"b\"", "strings of different characters follow each other"),
    ] {
        let found = parsed(&format!("#define X {text}\n"));
        let macros = part(&found, "macros");
        assert!(macros.contains(wanted), "{text} {found}");
        assert_eq!(part(&found, "constants"), "", "{text}");
    }
    for text in
        ["int a[2147483647 + 2];", "enum { A = (int)1e10 };", "enum e : unsigned char { A = 256 };", "enum e : char { A = 127, B };"]
    {
        assert!(part(&parsed(text), "diagnostics").contains("out of range"), "{text}");
    }
    assert_eq!(part(&parsed_for("aarch64-darwin", "#define X (int)1.5L\n"), "macros"), "");
    assert!(part(&parsed("#if 9223372036854775807 + 1 > 0\n#endif\n"), "diagnostics").contains("the result is out of range"));
}

#[test]
fn enumerators_are_ints_where_they_can_be() {
    let text =
        "enum { A = 1, B = 0xffffffff };\n#define X (A - 2)\n#define Y (B - 1)\nenum e : unsigned char { C = 1 };\n#define Z sizeof(C)\n";
    let found = shown(text, "constants");
    assert!(found.contains("{X,kind:int,value:-1,{int}},{Y,kind:int,value:4294967294,{unsigned int}},{Z,kind:int,value:1,"), "{found}");
}
