//! What a library needs: walks along the names that it gives, as the loader does.

use super::check::headers;
use super::elf::Elf;
use super::places::{Places, expand, in_folders, is_bare};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A library that another one needs.
pub struct Dependency {
    /// Its name, as the other gives it.
    pub name: String,
    /// The libraries that lead to it, the opened one first; the last one needs it.
    pub chain: Vec<PathBuf>,
    /// Its file and what that says; `None` when there is none.
    pub found: Option<(PathBuf, Option<Elf>)>,
}

impl Dependency {
    /// Who needs it, in words.
    pub fn who(&self) -> String {
        let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let names: Vec<_> = self.chain.iter().rev().map(name).collect();
        format!("needed by {}", names.join(", which is needed by "))
    }
}

/// So many libraries are looked at.
const MOST: usize = 500;

/// Visits everything that the library at `path` needs and that is not loaded (see `is_loaded`), nearest first,
/// until `visit` gives something.
pub fn walk<T>(path: &Path, elf: Elf, is_loaded: &dyn Fn(&str) -> bool, mut visit: impl FnMut(&Dependency) -> Option<T>) -> Option<T> {
    let places = std::cell::OnceCell::new();
    let mut seen = HashSet::new();
    let mut queue = std::collections::VecDeque::from([(vec![path.to_owned()], elf, Vec::<PathBuf>::new())]);
    while let Some((chain, elf, inherited)) = queue.pop_front() {
        let file = chain.last()?.clone();
        let expanded = |folders: &[String]| folders.iter().map(|folder| expand(folder, &file)).collect::<Vec<_>>();
        // An rpath counts for all below, unless there is a runpath, which counts for this library alone.
        let (own, rest) = if elf.runpath.is_empty() {
            let all: Vec<_> = expanded(&elf.rpath).into_iter().chain(inherited).collect();
            (all.clone(), all)
        } else {
            (expanded(&elf.runpath), Vec::new())
        };
        for name in elf.needed {
            if seen.len() >= MOST || !seen.insert(name.clone()) || is_loaded(&name) {
                continue;
            }
            let places = places.get_or_init(Places::of_this_process);
            let found = find(&name, &own, places).map(|path| {
                let elf = headers(&path);
                (path, elf)
            });
            let mut dependency = Dependency { name, chain: chain.clone(), found };
            if let Some(result) = visit(&dependency) {
                return Some(result);
            }
            if let Some((path, Some(elf))) = dependency.found.take() {
                queue.push_back(([&chain[..], &[path]].concat(), elf, rest.clone()));
            }
        }
    }
    None
}

fn find(name: &str, folders: &[PathBuf], places: &Places) -> Option<PathBuf> {
    if !is_bare(OsStr::new(name)) {
        return Some(PathBuf::from(name)).filter(|path| path.exists());
    }
    let local = in_folders(name, folders);
    local.or_else(|| Some(places.find(name)?.0))
}
