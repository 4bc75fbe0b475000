//! What the parser makes of small texts.

mod language;

use super::{Includes, Options, Target, parse};

pub(super) struct Nowhere;

impl Includes for Nowhere {
    fn read(&self, _: &str, _: Option<&str>) -> Option<(String, String)> {
        None
    }
}

pub(super) fn parsed_for(target: &str, text: &str) -> String {
    let target = Target::named(target).unwrap();
    let options = Options { file: "test.h".to_owned(), target, is_preprocessed: false, define: Vec::new() };
    parse(text.to_owned(), &options, &Nowhere)
}

pub(super) fn parsed(text: &str) -> String {
    parsed_for("x86_64-linux", text)
}
