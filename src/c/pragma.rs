//! Pragmas that matter: `pack`, `once`, `push_macro`, `pop_macro`.

use super::lexer::{Kind, Lexer, Token};
use super::preprocessor::Preprocessor;
use super::source::Fault;

/// How many `#pragma pack(push)` may be open.
const MAX_PACKS: usize = 10_000;

impl<'s> Preprocessor<'s> {
    /// A pragma, from behind its name on.
    pub(super) fn pragma(&mut self, line: &[Token<'s>]) {
        let Some((first, rest)) = line.split_first() else { return };
        match first.text {
            "once" => {
                let path = self.sources.get(first.at.source).name;
                self.once.insert(path);
            }
            "pack" => {
                let rest = if self.is_preprocessed { rest.to_vec() } else { self.expand(rest) };
                self.pack(*first, &rest);
            }
            "ms_struct" | "scalar_storage_order" | "options" => {
                let message = format!("'#pragma {}' is not followed: structs after it may be laid out otherwise", first.text);
                self.warnings.push(Fault::new(first.at, message));
            }
            "push_macro" => {
                if let Some(name) = quoted_name(rest) {
                    let found = self.macros.get(name).cloned();
                    self.pushed.entry(name.to_owned()).or_default().push(found);
                }
            }
            "pop_macro" => {
                if let Some(name) = quoted_name(rest) {
                    match self.pushed.get_mut(name).and_then(Vec::pop) {
                        Some(Some(found)) => {
                            self.macros.insert(found.name.text, found);
                        }
                        Some(None) => {
                            self.macros.remove(name);
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// `pack(…)`
    fn pack(&mut self, at: Token<'s>, rest: &[Token<'s>]) {
        let mut pack = self.packs.last().map_or(0, |(_, pack)| *pack);
        let words: Vec<_> = rest.iter().filter(|token| matches!(token.kind, Kind::Name | Kind::Number)).map(|token| token.text).collect();
        let number = words.iter().rev().find_map(|word| word.parse::<u32>().ok());
        if number.is_some_and(|number| !matches!(number, 0 | 1 | 2 | 4 | 8 | 16)) {
            return self.warnings.push(Fault::new(at.at, "'#pragma pack' takes 1, 2, 4, 8 or 16"));
        }
        let label = words.get(1).copied().filter(|word| word.parse::<u32>().is_err());
        match words.first().copied() {
            Some("push") => {
                if self.pack_stack.len() < MAX_PACKS {
                    self.pack_stack.push((label.unwrap_or("").to_owned(), pack));
                }
                pack = number.unwrap_or(pack);
            }
            Some("pop") => {
                let from = match label {
                    None => self.pack_stack.len().checked_sub(1),
                    Some(label) => self.pack_stack.iter().rposition(|(known, _)| known == label),
                };
                match from {
                    Some(from) => {
                        pack = number.unwrap_or(self.pack_stack[from].1);
                        self.pack_stack.truncate(from);
                    }
                    None => self.warnings.push(Fault::new(at.at, "'#pragma pack(pop)' without 'push'")),
                }
            }
            Some("show") => {}
            _ => pack = number.unwrap_or(0),
        }
        self.packs.push((self.tokens.len(), pack));
    }

    /// `_Pragma("…")`, from behind its name on.
    pub(super) fn pragma_operator(&mut self) {
        let tokens = [self.raw(), self.raw(), self.raw()];
        let [open, text, close] = tokens;
        if !open.is("(") || text.kind != Kind::String || !close.is(")") {
            return self.fault(open.at, "'_Pragma' needs a string in parentheses");
        }
        let Some(body) = text.text.find('"').and_then(|start| text.text.get(start + 1..text.text.len() - 1)) else { return };
        let Some(line) = self.texts.keep(body.replace("\\\"", "\"").replace("\\\\", "\\")) else { return };
        let mut lexer = Lexer::new(self.texts, text.at.source, line);
        let tokens = std::iter::from_fn(|| Some(lexer.next()).filter(|token| token.kind != Kind::End));
        let tokens: Vec<_> = tokens.map(|token| Token { at: text.at, ..token }).collect();
        self.pragma(&tokens);
    }
}

fn quoted_name<'s>(line: &[Token<'s>]) -> Option<&'s str> {
    line.iter().find(|token| token.kind == Kind::String).map(|token| token.text.trim_matches('"'))
}
