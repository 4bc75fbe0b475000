use super::parsed;

#[test]
fn try_it() {
    println!(
        "{}",
        parsed(
            "int add(int a, double b); struct p { int x:3; char *y; struct { long z; }; }; typedef struct p P; void f(P p, const char *s, void (*cb)(int, void*)); enum e { A, B = 1 << 4, C }; \n#define X (A + 3)\n extern foo bar(int);"
        )
    );
}
