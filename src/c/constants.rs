//! Macros that are constants, and why others are none.

use super::lexer::{Kind, Token};
use super::literal::{NO_TEXT, text_of};
use super::macros::Macro;
use super::parser::{Named, Parser};
use super::source::Fault;
use super::value::Value;
use std::collections::HashSet;
use std::rc::Rc;

/// A macro with its value, or why it has none.
pub struct Constant<'s> {
    /// The macro.
    pub of: Rc<Macro<'s>>,
    /// What it is, or the reason as the end of a sentence.
    pub value: Result<Value, String>,
}

impl<'s> Parser<'s> {
    /// The macros that are defined at the end, each once, in the order of their first definition.
    pub fn constants(&mut self) -> Vec<Constant<'s>> {
        let mut seen = HashSet::new();
        let names = std::mem::take(&mut self.preprocessor.defined);
        let names = names.into_iter().filter(|name| seen.insert(*name));
        let found: Vec<_> =
            names.filter_map(|name| self.preprocessor.macro_named(name).cloned()).filter(|found| !found.is_builtin).collect();
        found
            .into_iter()
            .map(|of| {
                let value = self.value_of(&of);
                Constant { of, value }
            })
            .collect()
    }

    fn value_of(&mut self, of: &Macro<'s>) -> Result<Value, String> {
        if of.params.is_some() {
            return Err("it takes arguments".to_owned());
        }
        if of.body.is_empty() {
            return Err("it is empty".to_owned());
        }
        of.is_active.set(true);
        let faults = self.preprocessor.faults.len();
        self.preprocessor.depends_on_place = false;
        let tokens = self.preprocessor.expand(&of.body);
        // What is wrong with a macro that nobody used is told with the macro.
        let fault = self.preprocessor.faults.drain(faults..).next();
        of.is_active.set(false);
        if let Some(fault) = fault {
            return Err(fault.message);
        }
        if self.preprocessor.depends_on_place {
            return Err("it depends on where it is used".to_owned());
        }
        if tokens.is_empty() {
            return Err("it is empty".to_owned());
        }
        if let Some(reason) = self.alias(&tokens) {
            return Err(reason);
        }
        let last = tokens.last().map_or(of.name.at, |token| token.at);
        let value = self.with_tokens(tokens, last, |parser| {
            let value = parser.constant()?;
            let rest = parser.token();
            match rest.kind {
                Kind::End => Ok(value),
                _ => Err(Fault::new(rest.at, format!("'{}' does not belong to a constant", rest.text))),
            }
        });
        match value {
            Ok(Value::Text(units, element)) if text_of(&units, element, self.target()).is_none() => Err(NO_TEXT.to_owned()),
            Ok(value) => Ok(value),
            Err(fault) => Err(format!("it is not a constant: {}", fault.message)),
        }
    }

    /// What a macro of one name stands for.
    fn alias(&self, tokens: &[Token<'s>]) -> Option<String> {
        let [token] = tokens else { return None };
        let kind = match self.names.get(token.text)? {
            Named::Function(_) => "function",
            Named::Global(_) => "variable",
            Named::Typedef(_) => "type",
            Named::Enumerator(..) => return None,
        };
        Some(format!("it stands for the {kind} '{}'", token.text))
    }
}
