//! The symbols of a library's file: all of them, and those that a misspelt name may have meant.

use super::elf::Elf;
pub use super::elf::Symbol;
use super::explain;
use super::format::{Format, recognize};
use object::read::{ExportTarget, NameOrOrdinal, Permissions, ReadCache, ReadRef};
use object::{Object as _, ObjectSegment as _};
use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;

/// What a file of any format exports, by name. Of a name with several versions one is enough. `None` if the
/// file is none that exports.
pub fn exports<'data, R: ReadRef<'data>>(data: R) -> Option<Vec<Symbol>> {
    let found = Elf::exports(data).or_else(|| of_other_formats(data))?;
    let mut seen = HashSet::new();
    let mut found: Vec<_> = found.into_iter().filter(|symbol| seen.insert(symbol.name.clone())).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Some(found)
}

/// The same for a file; a reason, for after a colon, when it cannot be read or exports nothing by its kind.
///
/// # Errors
///
/// The reason.
pub fn of_file(path: &Path) -> Result<Vec<Symbol>, String> {
    let metadata = fs::metadata(path).map_err(|error| explain::missing(path).unwrap_or(error.to_string()))?;
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let data = ReadCache::new(File::open(path).map_err(|error| format!("it cannot be read: {error}"))?);
    exports(&data).ok_or_else(|| match recognize(&data) {
        Format::Other(what) => format!("the file is {what}"),
        Format::Native => "the file is damaged or truncated: its symbols cannot be read".to_owned(),
    })
}

fn of_other_formats<'data, R: ReadRef<'data>>(data: R) -> Option<Vec<Symbol>> {
    let file = object::File::parse(data).ok()?;
    let base = file.relative_address_base();
    let code: Vec<_> =
        file.segments().filter(|segment| is_code(segment.permissions())).map(|segment| (segment.address(), segment.size())).collect();
    let is_code_at = |address: u64| code.iter().any(|(start, size)| address.checked_sub(*start).is_some_and(|inside| inside < *size));
    let symbols = file.exports().ok()?.filter_map(|export| {
        let export = export.ok()?;
        let NameOrOrdinal::Name(name) = export.name() else { return None };
        let name = String::from_utf8_lossy(name).into_owned();
        let is_function = match export.target() {
            ExportTarget::Address { address } => is_code_at(address) || is_code_at(address.saturating_add(base)),
            ExportTarget::Resolver { .. } | ExportTarget::Reexport { .. } => true,
            _ => false,
        };
        // What C calls f is _f in a Mach-O file.
        let name = if cfg!(target_vendor = "apple") { name.strip_prefix('_').map(str::to_owned).unwrap_or(name) } else { name };
        Some(Symbol { name, is_function, size: None })
    });
    Some(symbols.collect())
}

fn is_code(permissions: Permissions) -> bool {
    permissions.executable()
}

/// How many names are suggested at most.
const MOST: usize = 3;
/// Names that are less alike are no help.
const ALIKE: f64 = 0.85;
/// Comparing longer ones would take long.
const LONGEST: usize = 200;

/// What a name that is no symbol may have meant, as the end of a message; empty if nothing is near.
pub fn hint(name: &str, exports: &[Symbol]) -> String {
    if name.is_empty() || name.len() > LONGEST {
        return String::new();
    }
    let mangled: Vec<_> =
        exports.iter().filter(|symbol| is_mangled(&symbol.name, name)).map(|symbol| symbol.name.as_str()).take(MOST).collect();
    if !mangled.is_empty() {
        let names = mangled.join("', '");
        return format!("; C++ has made it '{names}': declare it extern \"C\" there, or give that as its symbol");
    }
    let wanted = name.to_lowercase();
    let score = |symbol: &str| strsim::jaro_winkler(&wanted, &symbol.to_lowercase());
    // Loaders may not find what is there, such as a symbol at 0 or of another version.
    let scored = exports.iter().map(|symbol| symbol.name.as_str()).filter(|symbol| symbol.len() <= LONGEST && *symbol != name);
    let mut scored: Vec<_> = scored.map(|symbol| (score(symbol), symbol)).filter(|(score, _)| *score > ALIKE).collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let names: Vec<_> = scored.iter().take(MOST).map(|(_, symbol)| format!("'{symbol}'")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("; did you mean {one}?"),
        [some @ .., last] => format!("; did you mean {} or {last}?", some.join(", ")),
    }
}

/// Whether a symbol is what a C++ compiler makes of a function with this name.
fn is_mangled(symbol: &str, name: &str) -> bool {
    let itanium = || {
        let rest = symbol.strip_prefix("_Z").or_else(|| symbol.strip_prefix("__Z"))?;
        let rest = rest.strip_prefix('L').unwrap_or(rest);
        let part = format!("{}{name}", name.len());
        // Names in a namespace or a class are in a list, each with its length before it.
        let at = if rest.starts_with('N') { rest.find(&part)? } else { usize::from(!rest.starts_with(&part)) };
        let is_whole = !rest[..at].ends_with(|character: char| character.is_ascii_digit());
        (is_whole && (at == 0 || rest.starts_with('N'))).then_some(())
    };
    let microsoft = || symbol.strip_prefix('?')?.strip_prefix(name)?.strip_prefix('@').map(drop);
    itanium().or_else(microsoft).is_some()
}
