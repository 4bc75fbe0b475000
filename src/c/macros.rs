//! Macros, and what a call of one stands for (ISO C11, section 6.10.3).

use super::lexer::{Kind, Lexer, Token};
use super::source::Texts;
use std::cell::Cell;

/// A macro.
pub struct Macro<'s> {
    /// Where its name is.
    pub name: Token<'s>,
    /// Of a function-like macro.
    pub params: Option<Vec<&'s str>>,
    /// The last parameter takes all arguments that are left.
    pub is_variadic: bool,
    /// What it stands for.
    pub body: Vec<Token<'s>>,
    /// It is being expanded, and does not expand in what comes of it.
    pub is_active: Cell<bool>,
    /// Defined by arkffi.
    pub is_builtin: bool,
}

/// The arguments of one call.
pub struct Arguments<'s> {
    /// As they are written.
    pub raw: Vec<Vec<Token<'s>>>,
    /// With their own macros expanded.
    pub expanded: Vec<Vec<Token<'s>>>,
}

impl<'s> Macro<'s> {
    fn param(&self, token: Token<'s>) -> Option<usize> {
        if token.kind != Kind::Name {
            return None;
        }
        self.params.as_ref()?.iter().position(|param| *param == token.text)
    }

    /// The parameters that the body uses with their macros expanded, by number.
    pub fn uses_expanded(&self, index: usize) -> bool {
        self.body.iter().enumerate().any(|(at, token)| self.param(*token) == Some(index) && !self.is_operand(at))
    }

    /// This token of the body is an operand of `##` or `#`.
    fn is_operand(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.body[before]);
        let is_after = before.is_some_and(|token| token.is("##") || (token.is("#") && self.params.is_some()));
        is_after || self.body.get(at + 1).is_some_and(|token| token.is("##"))
    }

    /// What a call at `call` stands for: the body with the arguments in their places. `None` when that is more
    /// than `most` tokens, or too much text.
    pub fn substitute(&self, call: Token<'s>, arguments: &Arguments<'s>, texts: &'s Texts, most: usize) -> Option<Vec<Token<'s>>> {
        let mut made: Vec<Token<'s>> = Vec::with_capacity(self.body.len());
        let mut at = 0;
        while let Some(&token) = self.body.get(at) {
            let token = Token { at: call.at, ..token };
            if made.len() > most {
                return None;
            }
            let next = self.body.get(at + 1).copied();
            if token.is("#")
                && self.params.is_some()
                && let Some(index) = next.and_then(|next| self.param(next))
            {
                made.push(stringified(token, &arguments.raw[index], texts)?);
                at += 2;
            } else if token.is("##") && !made.is_empty() && next.is_some() {
                let right = self.operand(next?, at + 1, arguments, texts)?;
                self.paste(&mut made, &right, next?, texts)?;
                at += if self.body[at + 1].is("#") && self.params.is_some() { 3 } else { 2 };
            } else if let Some(index) = self.param(token) {
                let is_pasted = next.is_some_and(|next| next.is("##"));
                let argument = if is_pasted { &arguments.raw[index] } else { &arguments.expanded[index] };
                match argument.split_first() {
                    Some((first, rest)) => {
                        made.push(Token { is_spaced: token.is_spaced, ..*first });
                        made.extend(rest);
                    }
                    None => made.push(Token { kind: Kind::Nothing, text: "", ..token }),
                }
                at += 1;
            } else {
                made.push(token);
                at += 1;
            }
        }
        made.retain(|token| token.kind != Kind::Nothing);
        if let Some(first) = made.first_mut() {
            first.is_spaced = call.is_spaced;
        }
        (made.len() <= most).then_some(made)
    }

    /// The right side of `##`.
    fn operand(&self, token: Token<'s>, at: usize, arguments: &Arguments<'s>, texts: &'s Texts) -> Option<Vec<Token<'s>>> {
        if token.is("#")
            && let Some(index) = self.body.get(at + 1).and_then(|next| self.param(*next))
        {
            return Some(vec![stringified(token, &arguments.raw[index], texts)?]);
        }
        Some(match self.param(token) {
            Some(index) => arguments.raw[index].clone(),
            None => vec![token],
        })
    }

    /// Joins the last token made with the first of `right`.
    fn paste(&self, made: &mut Vec<Token<'s>>, right: &[Token<'s>], written: Token<'s>, texts: &'s Texts) -> Option<()> {
        let is_rest = self.is_variadic && self.param(written) == self.params.as_ref().map(|params| params.len() - 1);
        // `, ## __VA_ARGS__`: the comma goes away with the arguments; else nothing is pasted.
        if is_rest && made.last().is_some_and(|last| last.is(",")) {
            if right.is_empty() {
                made.pop();
            }
            made.extend(right);
            return Some(());
        }
        let Some((&first, rest)) = right.split_first() else { return Some(()) };
        let Some(left) = made.pop() else {
            made.extend(right);
            return Some(());
        };
        if left.kind == Kind::Nothing {
            made.push(Token { is_spaced: left.is_spaced, ..first });
        } else {
            let joined = texts.keep(format!("{}{}", left.text, first.text))?;
            let mut lexer = Lexer::new(texts, left.at.source, joined);
            let token = lexer.next();
            if token.text.len() == joined.len() {
                made.push(Token { text: token.text, kind: token.kind, is_painted: false, ..left });
            } else {
                // No token comes of it; compilers complain, and go on with two.
                made.extend([left, first]);
            }
        }
        made.extend(rest);
        Some(())
    }
}

/// `#argument`
fn stringified<'s>(at: Token<'s>, argument: &[Token<'s>], texts: &'s Texts) -> Option<Token<'s>> {
    let mut text = String::from("\"");
    for (index, token) in argument.iter().enumerate() {
        if index > 0 && token.is_spaced {
            text.push(' ');
        }
        let is_quoted = matches!(token.kind, Kind::String | Kind::Char);
        for character in token.text.chars() {
            if character == '"' || (is_quoted && character == '\\') {
                text.push('\\');
            }
            text.push(character);
        }
    }
    text.push('"');
    Some(Token { text: texts.keep(text)?, kind: Kind::String, ..at })
}
