//! Where the loader looks for libraries that are asked for by name.

use super::cache;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The loader's places, as they are now.
pub struct Places {
    /// Folders that come before the cache: those of LD_LIBRARY_PATH when the process began.
    first: Vec<PathBuf>,
    cache: Vec<u8>,
    /// Folders that come last.
    standard: Vec<PathBuf>,
}

impl Places {
    /// Those of this process.
    pub fn of_this_process() -> Places {
        if cfg!(not(target_os = "linux")) {
            return Places { first: Vec::new(), cache: Vec::new(), standard: Vec::new() };
        }
        let is_musl = cfg!(target_env = "musl");
        let cache = if is_musl { Vec::new() } else { fs::read("/etc/ld.so.cache").unwrap_or_default() };
        Places { first: initial_folders(), cache, standard: standard_folders(is_musl) }
    }

    /// The file that the loader finds under a name, and whether it has several to choose from.
    pub fn find(&self, name: &str) -> Option<(PathBuf, bool)> {
        if let Some(path) = in_folders(name, &self.first) {
            return Some((path, false));
        }
        let known: Vec<_> = cache::entries(&self.cache).into_iter().filter(|entry| entry.name == name).collect();
        if let Some(entry) = known.iter().find(|entry| is_for_this_process(Path::new(entry.path))) {
            return Some((entry.path.into(), known.iter().any(|entry| entry.is_special)));
        }
        in_folders(name, &self.standard).map(|path| (path, false))
    }

    /// The newest file whose name is `stem`, a dot, and a version: `libfoo.so.3` for `libfoo.so`.
    pub fn newest(&self, stem: &str) -> Option<String> {
        let of_cache = cache::entries(&self.cache);
        let known = of_cache.iter().filter(|entry| version(entry.name, stem).is_some() && is_for_this_process(Path::new(entry.path)));
        let known = known.map(|entry| entry.name.to_owned());
        let lists = self.first.iter().chain(&self.standard).filter_map(|folder| newest_in(folder, stem));
        let files = lists.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        known.chain(files).max_by_key(|name| version(name, stem))
    }

    /// In words, for messages.
    pub fn describe(&self) -> String {
        let folders = self.first.iter().chain(&self.standard).map(|folder| folder.display().to_string());
        let cache = (!self.cache.is_empty()).then(|| "/etc/ld.so.cache".to_owned());
        cache.into_iter().chain(folders).collect::<Vec<_>>().join(", ")
    }
}

/// The file with a name that the loader takes from some folders: it skips libraries for other processors, if it looks. If
/// there is nothing else, one of those.
pub fn in_folders(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let mut found: Vec<_> = folders.iter().map(|folder| folder.join(name)).filter(|path| path.exists()).collect();
    let fits = |path: &PathBuf| {
        !super::check::LOADER_LOOKS || super::check::headers(path).is_none_or(|elf| super::machine::fits(elf.architecture))
    };
    let chosen = found.iter().position(fits).unwrap_or(0);
    (!found.is_empty()).then(|| found.swap_remove(chosen))
}

/// The newest versioned file in a folder, as for [`Places::newest`], that is for this process.
pub fn newest_in(folder: &Path, stem: &str) -> Option<PathBuf> {
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| version(name, stem).is_some()).collect();
    names.sort_by_cached_key(|name| std::cmp::Reverse(version(name, stem)));
    names.into_iter().map(|name| folder.join(name)).find(|path| is_for_this_process(path))
}

/// The version at the end of a name: the numbers after `stem` and a dot. More numbers are a more precise name of
/// the same, and count as newer only if those before are equal.
fn version(name: &str, stem: &str) -> Option<Vec<u64>> {
    name.strip_prefix(stem)?.strip_prefix('.')?.split('.').map(|part| part.parse().ok()).collect()
}

/// Whether a file is a library of the processor that this process runs on.
fn is_for_this_process(path: &Path) -> bool {
    super::check::headers(path).is_some_and(|elf| super::machine::fits(elf.architecture))
}

/// The loader has looked at LD_LIBRARY_PATH when the process began: later changes do not count.
fn initial_folders() -> Vec<PathBuf> {
    let environment = fs::read("/proc/self/environ").unwrap_or_default();
    let list = environment.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(b"LD_LIBRARY_PATH="));
    let list = list.map(String::from_utf8_lossy).unwrap_or_default();
    let folders = list.split([':', ';']).filter(|_| !list.is_empty());
    folders.map(|folder| PathBuf::from(if folder.is_empty() { "." } else { folder })).collect()
}

fn standard_folders(is_musl: bool) -> Vec<PathBuf> {
    let arch = std::env::consts::ARCH;
    if is_musl {
        let listed = fs::read_to_string(format!("/etc/ld-musl-{arch}.path")).unwrap_or("/lib:/usr/local/lib:/usr/lib".to_owned());
        return listed.split([':', '\n']).filter(|folder| !folder.is_empty()).map(PathBuf::from).collect();
    }
    let triplet = format!("{arch}-linux-gnu");
    let folders =
        [format!("/lib/{triplet}"), format!("/usr/lib/{triplet}"), "/lib64".into(), "/usr/lib64".into(), "/lib".into(), "/usr/lib".into()];
    folders.into_iter().map(PathBuf::from).filter(|folder| folder.is_dir()).collect()
}

/// A folder of an rpath, with what stands for the folder of the file that names it.
pub fn expand(folder: &str, file: &Path) -> PathBuf {
    let origin = file.parent().unwrap_or(Path::new(".")).to_string_lossy().into_owned();
    let lib = if Path::new("/usr/lib64").is_dir() { "lib64".to_owned() } else { format!("lib/{}-linux-gnu", std::env::consts::ARCH) };
    let names = [("ORIGIN", origin), ("LIB", lib), ("PLATFORM", std::env::consts::ARCH.to_owned())];
    let replace =
        |text: String, (name, value): &(&str, String)| text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    PathBuf::from(names.iter().fold(folder.to_owned(), replace))
}

/// Whether a name is searched for, rather than a path that is opened as it is.
pub fn is_bare(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    !bytes.contains(&b'/') && !(cfg!(windows) && (bytes.contains(&b'\\') || bytes.contains(&b':')))
}
