//! Constants, macros that are none, and diagnostics, as JSON text.

use super::constants::Constant;
use super::json::Writer;
use super::literal::text_of;
use super::output::Output;
use super::source::{Fault, Place};
use super::types::{Declared, Ty};
use super::value::{Int, Value};
use std::collections::{HashMap, HashSet};

/// The longest text of a macro, and of a line, that is passed on, in characters.
const MAX_SHOWN: usize = 300;

impl<'s> Output<'_, 's> {
    pub(super) fn constants(&mut self, w: &mut Writer, constants: &[Constant<'s>]) {
        let unit = &self.parser.unit;
        let mut seen = HashSet::new();
        let enumerators = unit.enums.iter().enumerate().flat_map(|(index, found)| found.members.iter().map(move |member| (index, member)));
        let macros: HashMap<_, _> = constants.iter().map(|constant| (constant.of.name.text, constant)).collect();
        // A macro hides the enumerator of its name; `#define RED RED` beside an enumerator says nothing new.
        let is_hidden = |declared: &Declared<'s>, value: i128| match macros.get(declared.name) {
            Some(constant) => match &constant.value {
                Ok(known) => known.as_int().is_none_or(|(known, _)| known != value),
                Err(_) => constant.of.params.is_none(),
            },
            None => false,
        };
        let enumerators = enumerators.filter(|(_, (declared, value))| !is_hidden(declared, *value));
        let enumerators: Vec<_> = enumerators.filter(|(_, (declared, _))| seen.insert(declared.name)).collect();
        let values = constants.iter().filter_map(|constant| Some((constant, constant.value.as_ref().ok()?)));
        let values: Vec<_> = values.filter(|(constant, _)| seen.insert(constant.of.name.text)).collect();
        let all = enumerators.into_iter().map(Ok).chain(values.into_iter().map(Err));
        w.array(all, |w, item| {
            w.object(|w| match item {
                Ok((index, (declared, value))) => {
                    w.key("name").string(declared.name);
                    w.key("kind").string("enumerator");
                    w.key("value").integer(*value);
                    w.key("enum").integer(index as u32);
                    self.declared(w, declared);
                }
                Err((constant, value)) => {
                    w.key("name").string(constant.of.name.text);
                    self.value(w, value);
                    let end = constant.of.body.last().map(|last| Place { offset: last.at.offset + last.text.len() as u32, ..last.at });
                    let start = self.parser.preprocessor.line_start(constant.of.name.at);
                    self.declared(w, &Declared { name: "", at: Some(constant.of.name.at), start: Some(start), end });
                }
            });
        });
    }

    fn value(&self, w: &mut Writer, value: &Value) {
        let kind = match value {
            Value::Int(..) => "int",
            Value::Char(_) => "char",
            Value::Float(..) => "float",
            Value::Pointer(..) => "pointer",
            Value::Text(..) => "string",
        };
        w.key("kind").string(kind);
        match value {
            Value::Int(value, int) => {
                match int {
                    Int::UInt128 if *value < 0 => w.key("value").string(&(*value as u128).to_string()),
                    _ => w.key("value").integer(*value),
                }
                w.key("type");
                self.int(w, *int);
            }
            Value::Char(value) => w.key("value").integer(*value),
            Value::Float(value, float) => {
                w.key("value").float(*value);
                w.key("type").object(|w| {
                    w.key("kind").string("float");
                    w.key("name").string(float.name());
                    w.key("size").integer(self.parser.target().size_of_float(*float));
                });
            }
            Value::Pointer(value, id) => {
                w.key("value").integer(*value);
                w.key("type");
                self.ty(w, Ty { id: *id, is_const: false, is_volatile: false });
            }
            Value::Text(units, element) => {
                let text = text_of(units, *element, self.parser.target());
                w.key("value").string(text.as_deref().unwrap_or(""));
            }
        }
    }

    pub(super) fn other_macro(&mut self, w: &mut Writer, constant: &Constant<'s>) {
        let Err(reason) = &constant.value else { return };
        let of = &constant.of;
        w.object(|w| {
            w.key("name").string(of.name.text);
            self.at(w, Some(of.name.at));
            if let Some(params) = &of.params {
                w.key("params").array(params, |w, param| w.string(param));
            }
            let mut text = String::new();
            for (index, token) in of.body.iter().enumerate() {
                if index > 0 && token.is_spaced {
                    text.push(' ');
                }
                text.push_str(token.text);
                if text.len() > MAX_SHOWN {
                    break;
                }
            }
            w.key("text").string(&shown(&text));
            w.key("reason").string(reason);
        });
    }

    pub(super) fn diagnostics(&mut self, w: &mut Writer) {
        let parser = self.parser;
        // What the parser stumbled over too is told with what was lost by it.
        let told: HashSet<_> = parser.skipped.iter().map(|fault| (fault.at, fault.message.as_str())).collect();
        let faults = parser.preprocessor.faults.iter().filter(|fault| !told.contains(&(fault.at, fault.message.as_str())));
        let errors = faults.chain(&parser.skipped).map(|fault| ("error", fault));
        let warnings = parser.preprocessor.warnings.iter().map(|fault| ("warning", fault));
        w.array(errors.chain(warnings), |w, (severity, fault)| self.diagnostic(w, severity, fault));
    }

    fn diagnostic(&mut self, w: &mut Writer, severity: &str, fault: &Fault) {
        let position = self.parser.preprocessor.sources.position(fault.at);
        let line = shown(position.text);
        // The caret stays in its column whatever the width of a tab.
        let before = line.chars().take(position.column as usize - 1);
        let indent: String = before.map(|character| if character == '\t' { '\t' } else { ' ' }).collect();
        let caret = if line.chars().count() + 1 >= position.column as usize { "^" } else { "" };
        let text = format!("{}:{}:{}: {}\n{line}\n{indent}{caret}", position.file, position.line, position.column, fault.message);
        w.object(|w| {
            w.key("severity").string(severity);
            w.key("message").string(&fault.message);
            self.at(w, Some(fault.at));
            w.key("line").string(&line);
            w.key("text").string(&text);
            if !fault.names.is_empty() {
                w.key("names").array(&fault.names, |w, name| w.string(name));
            }
        });
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
