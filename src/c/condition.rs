//! The expressions of `#if`, and what can be asked in them.

use super::arithmetic;
use super::directives::bracketed;
use super::expression::{Operands, State, conditional, nested};
use super::lexer::{Kind, Token};
use super::literal;
use super::preprocessor::Preprocessor;
use super::source::Fault;
use super::target::{System, Target};
use super::value::{Int, Value};

/// Attributes that mean something here.
const ATTRIBUTES: &[&str] = &[
    "aligned",
    "packed",
    "noreturn",
    "deprecated",
    "vector_size",
    "mode",
    "malloc",
    "nonnull",
    "pure",
    "const",
    "format",
    "unused",
    "visibility",
    "warn_unused_result",
    "always_inline",
    "cdecl",
    "stdcall",
    "fastcall",
    "ms_abi",
    "sysv_abi",
];

struct Condition<'a, 's> {
    tokens: &'a [Token<'s>],
    end: Token<'s>,
    target: Target,
    state: State,
}

/// Whether the expression is not 0.
///
/// # Errors
///
/// When it is no expression, or divides by zero.
pub fn is_true<'s>(tokens: &[Token<'s>], directive: Token<'s>, target: Target) -> Result<bool, Fault> {
    let end = Token { kind: Kind::End, text: "", at: tokens.last().map_or(directive.at, |last| last.at), ..directive };
    let mut condition = Condition { tokens, end, target, state: State::default() };
    let value = conditional(&mut condition)?;
    let rest = condition.peek();
    if rest.kind == Kind::End { Ok(value.is_true()) } else { Err(Fault::new(rest.at, format!("'{}' does not belong here", rest.text))) }
}

impl<'s> Operands<'s> for Condition<'_, 's> {
    fn peek(&self) -> Token<'s> {
        self.tokens.first().copied().unwrap_or(self.end)
    }

    fn advance(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or(&[]);
    }

    fn unary(&mut self) -> Result<Value, Fault> {
        let token = self.peek();
        let fault = |message: String| Fault::new(token.at, message);
        self.advance();
        match token.kind {
            Kind::Name if self.peek().is("(") && self.state.unevaluated == 0 => {
                Err(fault(format!("'{}' is not a macro that takes arguments", token.text)))
            }
            Kind::Name => {
                if self.peek().is("(") {
                    self.skip_brackets();
                }
                Ok(Value::Int(i128::from(token.text == "true"), Int::LLong))
            }
            // All integers are of the largest type.
            Kind::Number | Kind::Char => match literal::value_of(token, self.target).map_err(fault)? {
                Value::Int(value, ty) if !self.target.is_signed(ty) || !Int::LLong.holds(value, self.target) => {
                    Ok(Value::Int(value, Int::ULLong))
                }
                Value::Int(value, _) | Value::Char(value) => Ok(Value::Int(value, Int::LLong)),
                _ => Err(fault("'#if' needs an integer".to_owned())),
            },
            Kind::Punct if token.text == "(" => {
                let value = nested(self, conditional)?;
                let close = self.peek();
                if !close.is(")") {
                    return Err(Fault::new(close.at, "')' is missing"));
                }
                self.advance();
                Ok(value)
            }
            Kind::Punct if matches!(token.text, "!" | "-" | "+" | "~") => {
                let value = nested(self, |condition| condition.unary())?;
                arithmetic::unary(token.text, &value, self.state.unevaluated == 0, self.target).map_err(fault)
            }
            _ => Err(fault("'#if' needs an expression".to_owned())),
        }
    }

    fn target(&self) -> Target {
        self.target
    }

    fn state(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Condition<'_, '_> {
    fn skip_brackets(&mut self) {
        let mut depth = 0;
        while self.peek().kind != Kind::End {
            let token = self.peek();
            self.advance();
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
        }
    }
}

impl<'s> Preprocessor<'s> {
    /// Whether `#ifdef` finds it.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.macros.contains_key(name)
            || matches!(name, "__LINE__" | "__FILE__" | "__DATE__" | "__TIME__" | "__COUNTER__")
            || self.is_query(name)
    }

    fn is_query(&self, name: &str) -> bool {
        let is_gnu = self.target.system != System::Windows;
        match name {
            "__has_include" | "__has_include_next" => true,
            "__has_attribute" | "__has_c_attribute" | "__has_cpp_attribute" | "__has_builtin" | "__has_feature" | "__has_extension" => {
                is_gnu
            }
            _ => false,
        }
    }

    /// The answer to `defined X` and the like, where that is what comes.
    pub(super) fn answer(&mut self, query: Token<'s>) -> Option<Token<'s>> {
        if query.text != "defined" && !self.is_query(query.text) {
            return None;
        }
        let open = self.raw();
        let mut words = Vec::new();
        if open.is("(") {
            let mut depth = 0;
            loop {
                let token = self.raw();
                if token.kind == Kind::End || (depth == 0 && token.is(")")) {
                    break;
                }
                depth += i32::from(token.is("(")) - i32::from(token.is(")"));
                words.push(token);
            }
        } else {
            words.push(open);
        }
        let is_so = match (query.text, words.first()) {
            (_, None) => false,
            ("defined", Some(name)) => self.is_defined(name.text),
            ("__has_include" | "__has_include_next", Some(first)) => {
                let is_quoted = first.kind == Kind::String;
                let name = if is_quoted { Some(first.text.trim_matches('"').to_owned()) } else { bracketed(&words) };
                let from = self.sources.get(query.at.source).name;
                name.is_some_and(|name| self.find(&name, is_quoted, from).is_some())
            }
            ("__has_attribute" | "__has_c_attribute" | "__has_cpp_attribute", Some(name)) => {
                ATTRIBUTES.contains(&name.text.trim_matches('_'))
            }
            // No built-in function can be called here, and what a feature means is for compilers.
            _ => false,
        };
        Some(Token { kind: Kind::Number, text: if is_so { "1" } else { "0" }, ..query })
    }
}
