use super::{parsed, parsed_for, parsed_with};

/// A text that ends, whatever it is made of. What is not bounded does not end: the test takes hours, or all memory.
fn survives(name: &str, text: &str) {
    let found = parsed(text);
    assert!(found.ends_with('}'), "{name}");
}

#[test]
fn depth_is_bounded() {
    let many = 20_000;
    for (name, before, after) in [
        ("parentheses of a declarator", "int ", "("),
        ("pointers", "int ", "*"),
        ("parentheses of an expression", "int a[", "("),
        ("parentheses of #if", "#if ", "("),
        ("signs", "int a[", "-"),
        ("nots of #if", "#if ", "!"),
        ("conditions", "int a[", "1?1:"),
        ("conditions to the left", "int a[", "1?"),
        ("records", "", "struct {"),
        ("enums", "", "enum { A = sizeof("),
        ("parameters", "int f", "(int (*)"),
        ("dimensions", "int a", "[1]"),
        ("sizes", "int a[", "sizeof "),
        ("casts", "int a[", "(int)"),
        ("sums", "int a[1", "+1"),
        ("attributes", "int a ", "__attribute__((aligned(1)))"),
        ("alignments", "", "_Alignas(sizeof(struct { "),
        ("types of types", "int x; ", "typeof("),
        ("groups", "", "#if 1\n"),
        ("brackets", "int a = ", "{"),
        ("linkages", "", "extern \"C\" {"),
        ("strings", "#define X ", "\"a\" "),
        ("qualifiers", "", "const "),
        ("calls", "#define f(x) x\nint a = ", "f("),
        ("products", "#define X 1", " * 3"),
        ("arguments of attributes", "int a __attribute__((x", "("),
        ("packs", "", "#pragma pack(push, 1)\n"),
    ] {
        survives(name, &format!("{before}{}", after.repeat(many)));
    }
    let chain: String =
        (1..20_000).map(|index| format!("typedef t{} *t{index}; typedef struct {{ t{} x; }} s{index};\n", index - 1, index - 1)).collect();
    survives("typedefs of typedefs", &format!("typedef int t0; {chain}"));
    let nested: String = (1..5_000).map(|index| format!("struct s{index} {{ struct s{} a; }};\n", index - 1)).collect();
    survives("records in records", &format!("struct s0 {{ int a; }}; {nested}"));
    let typeofs: String = (1..5_000).map(|index| format!("typeof(v{}) *v{index};\n", index - 1)).collect();
    survives("types of variables", &format!("int v0; {typeofs}"));
    let unions: String = (1..200)
        .map(|index| format!("struct s{index} {{ struct s{} a[9]; union {{ struct s{} b; int c; }}; }};\n", index - 1, index - 1))
        .collect();
    survives("sizes that multiply", &format!("struct s0 {{ int a; }}; {unions}"));
}

#[test]
fn growth_is_bounded() {
    let doubling: String = (1..60).map(|index| format!("#define a{index} a{} a{}\n", index - 1, index - 1)).collect();
    survives("tokens that double", &format!("{doubling}int x = a59;"));
    survives("tokens that double in a constant", &doubling);
    let calls: String = (1..60).map(|index| format!("#define f{index}(x) f{}(f{}(x))\n", index - 1, index - 1)).collect();
    survives("calls that double", &format!("#define f0(x) x + x\n{calls}int x = f59(1);"));
    let pasted: String = (1..60).map(|index| format!("#define p{index} J(p{}, p{})\n", index - 1, index - 1)).collect();
    survives("names that double", &format!("#define I(a, b) a##b\n#define J(a, b) I(a, b)\n#define p0 x\n{pasted}int p59;"));
    let quoted: String = (1..60).map(|index| format!("#define q{index} S(q{})\n", index - 1)).collect();
    survives("quotes of quotes", &format!("#define T(a) #a\n#define S(a) T(a)\n#define q0 \"\n{quoted}int x = q59;"));
    let many: String = (0..100).map(|index| format!("int x{index};\n")).collect();
    let unended = format!("#include \"unended.h\"\n#include \"unended.h\"\n#ifdef X\n{many}/* {many}").leak();
    let found = parsed_with(&[("unended.h", unended)], "#include \"unended.h\"\n");
    assert!(found.len() < 30_000_000, "{}", found.len());
    let headers = [("self.h", "#include \"self.h\"\n#include \"self.h\"\n"), ("guarded.h", "#include \"guarded.h\"\nint x;\n")];
    let found = parsed_with(&headers, "#include \"self.h\"\n#include \"guarded.h\"\nint after;");
    assert!(found.contains("files include each other more than 64 deep"));
}

/// Small and repeatable (Vigna's splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % end.max(1) as u64) as usize
    }
}

const SEEDS: &[&str] = &[
    "typedef struct s { unsigned a : 3; char b[4][5]; union { int c; float d; }; struct s *next; } s, *sp;",
    "extern int (*f(int (*)(const char *, ...), va_list))[3] __attribute__((aligned(8), deprecated(\"no\"))) __asm__(\"g\");",
    "#define A(x, ...) #x x##__VA_ARGS__ , ## __VA_ARGS__\n#if defined(A) && A(1) > 0x7f || 'x'\nenum e : short { B = sizeof(long) << 2, C };\n#elif 1\n#else\n#endif\n",
    "#pragma pack(push, 2)\n_Static_assert(1 ? 2 : 3, \"\\x41\\u20ac\\777\");\n#include <stdint.h>\nuint32_t v = { 1, 2 }, w;\n#line 3 \"f.h\"\n",
    "extern \"C\" { static inline int g(a, b) int a; char *b; { return a; } }\ntypeof(1.5e3f) h; _Alignas(16) double _Complex z; /* c */ // d\n",
    "#define X ((void *)-1)\n#define Y (1.0e-5L / 0x1p3)\n#define Z __builtin_offsetof(struct { int a[3]; }, a[1])\n[[gnu::packed]] __int128 q;",
];

const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    "*",
    "#",
    "##",
    "\\\n",
    "\"",
    "'",
    "/*",
    "*/",
    "//",
    "\n",
    "...",
    "::",
    ":",
    "?",
    "struct ",
    "union ",
    "enum ",
    "typedef ",
    "sizeof",
    "-1",
    "0x",
    "1e",
    "18446744073709551616",
    "é",
    "\0",
    "\u{feff}",
    "#if ",
    "#else\n",
    "#endif\n",
    "#define ",
    "__attribute__((",
    "__VA_ARGS__",
    "_Pragma(\"",
    "int ",
    "long ",
    "_BitInt(",
    "__declspec(",
    "asm(",
    "[[",
    "typeof(",
    "\\u",
    "L'",
    "#include ",
    "<",
    ">",
    "#line 4294967295\n",
    "__LINE__",
    "defined",
    "<<",
    "%:%:",
    "INT64_MIN / -1",
    "@",
    "$",
    "`",
    "\r\n",
];

fn mutated(random: &mut Random) -> String {
    let mut text: Vec<char> = SEEDS[random.below(SEEDS.len())].chars().collect();
    if random.below(3) == 0 {
        text.extend(SEEDS[random.below(SEEDS.len())].chars());
    }
    for _ in 0..=random.below(8) {
        let at = random.below(text.len() + 1);
        let end = (at + random.below(9)).min(text.len());
        match random.below(4) {
            0 => drop(text.drain(at..end)),
            1 => drop(text.splice(at..at, PIECES[random.below(PIECES.len())].chars())),
            2 => drop(text.splice(at..end, PIECES[random.below(PIECES.len())].chars())),
            _ => {
                let copied: Vec<char> = text[at..end].to_vec();
                let to = random.below(text.len() + 1);
                drop(text.splice(to..to, copied));
            }
        }
    }
    text.into_iter().collect()
}

/// `ARKFFI_SEED=1000 ARKFFI_COUNT=100000 cargo test --release --lib c::tests::hostile` goes on searching.
#[test]
fn no_text_panics() {
    let number = |name: &str, fallback: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let first = number("ARKFFI_SEED", 1);
    for seed in first..first + number("ARKFFI_COUNT", 3_000) {
        let text = mutated(&mut Random(seed));
        let targets: Vec<_> = super::Target::names().collect();
        let target = targets[seed as usize % targets.len()];
        let outcome = std::panic::catch_unwind(|| parsed_for(target, &text));
        assert!(outcome.is_ok_and(|found| found.starts_with('{') && found.ends_with('}')), "seed {seed}: {text:?}");
    }
}
