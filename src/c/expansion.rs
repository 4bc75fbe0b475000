//! Macros in the stream of tokens: where one is called, and with which arguments.

use super::lexer::{Kind, Token};
use super::macros::{Arguments, Macro};
use super::preprocessor::{Frame, MAX_TOKENS, Preprocessor};
use super::source::Fault;
use std::rc::Rc;

/// How deep calls of macros nest in arguments of each other.
const MAX_CALLS: u32 = 100;

impl<'s> Preprocessor<'s> {
    /// The next token after macros have been expanded.
    pub(super) fn expanded(&mut self) -> Token<'s> {
        loop {
            let token = self.raw();
            if token.kind != Kind::Name || token.is_painted {
                return token;
            }
            if self.is_condition
                && let Some(answer) = self.answer(token)
            {
                return answer;
            }
            let Some(found) = self.macros.get(token.text).cloned() else {
                match self.special(token) {
                    Some(token) => return token,
                    None => continue,
                }
            };
            if found.is_active.get() {
                return Token { is_painted: true, ..token };
            }
            match self.call(token, &found) {
                Ok(tokens) => self.push(tokens, Some(found)),
                Err(token) => return token,
            }
        }
    }

    fn push(&mut self, tokens: Vec<Token<'s>>, of: Option<Rc<Macro<'s>>>) {
        if let Some(of) = &of {
            of.is_active.set(true);
        }
        self.frames.push(Frame::Tokens { tokens, at: 0, of });
    }

    /// What a macro stands for here, or its name where it is not called.
    fn call(&mut self, name: Token<'s>, found: &Macro<'s>) -> Result<Vec<Token<'s>>, Token<'s>> {
        let arguments = match &found.params {
            None => Arguments { raw: Vec::new(), expanded: Vec::new() },
            Some(params) => {
                let next = self.raw();
                if !next.is("(") {
                    if next.kind != Kind::End {
                        self.push(vec![next], None);
                    }
                    return Err(name);
                }
                let raw = self.arguments(name, next, params.len(), found.is_variadic)?;
                let expanded = (0..raw.len()).map(|index| if found.uses_expanded(index) { self.expand(&raw[index]) } else { Vec::new() });
                Arguments { expanded: expanded.collect(), raw }
            }
        };
        let most = MAX_TOKENS - self.made.min(MAX_TOKENS);
        match found.substitute(name, &arguments, self.texts, most) {
            Some(tokens) => {
                self.made += tokens.len() + 1;
                Ok(tokens)
            }
            None => {
                self.exhaust(name.at, format!("the macros stand for more than {MAX_TOKENS} tokens, or too much text"));
                Err(name)
            }
        }
    }

    /// The arguments of a call, from behind its bracket on.
    fn arguments(&mut self, name: Token<'s>, open: Token<'s>, count: usize, is_variadic: bool) -> Result<Vec<Vec<Token<'s>>>, Token<'s>> {
        let mut read = vec![open];
        let mut arguments = vec![Vec::new()];
        let mut depth = 0;
        loop {
            let token = self.raw();
            if token.kind == Kind::End {
                return Err(self.uncall(name, read));
            }
            read.push(token);
            if depth == 0 && token.is(")") {
                break;
            }
            if depth == 0 && token.is(",") && !(is_variadic && arguments.len() == count) {
                arguments.push(Vec::new());
                continue;
            }
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
            }
            if let Some(last) = arguments.last_mut() {
                last.push(Token { is_first: false, ..token });
            }
        }
        if count == 0 && arguments.len() == 1 && arguments[0].is_empty() {
            arguments.clear();
        }
        if is_variadic && arguments.len() + 1 == count {
            arguments.push(Vec::new());
        }
        if arguments.len() != count {
            self.faults.push(Fault::new(name.at, format!("the macro '{}' takes {count} arguments, not {}", name.text, arguments.len())));
            return Err(self.uncall(name, read));
        }
        Ok(arguments)
    }

    /// Leaves a call as it is written.
    fn uncall(&mut self, name: Token<'s>, read: Vec<Token<'s>>) -> Token<'s> {
        // It is read again, which many calls without an end would do many times.
        self.made += read.len();
        if self.made > MAX_TOKENS {
            self.exhaust(name.at, format!("the macros stand for more than {MAX_TOKENS} tokens"));
        }
        self.push(read, None);
        Token { is_painted: true, ..name }
    }

    /// These tokens with macros expanded, as if nothing came after them.
    pub fn expand(&mut self, tokens: &[Token<'s>]) -> Vec<Token<'s>> {
        if tokens.iter().all(|token| token.kind != Kind::Name) {
            return tokens.to_vec();
        }
        if self.calls >= MAX_CALLS {
            self.exhaust(tokens[0].at, format!("calls of macros nest more than {MAX_CALLS} deep"));
            return Vec::new();
        }
        self.calls += 1;
        let base = self.frames.len();
        self.frames.push(Frame::Barrier);
        self.push(tokens.to_vec(), None);
        let mut expanded = Vec::new();
        loop {
            let token = self.expanded();
            if token.kind == Kind::End {
                break;
            }
            expanded.push(token);
        }
        for frame in self.frames.drain(base..) {
            if let Frame::Tokens { of: Some(of), .. } = frame {
                of.is_active.set(false);
            }
        }
        self.calls -= 1;
        expanded
    }

    /// Names that stand for something else at each place; `None` for `_Pragma`, which stands for nothing.
    fn special(&mut self, token: Token<'s>) -> Option<Token<'s>> {
        self.depends_on_place |= matches!(token.text, "__LINE__" | "__FILE__" | "__COUNTER__" | "__DATE__" | "__TIME__");
        let (kind, text) = match token.text {
            "__LINE__" => (Kind::Number, self.sources.position(token.at).line.to_string()),
            "__COUNTER__" => {
                self.counter += 1;
                (Kind::Number, (self.counter - 1).to_string())
            }
            "__FILE__" => (Kind::String, format!("{:?}", self.sources.file_of(token.at))),
            // A header that depends on the time of day has no right answer here.
            "__DATE__" | "__TIME__" => (Kind::String, "\"\"".to_owned()),
            "_Pragma" => {
                self.pragma_operator();
                return None;
            }
            _ => return Some(token),
        };
        Some(match self.texts.keep(text) {
            Some(text) => Token { text, kind, ..token },
            None => token,
        })
    }
}
