//! The parser's tokens and names, and how it goes through them.

use super::builtin;
use super::expression::State;
use super::lexer::{Kind, Token};
use super::preprocessor::Preprocessor;
use super::sizes::Layouts;
use super::source::{Fault, Place};
use super::target::Target;
use super::types::{Shape, Ty, Typedef, Types, Unit, resolved};
use super::value::{Int, Value};
use std::collections::HashMap;

/// How deep declarations nest.
const MAX_DEPTH: u32 = 64;

/// What a name stands for, other than a tag.
#[derive(Clone)]
pub(super) enum Named {
    Typedef(usize),
    Enumerator(i128, Int),
    Function(usize),
    Global(usize),
}

/// What a tag stands for.
#[derive(Clone, Copy)]
pub(super) enum Tagged {
    Record(usize),
    Enum(usize),
}

/// Reads declarations.
pub struct Parser<'s> {
    /// Where the tokens come from.
    pub preprocessor: Preprocessor<'s>,
    pub(super) tokens: Vec<Token<'s>>,
    pub(super) at: usize,
    end: Token<'s>,
    pub(super) types: Types,
    pub(super) unit: Unit<'s>,
    pub(super) layouts: Layouts,
    pub(super) names: HashMap<&'s str, Named>,
    pub(super) tags: HashMap<&'s str, Tagged>,
    /// Declarations that were skipped.
    pub skipped: Vec<Fault>,
    pub(super) state: State,
    depth: u32,
    /// How many tokens were looked at in vain where something was wrong.
    pub(super) vain: usize,
    /// How many more unknown types are compared with all that are known.
    pub(super) hints: u32,
    /// `extern "C" {` that are open.
    pub(super) linkages: u32,
}

impl<'s> Parser<'s> {
    /// Of the tokens that the preprocessor has made.
    pub fn new(mut preprocessor: Preprocessor<'s>) -> Parser<'s> {
        let tokens = std::mem::take(&mut preprocessor.tokens);
        let at = tokens.last().map_or(Place::default(), |token| token.at);
        let end = Token { text: "", at, kind: Kind::End, is_spaced: true, is_first: true, is_painted: false };
        Parser {
            preprocessor,
            tokens,
            at: 0,
            end,
            types: Types::default(),
            unit: Unit::default(),
            layouts: Layouts::default(),
            names: HashMap::new(),
            tags: HashMap::new(),
            skipped: Vec::new(),
            state: State::default(),
            depth: 0,
            vain: 0,
            hints: 50,
            linkages: 0,
        }
    }

    /// Whose C.
    pub fn target(&self) -> Target {
        self.preprocessor.target
    }

    /// Reads all declarations.
    pub fn read(&mut self) {
        while self.token().kind != Kind::End {
            let start = self.at;
            if let Err(fault) = self.external_declaration() {
                self.depth = 0;
                self.state = State::default();
                self.recover(start, fault);
            }
        }
        if self.linkages > 0 {
            self.preprocessor.warnings.push(Fault::new(self.end.at, "'}' is missing at the end"));
        }
    }

    /// Lets `read` read these tokens instead.
    pub(super) fn with_tokens<T>(&mut self, tokens: Vec<Token<'s>>, end: Place, read: impl FnOnce(&mut Parser<'s>) -> T) -> T {
        let tokens = std::mem::replace(&mut self.tokens, tokens);
        let at = std::mem::replace(&mut self.at, 0);
        let end = Token { at: end, ..self.end };
        let end = std::mem::replace(&mut self.end, end);
        let result = read(self);
        self.state = State::default();
        self.depth = 0;
        (self.tokens, self.at, self.end) = (tokens, at, end);
        result
    }

    /// The next token.
    pub(super) fn token(&self) -> Token<'s> {
        self.ahead(0)
    }

    /// The token after so many.
    pub(super) fn ahead(&self, count: usize) -> Token<'s> {
        self.tokens.get(self.at + count).copied().unwrap_or(self.end)
    }

    /// The token before the next.
    pub(super) fn before(&self) -> Token<'s> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied().unwrap_or(self.end)
    }

    /// How many tokens have been read.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Goes back, or on, to a [`Parser::mark`].
    pub(super) fn go_to(&mut self, mark: usize) {
        self.at = mark;
    }

    /// Goes past the next token and returns it.
    #[inline(never)]
    pub(super) fn take(&mut self) -> Token<'s> {
        let token = self.token();
        if self.at < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    /// Goes past the next token if it is this operator or bracket.
    #[inline(never)]
    pub(super) fn eat(&mut self, punct: &str) -> bool {
        let is_next = self.token().is(punct);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    /// Goes past the next token, which must be this operator or bracket.
    pub(super) fn expect(&mut self, punct: &str) -> Result<(), Fault> {
        if self.eat(punct) { Ok(()) } else { Err(self.unexpected(&format!("'{punct}'"))) }
    }

    /// The next token is not what belongs there.
    pub(super) fn unexpected(&self, wanted: &str) -> Fault {
        let token = self.token();
        if let Some(fault) = token.fault() {
            return fault;
        }
        let found = if token.kind == Kind::End { "the end".to_owned() } else { format!("'{}'", shortened(token.text)) };
        Fault::new(token.at, format!("{wanted} is expected, not {found}"))
    }

    /// Skips a bracket with all that is in it.
    pub(super) fn skip_brackets(&mut self) -> Result<(), Fault> {
        let open = self.token();
        let start = self.at;
        let mut depth = 0u32;
        loop {
            let token = self.take();
            match token.text {
                _ if token.kind == Kind::End => {
                    self.vain += self.at - start;
                    return Err(Fault::new(open.at, format!("'{}' is not closed", open.text)));
                }
                "(" | "[" | "{" if token.kind == Kind::Punct => depth += 1,
                ")" | "]" | "}" if token.kind == Kind::Punct => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }

    /// Runs `read` one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Parser<'s>) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault::new(self.token().at, format!("declarations nest at most {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The `#pragma pack` that holds here; 0 for none.
    pub(super) fn pack_here(&self) -> u32 {
        let packs = &self.preprocessor.packs;
        let before = packs.partition_point(|(from, _)| *from <= self.at);
        before.checked_sub(1).map_or(0, |last| packs[last].1)
    }

    /// Adds a type.
    pub(super) fn add(&mut self, shape: Shape) -> Result<Ty, Fault> {
        let at = self.token().at;
        self.types.add(shape).ok_or_else(|| Fault::new(at, "types nest too deeply"))
    }

    /// What the type is, names of types looked through.
    pub(super) fn shape(&self, ty: Ty) -> &Shape {
        self.types.shape(resolved(&self.types, &self.unit, ty).id)
    }

    /// The typedef of this name, one that is built in included.
    pub(super) fn typedef_named(&mut self, name: &'s str) -> Option<usize> {
        match self.names.get(name) {
            Some(Named::Typedef(index)) => Some(*index),
            Some(_) => None,
            None => {
                let shape = builtin::type_named(name, self.target())?;
                let ty = self.types.leaf(shape);
                Some(self.add_builtin(name, ty))
            }
        }
    }

    pub(super) fn add_builtin(&mut self, name: &'s str, ty: Ty) -> usize {
        let declared = super::types::Declared { name, ..Default::default() };
        self.unit.typedefs.push(Typedef { declared, ty, align: 0, is_builtin: true });
        let index = self.unit.typedefs.len() - 1;
        self.names.insert(name, Named::Typedef(index));
        index
    }

    /// The value of an enumerator.
    pub(super) fn enumerator(&self, name: &str) -> Option<Value> {
        match self.names.get(name) {
            Some(Named::Enumerator(value, ty)) => Some(Value::Int(*value, *ty)),
            _ => None,
        }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain("…".chars()).collect() }
}
