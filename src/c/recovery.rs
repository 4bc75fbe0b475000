//! Where to go on after a declaration that is wrong, so that little is lost.

use super::keywords::is_keyword;
use super::lexer::{Kind, Token};
use super::lost::{names_of, tag_after};
use super::parser::{Named, Parser};
use super::source::Fault;
use super::types::{Opaque, Shape};
use std::rc::Rc;

/// How many tokens are looked at in vain, all faults together.
const MAX_VAIN: usize = 300_000_000;

impl<'s> Parser<'s> {
    /// Skips the declaration that begins at `start`, and remembers what it would have declared.
    pub(super) fn recover(&mut self, start: usize, fault: Fault) {
        let wrong = start + self.tokens[start..].iter().position(|token| token.at == fault.at).unwrap_or(0);
        let (end, is_damaged) = self.end_of_wrong(start, wrong);
        let end = end.max(start + 1);
        if self.vain > MAX_VAIN {
            self.at = self.tokens.len();
            let names = names_of(&self.tokens[start..], 0);
            self.skipped.push(Fault::new(fault.at, "too much is wrong: from here on nothing is read").losing(names.all()));
            return;
        }
        self.at = end;
        // Where brackets do not close, what is in them may have been meant to be outside.
        let names = names_of(&self.tokens[start..end], if is_damaged { wrong - start } else { usize::MAX });
        let is_typedef = self.tokens[start..].iter().take(3).any(|token| token.is_name("typedef"));
        if is_typedef {
            let reason = format!("its declaration was skipped: {}", fault.message);
            for name in &names.own {
                if !self.names.contains_key(name) {
                    let opaque = Opaque { name: (*name).to_owned(), layout: None, reason: reason.clone() };
                    let ty = self.types.leaf(Shape::Opaque(Rc::new(opaque)));
                    let index = self.add_builtin(name, ty);
                    self.unit.typedefs[index].is_builtin = false;
                }
            }
        }
        let mut names = names.all();
        // Enumerators before the fault are known.
        names.retain(|name| !matches!(self.names.get(name.as_str()), Some(Named::Enumerator(..))));
        self.skipped.push(fault.losing(names));
    }

    /// Where the declaration ends: behind its `;` or its body, or where another begins because its end was forgotten;
    /// and whether a bracket of it is not closed.
    fn end_of_wrong(&mut self, start: usize, wrong: usize) -> (usize, bool) {
        let mut open: Vec<usize> = Vec::new();
        let mut at = start;
        if matches!(self.tokens[start].text, ")" | "]" | "}") && self.tokens[start].kind == Kind::Punct {
            let is_ended = self.tokens.get(start + 1).is_some_and(|next| next.is(";"));
            return (start + 1 + usize::from(is_ended), false);
        }
        while let Some(&token) = self.tokens.get(at) {
            self.vain += 1;
            if open.is_empty() && at > start && ((token.is("}") && self.linkages > 0) || (at >= wrong && self.begins_declaration(at))) {
                return (at, false);
            }
            match token.text {
                _ if token.kind != Kind::Punct => {}
                "(" | "[" | "{" => open.push(at),
                ")" | "]" => {
                    let wanted = if token.is(")") { "(" } else { "[" };
                    let known = open.iter().rposition(|&open| !self.tokens[open].is(wanted) && self.tokens[open].is("{"));
                    let known = known.map_or(0, |brace| brace + 1);
                    if let Some(last) = open[known..].iter().rposition(|&open| self.tokens[open].is(wanted)) {
                        open.truncate(known + last);
                    }
                }
                "}" => {
                    // Brackets that are open in it end with it.
                    let brace = self.last_brace(&open).map(|brace| open.drain(brace..).next().unwrap_or(start));
                    if let Some(brace) = brace.filter(|_| open.is_empty()) {
                        if brace > start && self.tokens[brace - 1].is(")") && !is_of_tag(&self.tokens[start..=brace]) {
                            return (at + 1, false);
                        }
                        // What follows belongs to no declaration that ends so: the brace was that of another.
                        if (brace..at).contains(&wrong) && self.is_end_missing(at + 1) {
                            return (self.start_in_braces(brace, wrong), true);
                        }
                    }
                }
                ";" => {
                    let before = open.len();
                    open.truncate(self.last_brace(&open).map_or(0, |brace| brace + 1));
                    if open.is_empty() {
                        // A bracket was not closed: perhaps in the line before the one with the fault.
                        let is_next =
                            before > 0 && wrong > start && wrong < at && self.tokens[wrong].is_first && self.begins_type_here(wrong);
                        return (if is_next { wrong } else { at + 1 }, before > 0);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        match open.iter().find(|&&open| self.tokens[open].is("{")) {
            Some(&brace) => (self.start_in_braces(brace, wrong), true),
            None => (at, !open.is_empty()),
        }
    }

    /// Which of these open brackets is the innermost brace.
    fn last_brace(&self, open: &[usize]) -> Option<usize> {
        open.iter().rposition(|&open| self.tokens[open].is("{"))
    }

    /// Where the first declaration begins that is behind a brace without an end, and does not belong to it.
    fn start_in_braces(&mut self, brace: usize, wrong: usize) -> usize {
        let last = self.tokens.len() - 1;
        if wrong > brace && wrong < last {
            if self.tokens[wrong].is_first && self.begins_type_here(wrong) {
                return wrong;
            }
            let ends = |token: &Token<'s>| token.is(";") || token.is("{") || token.is("}");
            if let Some(before) = self.tokens[brace + 1..wrong].iter().rposition(ends) {
                return brace + 1 + before + 1;
            }
            if self.begins_type_here(brace + 1) {
                return brace + 1;
            }
        }
        let from = if wrong < last { wrong.max(brace) } else { brace };
        let found = (from + 1..self.tokens.len()).find(|&at| self.is_in_first_column(at) && self.begins_type_here(at));
        self.vain += found.unwrap_or(self.tokens.len()) - from;
        found.unwrap_or(self.tokens.len())
    }

    /// Behind the last brace of a declaration, something comes that cannot be its end.
    fn is_end_missing(&mut self, at: usize) -> bool {
        match self.tokens.get(at) {
            None => self.linkages > 0,
            Some(token) if !token.is_first || token.kind != Kind::Name => false,
            Some(token) => is_keyword(token.text) && !token.text.starts_with('_') && !matches!(token.text, "const" | "volatile"),
        }
    }

    /// A line begins with what begins a declaration.
    fn begins_declaration(&mut self, at: usize) -> bool {
        let token = self.tokens[at];
        let is_beginning = matches!(token.text, "typedef" | "extern" | "static" | "struct" | "union" | "enum");
        token.kind == Kind::Name && token.is_first && (is_beginning || (self.is_in_first_column(at) && self.begins_type_here(at)))
    }

    fn begins_type_here(&mut self, at: usize) -> bool {
        let mark = std::mem::replace(&mut self.at, at);
        let begins = self.tokens.get(at).is_some_and(|token| token.kind == Kind::Name) && self.begins_type();
        self.at = mark;
        begins
    }

    fn is_in_first_column(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let text = self.preprocessor.sources.get(token.at.source).text.as_bytes();
        token.is_first && (token.at.offset == 0 || text.get(token.at.offset as usize - 1) == Some(&b'\n'))
    }
}

/// The last of these tokens, a brace, is that of a struct, union or enum.
fn is_of_tag(tokens: &[Token<'_>]) -> bool {
    const FARTHEST: usize = 30;
    let keyword = |token: &Token<'_>| token.kind == Kind::Name && matches!(token.text, "struct" | "union" | "enum");
    let from = tokens.len().saturating_sub(FARTHEST);
    (from..tokens.len()).any(|at| keyword(&tokens[at]) && tag_after(tokens, at + 1).1 == Some(tokens.len() - 1))
}
