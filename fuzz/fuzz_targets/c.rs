//! `cargo +nightly fuzz run c`: no text makes the parser of C panic, or run away.
#![no_main]

use arkffi::c::{Includes, Options, Target, parse};
use libfuzzer_sys::fuzz_target;

struct Itself(String);

impl Includes for Itself {
    fn read(&self, name: &str, _: Option<&str>) -> Option<(String, String)> {
        Some((name.to_owned(), self.0.clone()))
    }
}

fuzz_target!(|input: (u8, bool, String)| {
    let (target, is_preprocessed, text) = input;
    let names: Vec<_> = Target::names().collect();
    let target = Target::named(names[usize::from(target) % names.len()]).unwrap();
    let options = Options { file: "fuzz.h".to_owned(), target, is_preprocessed, define: Vec::new() };
    parse(text.clone(), &options, &Itself(text));
});
