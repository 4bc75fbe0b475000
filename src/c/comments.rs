//! The comment that belongs to a declaration: right before it, behind it on its last line, or right after
//! it with an empty line following.

use super::source::{Source, Sources};
use super::types::Declared;

/// The longest comment that is looked at, in bytes.
const MAX_LENGTH: usize = 65_536;

/// How much there may be between it and the declaration, in bytes.
const MAX_GAP: usize = 500;

/// The text of the comment, without its marks.
pub fn comment_of(sources: &Sources<'_>, declared: &Declared<'_>) -> Option<String> {
    let start = declared.start?;
    let source = sources.get(start.source);
    if source.comments.is_empty() {
        return None;
    }
    let end = declared.end.filter(|end| end.source == start.source && end.offset >= start.offset);
    let found = before(source, start.offset as usize).or_else(|| after(source, end?.offset as usize))?;
    let text = cleaned(&found);
    (!text.is_empty()).then_some(text)
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The comment that ends on the line before, or on the same; several `//` in a row are one.
fn before(source: &Source<'_>, start: usize) -> Option<String> {
    let index = source.comments.partition_point(|(_, end)| *end as usize <= start).checked_sub(1)?;
    let (first, last) = source.comments[index];
    let between = source.text.get(last as usize..start).filter(|between| between.len() <= MAX_GAP)?;
    // Macros that stand for nothing may come first.
    let is_near =
        newlines(between) <= 1 && between.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || byte == b'_');
    if !is_near || is_trailing(source, first as usize) {
        return None;
    }
    let mut from = index;
    while from > 0
        && source.text[source.comments[from].0 as usize..].starts_with("//")
        && let (before, ended) = source.comments[from - 1]
        && source.text[before as usize..].starts_with("//")
        && !is_trailing(source, before as usize)
    {
        let gap = source.text.get(ended as usize..source.comments[from].0 as usize)?;
        if !gap.trim().is_empty() || newlines(gap) != 1 {
            break;
        }
        from -= 1;
    }
    source.text.get(source.comments[from].0 as usize..last as usize).map(str::to_owned)
}

/// Something other than a comment comes before it on its line.
fn is_trailing(source: &Source<'_>, start: usize) -> bool {
    let line = source.text.get(..start).and_then(|text| text.rsplit('\n').next()).unwrap_or("");
    !line.trim().is_empty()
}

/// The comment behind it on the same line, or on the next with an empty line, or nothing, after it.
fn after(source: &Source<'_>, end: usize) -> Option<String> {
    let index = source.comments.partition_point(|(start, _)| (*start as usize) < end);
    let &(first, last) = source.comments.get(index)?;
    let between = source.text.get(end..first as usize).filter(|between| between.len() <= MAX_GAP)?;
    let is_near = between.bytes().all(|byte| byte.is_ascii_whitespace() || byte == b';' || byte == b',');
    let lines = newlines(between);
    let rest = source.text.get(last as usize..)?;
    let is_apart = rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n').is_none_or(|rest| {
        let line = rest.split('\n').next().unwrap_or("");
        line.trim().is_empty()
    });
    let is_its = is_near && (lines == 0 || (lines == 1 && is_apart));
    is_its.then(|| source.text[first as usize..last as usize].to_owned())
}

/// Without `/*`, `*/`, `//`, and the stars that lines begin with.
fn cleaned(comment: &str) -> String {
    let mut end = comment.len().min(MAX_LENGTH);
    while !comment.is_char_boundary(end) {
        end -= 1;
    }
    let comment = &comment[..end];
    let is_block = comment.starts_with("/*");
    let body = if is_block { comment.trim_start_matches('/').trim_end_matches('/') } else { comment };
    let lines = body.lines().map(|line| {
        let line = line.trim_end();
        let bare = line.trim_start();
        let marks: &[char] = if is_block { &['*', '!'] } else { &['/', '!'] };
        let without = bare.trim_start_matches(marks);
        let is_marked = without.len() < bare.len();
        let text = if is_marked { without.strip_prefix('<').unwrap_or(without) } else { line };
        text.trim_end_matches('*').trim_end()
    });
    let lines: Vec<_> = lines.collect();
    let first_full = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(lines.len());
    let last_full = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(first_full, |last| last + 1);
    let lines = &lines[first_full..last_full];
    let indent_of = |line: &&str| line.len() - line.trim_start().len();
    let indent = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(indent_of).min().unwrap_or(0);
    let lines = lines.iter().enumerate().map(|(index, line)| {
        let indent = if index == 0 { indent_of(line) } else { indent.min(indent_of(line)) };
        line.get(indent..).unwrap_or_else(|| line.trim_start())
    });
    lines.collect::<Vec<_>>().join("\n")
}
