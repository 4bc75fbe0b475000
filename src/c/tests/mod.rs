//! What the parser makes of small texts.

mod constants;
mod errors;
mod hostile;
mod language;
mod layouts;
mod preprocessing;
mod recovery;
mod redeclarations;

use super::{Includes, Options, Target, parse};
use std::collections::HashMap;

/// Headers by name.
struct Memory(HashMap<&'static str, &'static str>);

impl Includes for Memory {
    fn read(&self, name: &str, _: Option<&str>) -> Option<(String, String)> {
        self.0.get(name).map(|text| (name.to_owned(), (*text).to_owned()))
    }
}

fn options(target: &str) -> Options {
    Options { file: "test.h".to_owned(), target: Target::named(target).unwrap(), is_preprocessed: false, define: Vec::new() }
}

fn parsed_for(target: &str, text: &str) -> String {
    parse(text.to_owned(), &options(target), &Memory(HashMap::new()))
}

fn parsed(text: &str) -> String {
    parsed_for("x86_64-linux", text)
}

fn parsed_with(headers: &[(&'static str, &'static str)], text: &str) -> String {
    parse(text.to_owned(), &options("x86_64-linux"), &Memory(headers.iter().copied().collect()))
}

/// The JSON text of the member `key` of a unit, whose texts hold no bracket of their own.
fn part<'a>(json: &'a str, key: &str) -> &'a str {
    let start = json.find(&format!("\"{key}\":[")).unwrap() + key.len() + 3;
    let mut depth = 0;
    for (at, character) in json[start..].char_indices() {
        match character {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &json[start + 1..start + at];
        }
    }
    panic!("{key} does not end in {json}");
}

/// Positions are beside the point in most tests.
fn without_positions(json: &str) -> String {
    let mut parts = json.split(",\"at\":[");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |text, part| text + part.split_once(']').map_or("", |(_, rest)| rest))
}

/// The member `key` of the unit of a text, shortened to C's words, as `name: type; …`.
fn shown(text: &str, key: &str) -> String {
    shortened(&without_positions(part(&parsed(text), key)))
}

fn functions(text: &str) -> String {
    shown(text, "functions")
}

fn globals(text: &str) -> String {
    shown(text, "globals")
}

/// Takes the marks of JSON away, and what the kinds say anyway.
fn shortened(json: &str) -> String {
    let mut text = json.replace("{\"kind\":\"void\"}", "void").replace("\"kind\":\"bool\"", "bool");
    for (name, size, is_signed) in [
        ("char", 1, true),
        ("signed char", 1, true),
        ("unsigned char", 1, false),
        ("short", 2, true),
        ("unsigned short", 2, false),
        ("int", 4, true),
        ("unsigned int", 4, false),
        ("long", 8, true),
        ("unsigned long", 8, false),
        ("long long", 8, true),
        ("unsigned long long", 8, false),
    ] {
        text = text.replace(&format!("\"kind\":\"int\",\"name\":\"{name}\",\"size\":{size},\"signed\":{is_signed}"), name);
    }
    for (name, size) in [("float", 4), ("double", 8)] {
        text = text.replace(&format!("\"kind\":\"float\",\"name\":\"{name}\",\"size\":{size}"), name);
    }
    text = text
        .replace("\"kind\":\"pointer\",\"to\":", "*")
        .replace("\"kind\":\"array\",\"of\":", "array ")
        .replace("\"kind\":\"function\",", "fn ");
    text.replace(['"'], "").replace(":true", "").replace("name:", "").replace("type:", "")
}

#[test]
fn the_first_prototype() {
    assert_eq!(functions("int add(int a, double b);"), "{add,result:{int},params:[{a,{int}},{b,{double}}]}");
}
