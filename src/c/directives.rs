//! Directives: lines that begin with `#` (ISO C11, section 6.10).

use super::condition::is_true;
use super::headers;
use super::lexer::{Kind, Lexer, Token};
use super::lost::names_of;
use super::macros::Macro;
use super::preprocessor::{File, Frame, Group, Preprocessor};
use super::source::{Fault, Place};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// How deep files include each other.
const MAX_INCLUDED: usize = 64;
/// The most text that is read, files counted as often as they are included, and how often.
const MAX_READ: usize = 256 << 20;
const MAX_FILES: usize = 20_000;
/// How many lost names are told of all these.
const MAX_TOLD: usize = 100_000;

impl<'s> Preprocessor<'s> {
    pub(super) fn file(&mut self) -> Option<&mut File<'s>> {
        match self.frames.last_mut() {
            Some(Frame::File(file)) => Some(file),
            _ => None,
        }
    }

    fn lexer(&mut self) -> Option<&mut Lexer<'s>> {
        self.file().map(|file| &mut file.lexer)
    }

    /// The next token of the line.
    fn word(&mut self) -> Option<Token<'s>> {
        let lexer = self.lexer()?;
        if lexer.is_at_line_end() { None } else { Some(lexer.next()) }
    }

    /// What is left of the line.
    fn line(&mut self) -> Vec<Token<'s>> {
        std::iter::from_fn(|| self.word()).collect()
    }

    pub(super) fn fault(&mut self, at: Place, message: impl Into<String>) {
        self.faults.push(Fault::new(at, message));
    }

    /// A directive, from behind its `#` on.
    pub(super) fn directive(&mut self) {
        let Some(name) = self.word() else { return };
        match name.text {
            "define" => self.define(),
            "undef" => {
                if let Some(name) = self.word() {
                    self.macros.remove(name.text);
                }
            }
            "if" | "ifdef" | "ifndef" => {
                let faults = self.faults.len();
                let is_taken = self.condition(name);
                if let Some(file) = self.file() {
                    file.groups.push(Group { at: name.at, is_taken, has_else: false, lost: Vec::new() });
                }
                if !is_taken {
                    self.skip_group(faults..self.faults.len());
                }
            }
            // The part before it was read, so that no other is.
            "elif" | "elifdef" | "elifndef" | "else" => match self.file().and_then(|file| file.groups.last_mut()) {
                Some(group) if !group.has_else => {
                    group.has_else = name.text == "else";
                    self.skip_group(0..0);
                }
                _ => self.fault(name.at, format!("'#{}' without '#if'", name.text)),
            },
            "endif" => {
                if self.file().and_then(|file| file.groups.pop()).is_none() {
                    self.fault(name.at, "'#endif' without '#if'");
                }
            }
            // What comes next may be of another file.
            "include" | "include_next" | "import" => return self.include(name),
            "error" | "warning" => {
                let text = self.lexer().map_or("", |lexer| lexer.rest_of_line());
                let fault = Fault::new(name.at, format!("#{} {text}", name.text));
                if name.text == "error" { self.faults.push(fault) } else { self.warnings.push(fault) }
            }
            "line" => {
                let line = self.line();
                let line = self.expand(&line);
                self.line_marker(&line);
            }
            "pragma" => {
                let line = self.line();
                self.pragma(&line);
            }
            "ident" | "sccs" | "assert" | "unassert" => {}
            _ if name.kind == Kind::Number => {
                let line: Vec<_> = std::iter::once(name).chain(self.line()).collect();
                self.line_marker(&line);
            }
            _ => self.fault(name.at, format!("'#{}' is no directive", name.text)),
        }
        // What is left of the line means nothing.
        while self.word().is_some() {}
    }

    fn line_marker(&mut self, line: &[Token<'s>]) {
        let Some(first) = line.first() else { return };
        let Ok(number) = first.text.parse() else {
            return self.fault(first.at, "a line number is needed");
        };
        let file = line.get(1).filter(|token| token.kind == Kind::String).map(|token| token.text.trim_matches('"'));
        let file = file.and_then(|name| if name.contains("\\\\") { self.texts.keep(name.replace("\\\\", "\\")) } else { Some(name) });
        let Some(lexer) = self.lexer() else { return };
        let end = lexer.place();
        let next = Place { offset: end.offset + 1, ..end };
        self.sources.mark(next, number, file);
    }

    fn no_macro(&mut self, name: Token<'s>, at: Place, message: &str) {
        self.faults.push(Fault::new(at, message).losing(vec![name.text.to_owned()]));
    }

    fn define(&mut self) {
        let Some(name) = self.word() else { return };
        if name.kind != Kind::Name || name.text == "defined" {
            return self.fault(name.at, "a name is needed for a macro");
        }
        let mut body = self.line();
        let mut params = None;
        let mut is_variadic = false;
        if body.first().is_some_and(|token| token.is("(") && !token.is_spaced) {
            let Some(end) = body.iter().position(|token| token.is(")")) else {
                return self.no_macro(name, name.at, "')' is missing after the parameters of a macro");
            };
            let mut names = Vec::new();
            for token in &body[1..end] {
                match token.kind {
                    Kind::Name => names.push(token.text),
                    _ if token.is("...") => {
                        is_variadic = true;
                        // `args...` names them.
                        if body[1..end].iter().rev().nth(1).is_none_or(|before| before.is(",")) {
                            names.push("__VA_ARGS__");
                        }
                    }
                    _ if token.is(",") => {}
                    _ => return self.no_macro(name, token.at, "a parameter of a macro is a name"),
                }
            }
            params = Some(names);
            body.drain(..=end);
        }
        let file = self.sources.file_of(name.at);
        let is_builtin = self.sources.get(name.at.source).is_builtin || matches!(file, "<built-in>" | "<command-line>");
        let found = Macro { name, params, is_variadic, body, is_active: Cell::new(false), is_builtin };
        self.defined.push(name.text);
        self.macros.insert(name.text, Rc::new(found));
    }

    /// The condition of `#if` and the like.
    fn condition(&mut self, directive: Token<'s>) -> bool {
        if directive.text.ends_with("def") {
            let Some(name) = self.word() else {
                self.fault(directive.at, format!("a name is needed after '#{}'", directive.text));
                return false;
            };
            return self.is_defined(name.text) != directive.text.ends_with("ndef");
        }
        let line = self.line();
        self.is_condition = true;
        let line = self.expand(&line);
        self.is_condition = false;
        match is_true(&line, directive, self.target) {
            Ok(is_true) => is_true,
            Err(fault) => {
                self.faults.push(fault);
                false
            }
        }
    }

    /// Skips to the next part of an `#if` that is to be read, or behind its end. What is skipped because the condition
    /// before it has `faults` is lost.
    fn skip_group(&mut self, faults: Range<usize>) {
        let mut depth = 0;
        let mut faults = faults;
        let mut start = self.lexer().map_or(Place::default(), |lexer| lexer.place());
        loop {
            let Some(file) = self.file() else { return };
            let token = file.lexer.next();
            if token.kind == Kind::End {
                let lost = self.lost_between(start.source, start.offset as usize, token.at.offset as usize);
                if let Some(group) = self.file().and_then(|file| file.groups.last_mut()) {
                    group.lost = lost;
                }
                return;
            }
            if !token.is_first || !token.is("#") {
                continue;
            }
            let Some(name) = self.word() else { continue };
            let is_part = matches!(name.text, "else" | "elif" | "elifdef" | "elifndef" | "endif");
            if is_part && depth == 0 {
                let lost = std::mem::take(&mut faults);
                if !lost.is_empty() {
                    let names = self.lost_between(start.source, start.offset as usize, token.at.offset as usize);
                    self.faults[lost.end - 1].names = names;
                }
                start = token.at;
            }
            match name.text {
                "if" | "ifdef" | "ifndef" => depth += 1,
                "endif" if depth > 0 => depth -= 1,
                "endif" => {
                    if let Some(file) = self.file() {
                        file.groups.pop();
                    }
                    return;
                }
                _ if is_part && depth == 0 => {
                    let before = self.faults.len();
                    let Some(group) = self.file().and_then(|file| file.groups.last_mut()) else { return };
                    if group.has_else {
                        self.fault(name.at, format!("'#{}' after '#else'", name.text));
                        continue;
                    }
                    group.has_else = name.text == "else";
                    if group.is_taken || (name.text != "else" && !self.condition(Token { text: &name.text[2..], ..name })) {
                        faults = before..self.faults.len();
                        continue;
                    }
                    if let Some(group) = self.file().and_then(|file| file.groups.last_mut()) {
                        group.is_taken = true;
                    }
                    return;
                }
                _ => {}
            }
        }
    }

    /// What a part of a text would have declared.
    pub(super) fn lost_between(&mut self, source: u32, start: usize, end: usize) -> Vec<String> {
        // A file may be included many times.
        if self.told > MAX_TOLD {
            return Vec::new();
        }
        let Some(text) = self.sources.get(source).text.get(start..end) else { return Vec::new() };
        let mut lexer = Lexer::new(self.texts, source, text);
        let tokens: Vec<_> = std::iter::from_fn(|| Some(lexer.next()).filter(|token| token.kind != Kind::End)).collect();
        let names = names_of(&tokens, 0).all();
        self.told += names.len();
        names
    }

    fn include(&mut self, directive: Token<'s>) {
        let Some((name, is_quoted)) = self.header_name() else {
            return self.fault(directive.at, format!("'#{}' needs a name in quotes or angle brackets", directive.text));
        };
        if self.frames.len() > MAX_INCLUDED {
            return self.fault(directive.at, format!("files include each other more than {MAX_INCLUDED} deep"));
        }
        // The rest of the line, before the frame of another file is on top.
        while self.word().is_some() {}
        let from = self.file().map_or(0, |file| file.source);
        let from = self.sources.get(from).name;
        match self.find(&name, is_quoted, from) {
            Some((path, text, is_builtin)) => {
                if self.once.contains(path) {
                    return;
                }
                if directive.text == "import" {
                    self.once.insert(path);
                }
                self.read_bytes += text.len() + MAX_READ / MAX_FILES;
                if self.read_bytes > 2 * MAX_READ {
                    return self.exhaust(directive.at, "files are included too often".to_owned());
                }
                self.open(path, text, is_builtin);
            }
            None => self.fault(directive.at, format!("the header '{name}' is not found")),
        }
    }

    fn header_name(&mut self) -> Option<(String, bool)> {
        if let Some(name) = self.lexer()?.header_name() {
            return Some((name.to_owned(), false));
        }
        let line = self.line();
        let line = self.expand(&line);
        let first = line.first()?;
        if first.kind == Kind::String {
            return Some((first.text.trim_matches('"').to_owned(), true));
        }
        bracketed(&line).map(|name| (name, false))
    }

    /// The path and text of a header, and whether it is built in.
    pub(super) fn find(&mut self, name: &str, is_quoted: bool, from: &'s str) -> Option<(&'s str, &'s str, bool)> {
        let builtin = headers::text(name, self.target);
        let is_last = headers::is_last_choice(name);
        let found = if builtin.is_some() && !is_last { None } else { self.includes.read(name, is_quoted.then_some(from)) };
        let Some((path, text)) = found else {
            let name = self.texts.keep(format!("<{name}>"))?;
            return Some((name, builtin?, true));
        };
        if let Some((&path, &text)) = self.files.get_key_value(path.as_str()) {
            return Some((path, text, false));
        }
        let (path, text) = (self.texts.keep(path)?, self.texts.keep(text)?);
        self.files.insert(path, text);
        Some((path, text, false))
    }
}

/// `<name>` out of tokens.
pub(super) fn bracketed(tokens: &[Token<'_>]) -> Option<String> {
    let (first, rest) = tokens.split_first()?;
    let end = rest.iter().position(|token| token.is(">"))?;
    let space = |index: usize, token: &Token<'_>| if index > 0 && token.is_spaced { " " } else { "" };
    let name = rest[..end].iter().enumerate().map(|(index, token)| format!("{}{}", space(index, token), token.text));
    first.is("<").then(|| name.collect())
}
