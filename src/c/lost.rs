//! The names that a text which is not read would have declared, as far as they can be seen.

use super::keywords::is_keyword;
use super::lexer::{Kind, Token};
use std::collections::HashSet;

/// How many names are told.
const MAX_NAMES: usize = 10_000;

/// What is declared somewhere.
#[derive(Default)]
pub struct Lost<'s> {
    /// Names outside of all brackets.
    pub own: Vec<&'s str>,
    /// Enumerators, tags as `struct s`, and what is in brackets.
    pub others: Vec<String>,
}

impl Lost<'_> {
    /// All of them, each once.
    pub fn all(self) -> Vec<String> {
        let mut seen = HashSet::new();
        let all = self.own.into_iter().map(str::to_owned).chain(self.others);
        all.filter(|name| seen.insert(name.clone())).take(MAX_NAMES).collect()
    }
}

/// Names that these tokens declare; from the token `deep` on, also those in brackets.
pub fn names_of<'s>(tokens: &[Token<'s>], deep: usize) -> Lost<'s> {
    let mut lost = Lost::default();
    // Of each open bracket, whether it holds enumerators.
    let mut open: Vec<bool> = Vec::new();
    let mut enumerators = None;
    let mut is_initializer = false;
    for (at, token) in tokens.iter().enumerate() {
        if lost.own.len() + lost.others.len() > MAX_NAMES {
            break;
        }
        let next = |ahead: usize| tokens.get(at + ahead);
        let is_next = |ahead: usize, punct: &str| next(ahead).is_some_and(|token| token.is(punct));
        match token.text {
            "struct" | "union" | "enum" if token.kind == Kind::Name => {
                let (tag, brace) = tag_after(tokens, at + 1);
                if brace.is_some()
                    && let Some(tag) = tag
                {
                    lost.others.push(format!("{} {tag}", token.text));
                }
                if token.text == "enum" {
                    enumerators = brace;
                }
            }
            "define" if at > 0 && tokens[at - 1].is("#") => lost.others.extend(next(1).map(|name| name.text.to_owned())),
            text if token.kind == Kind::Name => {
                let before = at.checked_sub(1).map(|before| tokens[before]);
                if open.last() == Some(&true) {
                    if before.is_some_and(|before| before.is("{") || before.is(",")) {
                        lost.others.push(text.to_owned());
                    }
                    continue;
                }
                let ends_name = ["(", ";", ",", "[", "=", ":"].iter().any(|punct| is_next(1, punct));
                // `type (*name)`: the bracket belongs to the name in it.
                let is_type = is_next(1, "(") && is_next(2, "*") && next(3).is_some_and(|name| name.kind == Kind::Name);
                let is_tag = before.is_some_and(|before| matches!(before.text, "struct" | "union" | "enum"));
                if !ends_name || is_type || is_tag || is_initializer || is_keyword(text) {
                    continue;
                }
                if open.is_empty() {
                    lost.own.push(text);
                } else if at >= deep {
                    lost.others.push(text.to_owned());
                }
            }
            _ if token.kind != Kind::Punct => {}
            "(" | "[" | "{" => {
                // `(*name)` declares a name too.
                if open.is_empty()
                    && lost.own.is_empty()
                    && token.is("(")
                    && is_next(1, "*")
                    && let Some(name) = next(2)
                    && name.kind == Kind::Name
                {
                    lost.own.push(name.text);
                }
                open.push(enumerators == Some(at));
            }
            ")" | "]" | "}" => drop(open.pop()),
            ";" => is_initializer = false,
            text if open.is_empty() => is_initializer = (is_initializer || text == "=") && text != ",",
            _ => {}
        }
    }
    lost
}

/// The tag behind `struct` and the like, and where its brace is.
pub fn tag_after<'s>(tokens: &[Token<'s>], mut at: usize) -> (Option<&'s str>, Option<usize>) {
    const FARTHEST: usize = 30;
    let end = tokens.len().min(at + FARTHEST);
    let mut tag = None;
    let mut depth = 0;
    while at < end {
        let token = tokens[at];
        match token.text {
            "(" if token.kind == Kind::Punct => depth += 1,
            ")" if token.kind == Kind::Punct => depth -= 1,
            "{" if depth == 0 => return (tag, Some(at)),
            // `enum e : type {`
            ":" if depth == 0 => {}
            text if token.kind == Kind::Name && depth == 0 => tag = tag.or((!is_keyword(text)).then_some(text)),
            _ if depth > 0 => {}
            _ => return (tag, None),
        }
        at += 1;
    }
    (tag, None)
}
