use super::{parsed, parsed_for, part, shortened, shown, without_positions};

/// The numbers behind a mark.
fn numbers(found: &str, mark: &str) -> String {
    let parts = found.split(mark).skip(1).map(|part| part.split([',', '}']).next().unwrap_or(""));
    parts.collect::<Vec<_>>().join(" ")
}

/// Sizes, alignments and places of the records.
fn layout(target: &str, text: &str) -> String {
    let found = without_positions(part(&parsed_for(target, text), "records"));
    let records = found.split("],\"size\":").skip(1).map(|part| part.split('}').next().unwrap_or("").replace(",\"alignment\":", "/"));
    let records: Vec<_> = records.collect();
    format!("{} at {} bits {}", records.join(" "), numbers(&found, "\"offset\":"), numbers(&found, "\"bit\":"))
}

#[test]
fn records_are_laid_out_as_the_target_does() {
    for (target, text, wanted) in [
        ("x86_64-linux", "struct s { char a; int b; short c; };", "12/4 at 0 4 8 bits "),
        ("x86_64-linux", "struct s { char a; int b; } __attribute__((packed));", "5/1 at 0 1 bits "),
        ("x86_64-linux", "struct __attribute__((packed)) s { char a; int b __attribute__((aligned(2))); };", "6/2 at 0 2 bits "),
        ("x86_64-linux", "#pragma pack(push, 2)\nstruct s { char a; int b; };\n#pragma pack(pop)\n", "6/2 at 0 2 bits "),
        ("x86_64-linux", "struct s { char a; int b; } __attribute__((aligned(16)));", "16/16 at 0 4 bits "),
        ("x86_64-linux", "struct s { char a; _Alignas(8) char b; };", "16/8 at 0 8 bits "),
        ("x86_64-linux", "#pragma pack(1)\nstruct s { char a; _Alignas(8) char b; } __attribute__((packed));", "2/1 at 0 1 bits "),
        ("x86_64-linux", "#pragma pack(2)\nstruct s { char a; int b; _Alignas(8) char c; } __attribute__((packed));", "8/2 at 0 1 6 bits "),
        ("x86_64-linux", "struct s { char a; int b __attribute__((packed)); };", "5/1 at 0 1 bits "),
        ("x86_64-linux", "struct s { int n; char data[]; };", "4/4 at 0 4 bits "),
        ("x86_64-linux", "struct s { unsigned a : 3, b : 7; int c; };", "8/4 at 0 0 4 bits 0 3"),
        ("x86_64-linux", "struct s { char a; long double b; };", "32/16 at 0 16 bits "),
        ("x86_64-linux", "typedef int t __attribute__((aligned(1))); struct s { char a; t b; };", "5/1 at 0 1 bits "),
        ("x86_64-linux", "struct s { long a; char b; };", "16/8 at 0 8 bits "),
        ("x86_64-windows", "struct s { long a; char b; };", "8/4 at 0 4 bits "),
        ("x86_64-windows", "__declspec(align(16)) struct s { char b; };", "1/1 at 0 bits "),
        ("x86_64-windows", "struct __declspec(align(16)) s { char b; };", "16/16 at 0 bits "),
        ("x86_64-windows", "struct s { char a : 4; int b : 4; };", "8/4 at 0 4 bits 0 0"),
        ("aarch64-linux", "struct s { char a; int : 0; char b; };", "8/4 at 0 4 bits "),
        ("x86_64-linux", "union s { char a; long b; };", "8/8 at 0 0 bits "),
    ] {
        assert_eq!(layout(target, text), wanted, "{target} {text}");
    }
}

#[test]
fn anonymous_records_are_fields_without_names() {
    let found = shown("struct s { int a; union { int b; float c; }; struct tag { int d; }; };", "records");
    assert!(found.starts_with("{tag:s,fields:[{a,{int},offset:0},{{kind:record,record:1},offset:4}],size:8,alignment:4}"), "{found}");
}

#[test]
fn enums_have_the_type_that_holds_them() {
    for (target, text, wanted) in [
        ("x86_64-linux", "enum e { A, B = 7 };", "unsigned int"),
        ("x86_64-linux", "enum e { A = -1 };", "int"),
        ("x86_64-linux", "enum e { A = 1UL << 40 };", "unsigned long"),
        ("x86_64-linux", "enum __attribute__((packed)) e { A = 200 };", "unsigned char"),
        ("x86_64-linux", "enum e : short { A };", "short"),
        ("x86_64-windows", "enum e { A = 0xffffffff };", "int"),
    ] {
        let found = shortened(&without_positions(part(&parsed_for(target, text), "enums")));
        assert!(found.starts_with(&format!("{{tag:e,{{{wanted}}}")), "{text} {found}");
    }
}

#[test]
fn a_record_without_a_layout_says_why() {
    for (text, wanted) in [
        ("typedef foo bar; struct s { bar b; };", "its field 'b': its declaration was skipped: unknown type 'foo'"),
        ("struct s { int a[0x7fffffff]; int b[0x7fffffff]; };", "a type has at most"),
        ("struct s { int a; } __attribute__((scalar_storage_order(\"big-endian\")));", "its bytes are in another order"),
        ("struct s { int a; foo b; };", "its declaration was skipped: unknown type 'foo'"),
    ] {
        let found = parsed(text);
        let records = part(&found, "records");
        assert!(records.contains(wanted) && !records.contains("alignment"), "{text} {records}");
    }
}
