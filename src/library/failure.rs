//! The error of a library that did not open: everything that was tried, and the reasons.

use crate::diagnosis::explain;
use crate::diagnosis::places::{Places, is_bare};
use crate::error::{Code, Error};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no such file.
    NotThere,
    /// There is a directory of that name.
    Directory,
    /// There is, and it does not open.
    Failed,
    /// There is, and it must not be opened.
    Denied,
}

/// A path or name that was tried.
#[derive(Debug)]
pub struct Attempt {
    /// How it ended.
    pub outcome: Outcome,
    tried: String,
    file: PathBuf,
    reason: String,
    /// What the system said, if it was asked.
    text: Option<String>,
}

impl Attempt {
    /// No such file.
    pub fn not_there(path: &OsStr, text: Option<String>) -> Attempt {
        Attempt { outcome: Outcome::NotThere, tried: path.to_string_lossy().into_owned(), file: path.into(), reason: String::new(), text }
    }

    /// A file that does not open.
    pub fn failed(path: &OsStr, file: &Path, reason: String, text: Option<String>) -> Attempt {
        Attempt { outcome: Outcome::Failed, tried: path.to_string_lossy().into_owned(), file: file.into(), reason, text }
    }

    /// A directory, which is no library.
    pub fn directory(path: &OsStr, file: &Path, text: Option<String>) -> Attempt {
        Attempt { outcome: Outcome::Directory, ..Attempt::failed(path, file, explain::DIRECTORY.to_owned(), text) }
    }

    /// A file that must not be opened.
    pub fn denied(path: &OsStr, file: &Path, reason: String) -> Attempt {
        Attempt { outcome: Outcome::Denied, ..Attempt::failed(path, file, reason, None) }
    }
}

impl Attempt {
    /// The file and what is wrong with it; the system's own text has the path in it.
    fn describe(&self) -> String {
        if self.text.as_ref() == Some(&self.reason) {
            self.reason.clone()
        } else {
            format!("{}: {}", shortened(&self.file.to_string_lossy()), self.reason)
        }
    }
}

/// So many paths are listed.
const MOST: usize = 8;

/// The error of candidates none of which opened.
pub fn error(candidates: &[String], attempts: Vec<Attempt>) -> Error {
    let is_denied = attempts.iter().any(|attempt| attempt.outcome == Outcome::Denied);
    let code = if is_denied { Code::AccessDenied } else { Code::DlopenFailed };
    let mut texts: Vec<String> = Vec::new();
    for text in attempts.iter().filter_map(|attempt| attempt.text.clone()) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let reasons = reasons(candidates, &attempts);
    let space = if reasons.starts_with('\n') { "" } else { " " };
    let error = Error::new(code, format!("Failed to load library {}:{space}{reasons}", list(candidates, "'")));
    if texts.is_empty() { error } else { error.caused_by(texts.join("\n")) }
}

fn list<T: AsRef<str>>(names: &[T], quote: &str) -> String {
    let shown = names.iter().take(MOST).map(|name| format!("{quote}{}{quote}", shortened(name.as_ref()))).collect::<Vec<_>>();
    match shown.as_slice() {
        [] => "''".to_owned(),
        [one] => one.clone(),
        [some @ .., last] if names.len() <= MOST => format!("{} or {last}", some.join(", ")),
        some => format!("{} or one of {} more", some.join(", "), names.len() - MOST),
    }
}

/// The end of a path tells more than its beginning.
fn shortened(path: &str) -> String {
    const LONGEST: usize = 200;
    let count = path.chars().count();
    if count <= LONGEST { path.to_owned() } else { format!("…{}", path.chars().skip(count - LONGEST).collect::<String>()) }
}

fn reasons(candidates: &[String], attempts: &[Attempt]) -> String {
    let (absent, failed): (Vec<_>, Vec<_>) = attempts.iter().partition(|attempt| attempt.outcome == Outcome::NotThere);
    let mut lines: Vec<_> = failed.iter().take(MOST).map(|attempt| attempt.describe()).collect();
    if lines.is_empty() {
        return nothing_there(&absent);
    }
    if candidates.len() > 1 && !absent.is_empty() {
        lines.push(format!("{}: {}", explain::NO_FILE, tried(&absent)));
    }
    match lines.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|line| format!("\n  {line}")).collect(),
    }
}

fn tried(attempts: &[&Attempt]) -> String {
    let mut names: Vec<_> = attempts.iter().map(|attempt| attempt.tried.as_str()).collect();
    names.dedup();
    list(&names, "")
}

fn nothing_there(attempts: &[&Attempt]) -> String {
    let Some(first) = attempts.first() else { return "nothing was tried".to_owned() };
    let is_bare = |attempt: &&&Attempt| is_bare(OsStr::new(&attempt.tried));
    let mut message = match explain::missing(&first.file).filter(|_| !is_bare(&first)) {
        Some(reason) if reason != explain::NO_FILE => reason,
        _ => format!("{}: {}", explain::NO_FILE, tried(attempts)),
    };
    if attempts.iter().any(|attempt| is_bare(&attempt)) {
        let places = Places::of_this_process().describe();
        if !places.is_empty() {
            message.push_str(&format!("; the system looks in {places}"));
        }
        if let Some(here) = attempts.iter().filter(is_bare).find(|attempt| attempt.file.exists()) {
            message.push_str(&format!("; there is ./{}, but names without a slash are not looked for here", here.tried));
        }
    }
    if attempts.iter().any(|attempt| !is_bare(&attempt) && attempt.file.is_relative()) {
        let here = std::env::current_dir().unwrap_or_default();
        message.push_str(&format!(
            "; the working directory is {} (for a path from a module: new URL('./…', import.meta.url))",
            here.display()
        ));
    }
    message
}
