//! The texts that are read, and what a place in them is to a person: file, line, column.

use std::cell::{Cell, OnceCell};
use typed_arena::Arena;

/// The most text that one unit may consist of or make, in bytes.
const MAX_TEXT: usize = 64 << 20;

/// Texts that live as long as the parser: those of files, and those that macros make.
#[derive(Default)]
pub struct Texts {
    arena: Arena<String>,
    kept: Cell<usize>,
}

impl Texts {
    /// Keeps a text; `None` when there is too much of it.
    pub fn keep(&self, text: String) -> Option<&str> {
        let kept = self.kept.get() + text.len();
        if kept > MAX_TEXT {
            return None;
        }
        self.kept.set(kept);
        Some(self.arena.alloc(text))
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Place {
    /// Its number in [`Sources`].
    pub source: u32,
    /// In bytes.
    pub offset: u32,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The token that is wrong.
    pub at: Place,
    /// In words, without the place.
    pub message: String,
    /// What would have been declared where it is, and is not.
    pub names: Vec<String>,
}

impl Fault {
    /// A fault in these words.
    pub fn new(at: Place, message: impl Into<String>) -> Fault {
        Fault { at, message: message.into(), names: Vec::new() }
    }

    /// The same, with what is lost by it.
    pub fn losing(self, names: Vec<String>) -> Fault {
        Fault { names, ..self }
    }
}

/// A place as a person counts: the file that line markers name, the line and column from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'s> {
    /// Name of the file.
    pub file: &'s str,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// The line itself.
    pub text: &'s str,
}

/// `#line` or `# 1 "file"`: what the lines after it are called.
struct Marker<'s> {
    offset: u32,
    /// Of the line that begins at `offset`.
    line: u32,
    file: &'s str,
}

/// A text.
pub struct Source<'s> {
    /// As it was asked for.
    pub name: &'s str,
    /// All of it.
    pub text: &'s str,
    /// Written by arkffi: what it declares has no position.
    pub is_builtin: bool,
    /// Where comments begin and end, in order.
    pub comments: Vec<(u32, u32)>,
    markers: Vec<Marker<'s>>,
    lines: OnceCell<Vec<u32>>,
    /// The last place whose column was counted: where its line begins, where it is, how many characters that is.
    counted: Cell<(u32, u32, u32)>,
}

impl Source<'_> {
    /// How many characters there are from the start of a line to a place in it. Places mostly come in order, and
    /// a line may be as long as the text.
    fn characters(&self, start: u32, end: u32) -> u32 {
        let (line, from, before) = self.counted.get();
        let (from, before) = if line == start && from <= end && from >= start { (from, before) } else { (start, 0) };
        let more = self.text.get(from as usize..end as usize).map_or(0, |text| text.chars().count() as u32);
        self.counted.set((start, end, before + more));
        before + more
    }
}

/// Every text of a unit.
#[derive(Default)]
pub struct Sources<'s>(Vec<Source<'s>>);

impl<'s> Sources<'s> {
    /// Adds a text and returns its number.
    pub fn add(&mut self, name: &'s str, text: &'s str, is_builtin: bool) -> u32 {
        self.0.push(Source {
            name,
            text,
            is_builtin,
            comments: Vec::new(),
            markers: Vec::new(),
            lines: OnceCell::new(),
            counted: Cell::default(),
        });
        self.0.len() as u32 - 1
    }

    /// The text with this number.
    pub fn get(&self, number: u32) -> &Source<'s> {
        &self.0[number as usize]
    }

    /// The comments of a text have been found.
    pub fn set_comments(&mut self, number: u32, comments: Vec<(u32, u32)>) {
        self.0[number as usize].comments = comments;
    }

    /// From `offset` on, where a line begins, lines are called so.
    pub fn mark(&mut self, at: Place, line: u32, file: Option<&'s str>) {
        let source = &mut self.0[at.source as usize];
        let file = file.or(source.markers.last().map(|marker| marker.file)).unwrap_or(source.name);
        source.markers.push(Marker { offset: at.offset, line, file });
    }

    /// The name of the file that a place is in, as line markers tell it.
    pub fn file_of(&self, at: Place) -> &'s str {
        let source = self.get(at.source);
        marker_before(source, at.offset).map_or(source.name, |marker| marker.file)
    }

    /// Where this is, for a person.
    pub fn position(&self, at: Place) -> Position<'s> {
        let source = self.get(at.source);
        let lines = source.lines.get_or_init(|| line_starts(source.text));
        let number = |offset: u32| lines.partition_point(|&start| start <= offset).max(1) - 1;
        let index = number(at.offset);
        let start = lines[index];
        let end = lines.get(index + 1).map_or(source.text.len(), |next| *next as usize);
        let text = source.text[start as usize..end].trim_end_matches(['\n', '\r']);
        let column = source.characters(start, at.offset) + 1;
        let (file, line) = match marker_before(source, at.offset) {
            Some(marker) => (marker.file, marker.line.saturating_add((index - number(marker.offset).min(index)) as u32)),
            None => (source.name, index as u32 + 1),
        };
        Position { file, line, column, text }
    }
}

fn marker_before<'a, 's>(source: &'a Source<'s>, offset: u32) -> Option<&'a Marker<'s>> {
    let after = source.markers.partition_point(|marker| marker.offset <= offset);
    source.markers[..after].last()
}

fn line_starts(text: &str) -> Vec<u32> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes());
    std::iter::once(0).chain(ends.map(|end| end as u32 + 1)).collect()
}
