//! From texts to the tokens that declarations are made of: included files, and macros expanded.
//!
//! What is read next is on a stack: files below, what macros stand for above them. A macro is not expanded
//! again while what it stands for is on the stack.

use super::lexer::{Kind, Lexer, Token};
use super::macros::Macro;
use super::source::{Fault, Place, Sources, Texts};
use super::target::Target;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The most tokens that macros may make, and that a unit may have.
pub(super) const MAX_TOKENS: usize = 2_000_000;

/// Where included files come from.
pub trait Includes {
    /// The text of the file `name` with its path. `from` is the path of the file that includes it, if it is
    /// named in quotes.
    fn read(&self, name: &str, from: Option<&str>) -> Option<(String, String)>;
}

/// What is read next.
pub(super) enum Frame<'s> {
    File(File<'s>),
    Tokens {
        tokens: Vec<Token<'s>>,
        at: usize,
        /// What they stand for.
        of: Option<Rc<Macro<'s>>>,
    },
    /// What is below is not read.
    Barrier,
}

pub(super) struct File<'s> {
    pub lexer: Lexer<'s>,
    pub source: u32,
    /// The groups of `#if` that this is in.
    pub groups: Vec<Group>,
}

/// An `#if` with what follows it.
pub(super) struct Group {
    pub at: Place,
    /// One of its parts has been read.
    pub is_taken: bool,
    pub has_else: bool,
    /// What is lost if it has no end.
    pub lost: Vec<String>,
}

/// The preprocessor of one unit.
pub struct Preprocessor<'s> {
    pub(super) texts: &'s Texts,
    /// Every text that was read.
    pub sources: Sources<'s>,
    /// Whose macros are predefined.
    pub target: Target,
    pub(super) includes: &'s dyn Includes,
    pub(super) frames: Vec<Frame<'s>>,
    pub(super) macros: HashMap<&'s str, Rc<Macro<'s>>>,
    /// Names of macros as they were defined, repeated where that was repeated.
    pub defined: Vec<&'s str>,
    /// What went wrong.
    pub faults: Vec<Fault>,
    /// What is only worth a word.
    pub warnings: Vec<Fault>,
    pub(super) once: HashSet<&'s str>,
    /// The texts of included files by path.
    pub(super) files: HashMap<&'s str, &'s str>,
    pub(super) read_bytes: usize,
    pub(super) pushed: HashMap<String, Vec<Option<Rc<Macro<'s>>>>>,
    /// The tokens made so far.
    pub tokens: Vec<Token<'s>>,
    /// From which token on which `#pragma pack` holds; 0 for none.
    pub packs: Vec<(usize, u32)>,
    pub(super) pack_stack: Vec<(String, u32)>,
    /// The text went through a preprocessor.
    pub(super) is_preprocessed: bool,
    pub(super) is_condition: bool,
    /// Something that stands for another thing at each place has been expanded.
    pub depends_on_place: bool,
    pub(super) is_exhausted: bool,
    /// How many names have been told that were lost with parts of texts.
    pub(super) told: usize,
    pub(super) made: usize,
    pub(super) calls: u32,
    pub(super) counter: u32,
}

impl<'s> Preprocessor<'s> {
    /// With nothing read yet.
    pub fn new(texts: &'s Texts, target: Target, includes: &'s dyn Includes, is_preprocessed: bool) -> Preprocessor<'s> {
        Preprocessor {
            texts,
            sources: Sources::default(),
            target,
            includes,
            frames: Vec::new(),
            macros: HashMap::new(),
            defined: Vec::new(),
            faults: Vec::new(),
            warnings: Vec::new(),
            once: HashSet::new(),
            files: HashMap::new(),
            read_bytes: 0,
            pushed: HashMap::new(),
            tokens: Vec::new(),
            packs: Vec::new(),
            pack_stack: Vec::new(),
            is_preprocessed,
            is_condition: false,
            depends_on_place: false,
            is_exhausted: false,
            told: 0,
            made: 0,
            calls: 0,
            counter: 0,
        }
    }

    /// Reads a text, adding to `tokens`.
    pub fn read(&mut self, name: &'s str, text: &'s str, is_builtin: bool) {
        self.open(name, text, is_builtin);
        loop {
            let token = if self.is_preprocessed { self.raw() } else { self.expanded() };
            if token.kind == Kind::End || self.is_exhausted {
                break;
            }
            if self.tokens.len() >= MAX_TOKENS {
                self.exhaust(token.at, format!("the text has more than {MAX_TOKENS} tokens"));
                break;
            }
            self.tokens.push(token);
        }
        self.frames.clear();
    }

    pub(super) fn open(&mut self, name: &'s str, text: &'s str, is_builtin: bool) {
        let source = self.sources.add(name, text, is_builtin);
        let lexer = Lexer::new(self.texts, source, text);
        self.frames.push(Frame::File(File { lexer, source, groups: Vec::new() }));
    }

    /// The macro of this name.
    pub fn macro_named(&self, name: &str) -> Option<&Rc<Macro<'s>>> {
        self.macros.get(name)
    }

    /// Nothing more is read.
    pub(super) fn exhaust(&mut self, at: Place, message: String) {
        if !self.is_exhausted {
            self.is_exhausted = true;
            self.faults.push(Fault::new(at, message));
        }
    }

    fn end(&self) -> Token<'s> {
        let at = self.tokens.last().map_or(Place::default(), |token| token.at);
        Token { text: "", at, kind: Kind::End, is_spaced: true, is_first: true, is_painted: false }
    }

    /// The next token, macros as they are.
    pub(super) fn raw(&mut self) -> Token<'s> {
        loop {
            if self.is_exhausted {
                return self.end();
            }
            match self.frames.last_mut() {
                None | Some(Frame::Barrier) => return self.end(),
                Some(Frame::Tokens { tokens, at, of }) => {
                    if let Some(token) = tokens.get(*at) {
                        *at += 1;
                        return *token;
                    }
                    if let Some(of) = of {
                        of.is_active.set(false);
                    }
                    self.frames.pop();
                }
                Some(Frame::File(file)) => {
                    let token = file.lexer.next();
                    if token.kind == Kind::End {
                        if self.frames.len() == 1 {
                            self.close_file();
                            return token;
                        }
                        self.close_file();
                    } else if token.is_first && token.is("#") {
                        self.directive();
                    } else {
                        self.faults.extend(token.fault());
                        return token;
                    }
                }
            }
        }
    }

    fn close_file(&mut self) {
        if let Some(Frame::File(mut file)) = self.frames.pop() {
            self.sources.set_comments(file.source, std::mem::take(&mut file.lexer.comments));
            if let Some(at) = file.lexer.unended {
                let names = self.lost_between(at.source, at.offset as usize + 2, file.lexer.place().offset as usize);
                self.faults.push(Fault::new(at, "this comment does not end").losing(names));
            }
            let unended = file.groups.into_iter().map(|group| Fault::new(group.at, "this '#if' has no '#endif'").losing(group.lost));
            self.faults.extend(unended);
        }
    }

    /// Where the line begins that this is in.
    pub fn line_start(&self, at: Place) -> Place {
        let text = self.sources.get(at.source).text;
        let before = text.get(..at.offset as usize).unwrap_or("");
        Place { offset: before.rfind('\n').map_or(0, |end| end as u32 + 1), ..at }
    }
}
