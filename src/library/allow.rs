//! The list of libraries that this process may open: of all environments together, and never widened.

use glob::{MatchOptions, Pattern};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What one call of `allowLibraries` allows.
#[derive(Debug)]
struct List {
    patterns: Vec<Pattern>,
    process: bool,
    /// The patterns as they were given, from the root on.
    globs: Vec<String>,
}

impl List {
    fn has(&self, path: &Path) -> bool {
        let options = MatchOptions { case_sensitive: !cfg!(windows), require_literal_separator: true, require_literal_leading_dot: false };
        self.patterns.iter().any(|pattern| pattern.matches_path_with(path, options))
    }
}

/// What every list has is allowed; without a list, everything.
static LISTS: Mutex<Vec<List>> = Mutex::new(Vec::new());
static IS_SET: AtomicBool = AtomicBool::new(false);

/// Allows only the libraries whose path is like one of `globs`, from now on, and of those only what was allowed
/// before; `process` stands for the symbols of the running process.
///
/// # Errors
///
/// What is wrong with which pattern. Nothing is changed then.
pub fn restrict(globs: &[String], process: bool) -> Result<(), String> {
    let pattern = |glob: &String| Pattern::new(&absolute(glob)).map_err(|error| format!("'{glob}' is no pattern: {}", error.msg));
    let patterns = globs.iter().map(pattern).collect::<Result<_, _>>()?;
    let mut lists = LISTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let whole = |glob: &String| std::path::absolute(glob).map_or_else(|_| glob.clone(), |path| path.to_string_lossy().into_owned());
    lists.push(List { patterns, process, globs: globs.iter().map(whole).collect() });
    IS_SET.store(true, Ordering::Release);
    Ok(())
}

/// What each call has allowed, for another process to allow the same: patterns, and whether the running process is.
pub fn lists() -> Vec<(Vec<String>, bool)> {
    let lists = LISTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    lists.iter().map(|list| (list.globs.clone(), list.process)).collect()
}

/// Whether there is a list at all.
pub fn is_restricted() -> bool {
    IS_SET.load(Ordering::Acquire)
}

/// Whether the symbols of the running process may be used.
pub fn allows_process() -> bool {
    LISTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().all(|list| list.process)
}

/// Whether the file may be opened. Its path has no links in it.
pub fn allows(real: &Path) -> bool {
    LISTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().all(|list| list.has(real))
}

/// A pattern for whole paths without links: the folders before the first wildcard are looked up now.
fn absolute(glob: &str) -> String {
    let is_wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?']);
    let parts: Vec<_> = Path::new(glob).components().collect();
    let plain = parts.iter().take_while(|part| !is_wild(part)).count();
    let start: PathBuf = parts[..plain].iter().collect();
    let start = std::path::absolute(if plain == 0 { Path::new(".") } else { &start }).unwrap_or(start);
    let start = start.canonicalize().unwrap_or(start);
    let mut text = Pattern::escape(&start.to_string_lossy());
    for part in &parts[plain..] {
        if !text.ends_with('/') {
            text.push('/');
        }
        text.push_str(&plain_brackets(&part.as_os_str().to_string_lossy()));
    }
    text
}

/// A part of a pattern in which only `*` and `?` are special, as the crate has it.
fn plain_brackets(part: &str) -> String {
    part.replace('[', "[[]")
}
