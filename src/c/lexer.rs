//! Text to tokens (ISO C11, section 6.4), comments and spliced lines aside.

use super::source::{Fault, Place, Texts};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or keyword.
    Name,
    /// A preprocessing number.
    Number,
    /// `'a'`, with its prefix.
    Char,
    /// `"a"`, with its prefix.
    String,
    /// An operator or a bracket.
    Punct,
    /// A character that C has no use for, or a quote without its partner.
    Other,
    /// Stands for an empty argument while tokens are pasted.
    Nothing,
    /// After the last.
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub struct Token<'s> {
    /// As it is written, without spliced lines.
    pub text: &'s str,
    /// Where; of what a macro made, where the macro was named.
    pub at: Place,
    /// What it is.
    pub kind: Kind,
    /// White space comes before it.
    pub is_spaced: bool,
    /// It is the first of its line.
    pub is_first: bool,
    /// The name of a macro that is not expanded any more.
    pub is_painted: bool,
}

impl Token<'_> {
    /// It is this operator or bracket.
    pub fn is(&self, punct: &str) -> bool {
        self.kind == Kind::Punct && self.text == punct
    }

    /// What is wrong with it, if it is a quote without its partner.
    pub fn fault(&self) -> Option<Fault> {
        let what = match self.text.as_bytes().last() {
            Some(b'"') if self.kind == Kind::Other => "string",
            Some(b'\'') if self.kind == Kind::Other => "character",
            _ => return None,
        };
        Some(Fault::new(self.at, format!("this {what} does not end in its line")))
    }

    /// It is this name or keyword.
    pub fn is_name(&self, name: &str) -> bool {
        self.kind == Kind::Name && self.text == name
    }
}

/// Operators of several characters, longest first, and what digraphs stand for.
const PUNCTS: &[&str] = &[
    "...", "<<=", ">>=", "##", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=", "/=", "%=", "+=", "-=", "&=", "^=",
    "|=", "::",
];
const DIGRAPHS: &[(&str, &str)] = &[("%:%:", "##"), ("<:", "["), (":>", "]"), ("<%", "{"), ("%>", "}"), ("%:", "#")];

/// Reads the tokens of one text.
pub struct Lexer<'s> {
    texts: &'s Texts,
    text: &'s str,
    source: u32,
    at: usize,
    is_first: bool,
    is_spaced: bool,
    /// Where comments began and ended.
    pub comments: Vec<(u32, u32)>,
    /// Where the last comment begins, if it has no end.
    pub unended: Option<Place>,
}

impl<'s> Lexer<'s> {
    /// Of the text with this number.
    pub fn new(texts: &'s Texts, source: u32, text: &'s str) -> Lexer<'s> {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Lexer { texts, text, source, at, is_first: true, is_spaced: false, comments: Vec::new(), unended: None }
    }

    /// The place of the next token, or of the line's end.
    pub fn place(&self) -> Place {
        Place { source: self.source, offset: self.at as u32 }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The length of a backslash with the line's end after it.
    fn splice(&self, at: usize) -> Option<usize> {
        splice_length(&self.text.as_bytes()[at..])
    }

    /// Skips white space and comments; true at the end of a line or of the text.
    pub fn is_at_line_end(&mut self) -> bool {
        loop {
            match self.byte(0) {
                b'\n' => return true,
                0 if self.at >= self.text.len() => return true,
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'\\' => match self.splice(self.at) {
                    Some(length) => self.at += length,
                    None => return false,
                },
                b'/' if self.byte(1) == b'*' => self.skip_block_comment(),
                b'/' if self.byte(1) == b'/' => self.skip_line_comment(),
                _ => return false,
            }
            self.is_spaced = true;
        }
    }

    fn skip_block_comment(&mut self) {
        let start = self.at;
        let rest = &self.text.as_bytes()[start + 2..];
        match memchr::memmem::find(rest, b"*/") {
            Some(end) => self.at = start + 2 + end + 2,
            None => {
                self.unended = Some(self.place());
                self.at = self.text.len();
            }
        }
        self.comments.push((start as u32, self.at as u32));
    }

    fn skip_line_comment(&mut self) {
        let start = self.at;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(end) = memchr::memchr(b'\n', rest) else {
                self.at = self.text.len();
                break;
            };
            self.at += end;
            let line = self.text[start..self.at].trim_end_matches(is_blank);
            if !line.ends_with('\\') {
                break;
            }
            self.at += 1;
        }
        self.comments.push((start as u32, self.at as u32));
    }

    /// The rest of the line as it is written; comments after it are part of it.
    pub fn rest_of_line(&mut self) -> &'s str {
        let start = self.at;
        while !self.is_at_line_end() {
            let length = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
            self.at += length;
        }
        self.text[start..self.at].trim()
    }

    /// `<name>` of an `#include`, where one is next.
    pub fn header_name(&mut self) -> Option<&'s str> {
        if self.is_at_line_end() || self.byte(0) != b'<' {
            return None;
        }
        let line = self.text[self.at + 1..].split('\n').next()?;
        let name = &line[..line.find('>')?];
        self.at += name.len() + 2;
        Some(name)
    }

    /// The next token; [`Kind::End`] after the last.
    pub fn next(&mut self) -> Token<'s> {
        while self.is_at_line_end() {
            if self.at >= self.text.len() {
                return self.token(Kind::End, self.at);
            }
            self.at += 1;
            self.is_first = true;
            self.is_spaced = true;
        }
        let start = self.at;
        let kind = self.scan();
        self.token(kind, start)
    }

    fn token(&mut self, kind: Kind, start: usize) -> Token<'s> {
        let slice = &self.text[start..self.at];
        let text = match kind {
            Kind::Punct => DIGRAPHS.iter().find(|(digraph, _)| *digraph == slice).map_or(slice, |(_, punct)| punct),
            _ if slice.contains('\n') => self.texts.keep(without_splices(slice)).unwrap_or(""),
            _ => slice,
        };
        let at = Place { source: self.source, offset: start as u32 };
        let token = Token { text, at, kind, is_spaced: self.is_spaced, is_first: self.is_first, is_painted: false };
        self.is_first = false;
        self.is_spaced = false;
        token
    }

    fn scan(&mut self) -> Kind {
        let byte = self.byte(0);
        match byte {
            b'0'..=b'9' => self.scan_number(),
            b'.' if self.byte(1).is_ascii_digit() => self.scan_number(),
            b'"' => self.scan_quoted(0, b'"', Kind::String),
            b'\'' => self.scan_quoted(0, b'\'', Kind::Char),
            b'L' | b'u' | b'U' => {
                let prefix = if byte == b'u' && self.byte(1) == b'8' { 2 } else { 1 };
                match self.byte(prefix) {
                    b'"' => self.scan_quoted(prefix, b'"', Kind::String),
                    b'\'' => self.scan_quoted(prefix, b'\'', Kind::Char),
                    _ => self.scan_name(),
                }
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80.. => self.scan_name(),
            b'\\' | b'@' | b'`' | 0..=b' ' | 0x7f => {
                self.at += 1;
                Kind::Other
            }
            _ => {
                let rest = &self.text[self.at..];
                let digraphs = DIGRAPHS.iter().map(|(digraph, _)| digraph);
                let length = PUNCTS.iter().chain(digraphs).filter(|punct| rest.starts_with(**punct)).map(|punct| punct.len()).max();
                self.at += length.unwrap_or(1);
                Kind::Punct
            }
        }
    }

    fn scan_name(&mut self) -> Kind {
        loop {
            match self.byte(0) {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80.. => self.at += 1,
                b'\\' => match self.splice(self.at) {
                    Some(length) => self.at += length,
                    None => return Kind::Name,
                },
                _ => return Kind::Name,
            }
        }
    }

    fn scan_number(&mut self) -> Kind {
        loop {
            match self.byte(0) {
                b'e' | b'E' | b'p' | b'P' if matches!(self.byte(1), b'+' | b'-') => self.at += 2,
                // C23's digit separator.
                b'\'' if self.byte(1).is_ascii_alphanumeric() => self.at += 2,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' => self.at += 1,
                b'\\' => match self.splice(self.at) {
                    Some(length) => self.at += length,
                    None => return Kind::Number,
                },
                _ => return Kind::Number,
            }
        }
    }

    fn scan_quoted(&mut self, prefix: usize, quote: u8, kind: Kind) -> Kind {
        let start = self.at;
        self.at += prefix + 1;
        loop {
            match self.byte(0) {
                b'\n' => break,
                0 if self.at >= self.text.len() => break,
                b'\\' => match self.splice(self.at) {
                    Some(length) => self.at += length,
                    None => self.at += 1 + self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8),
                },
                byte if byte == quote => {
                    self.at += 1;
                    return kind;
                }
                // Continuation bytes are never a quote, so the end is a character's boundary.
                _ => self.at += 1,
            }
        }
        // The quote alone, so that what comes after it is read: text in `#if 0` may hold apostrophes.
        self.at = start + prefix + 1;
        Kind::Other
    }
}

/// White space that may stand between a backslash and the end of its line, as compilers have it.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}')
}

fn splice_length(text: &[u8]) -> Option<usize> {
    let (b'\\', rest) = text.split_first()? else { return None };
    let blanks = rest.iter().take_while(|byte| is_blank(char::from(**byte))).count();
    (rest.get(blanks) == Some(&b'\n')).then_some(blanks + 2)
}

fn without_splices(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        made.push_str(&rest[..at]);
        let length = splice_length(&rest.as_bytes()[at..]);
        made.push_str(if length.is_some() { "" } else { "\\" });
        rest = &rest[at + length.unwrap_or(1)..];
    }
    made + rest
}
