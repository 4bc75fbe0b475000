//! V8 functions whose calls are compiled to calls of our entries ("fast API calls"). Node exports what makes them, but
//! neither Node nor V8 promises how their arguments lie in memory: that is known for some versions, and checked.

use super::passing::Passing;
use super::symbol::named;
use super::{inward, slow, texts};
use napi::sys;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a value is in a shape; the numbers are those of `lib/fast/engine.js`, which are V8's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Nothing, as a result.
    Void = 0,
    /// `i32`
    I32 = 3,
    /// `u32`
    U32 = 4,
    /// `i64`
    I64 = 5,
    /// `u64`
    U64 = 6,
    /// `f32`
    F32 = 7,
    /// `f64`
    F64 = 8,
    /// Any JavaScript value.
    Value = 10,
    /// A string.
    Text = 11,
    /// An [`Address`](super::result::Address), as a result. Not V8's.
    Address = 64,
}

impl Kind {
    /// The kind with V8's number.
    pub fn of_number(number: u32) -> Option<Kind> {
        use Kind::*;
        [Void, I32, U32, I64, U64, F32, F64, Value, Text, Address].into_iter().find(|&kind| kind as u32 == number)
    }

    /// What V8 is told.
    fn told(self) -> Kind {
        if self == Kind::Address { Kind::F64 } else { self }
    }

    /// Whether C has it in floating-point registers.
    pub fn is_float(self) -> bool {
        matches!(self, Kind::F32 | Kind::F64)
    }
}

/// What a caller is for.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// What C gets.
    pub values: &'a [Kind],
    /// What C returns.
    pub result: Kind,
    /// How many more are only to be kept.
    pub kept: usize,
    /// Whether strings are among the values, or addresses of their copies.
    pub has_texts: bool,
}

/// Where a callback's arguments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The second word of what it gets points to them, and the first to six other words: the fourth is for the result.
    Separate,
    /// They are in what it gets, behind ten other words: the seventh is for the result.
    InFrame,
}

impl Layout {
    /// That of this process's engine.
    pub fn current() -> Option<Layout> {
        ENGINE.get()?.as_ref().ok().map(|engine| engine.version.layout)
    }
}

/// When JavaScript may run during a call. The numbers are those of `lib/fast/engine.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reenters {
    /// The engine is not prepared for it.
    Never = 0,
    /// In any call. But the compiled code that makes it goes on as if nothing had happened, and what JavaScript has changed
    /// may make that wrong: so it has to be left then, or be code of a function that relies on nothing which changes.
    Apart = 1,
    /// In calls that return nothing. (From others, V8 14.6 ends the process when the code has become wrong.)
    Void = 2,
}

/// What is known of a version.
#[derive(Clone, Copy, Debug)]
struct Version {
    /// `process.versions.modules`: Node keeps the layout of V8's classes within one such number.
    modules: u32,
    /// `process.versions.v8` begins so: others may build Node with another V8, which behaves otherwise.
    v8: &'static str,
    /// Bytes of a `v8::CTypeInfo`.
    stride: usize,
    /// Where a `v8::CFunctionInfo` says whether 64-bit values are Numbers; `None` if they always are.
    mode: Option<usize>,
    layout: Layout,
    reenters: Reenters,
}

use Reenters::{Apart, Never, Void};

const VERSIONS: [Version; 4] = [
    Version { modules: 115, v8: "11.3.", stride: 3, mode: None, layout: Layout::Separate, reenters: Never },
    Version { modules: 127, v8: "12.4.", stride: 3, mode: Some(3), layout: Layout::Separate, reenters: Never },
    Version { modules: 137, v8: "13.6.", stride: 3, mode: Some(3), layout: Layout::Separate, reenters: Apart },
    Version { modules: 147, v8: "14.6.", stride: 2, mode: Some(2), layout: Layout::InFrame, reenters: Void },
];

type Isolate = *mut c_void;
type Local = *mut c_void;
type NewTemplate = unsafe extern "C" fn(Isolate, slow::Callback, Local, Local, i32, i32, i32, *const CFunction, u16, u16, u16) -> Local;

/// The functions of V8's that are used, under the names that C++ compilers give them.
struct Engine {
    version: Version,
    isolate: unsafe extern "C" fn() -> Isolate,
    context: unsafe extern "C" fn(Isolate) -> Local,
    new_template: NewTemplate,
    function: unsafe extern "C" fn(Local, Local) -> Local,
    is_terminating: unsafe extern "C" fn(Isolate) -> bool,
}

/// A `v8::CFunctionInfo`. V8 keeps the pointers to it, and threads that compile may look at it at any time.
#[repr(C)]
struct CFunctionInfo {
    /// The result's type; the mode of 64-bit values.
    start: [u8; 4],
    count: u32,
    types: *const u8,
}

/// A `v8::CFunction`.
#[repr(C)]
struct CFunction {
    address: usize,
    info: *const CFunctionInfo,
}

// SAFETY: what it points to is never changed nor freed.
unsafe impl Send for CFunction {}
// SAFETY: as above.
unsafe impl Sync for CFunction {}

static ENGINE: OnceLock<Result<Engine, &'static str>> = OnceLock::new();

/// When JavaScript may run during calls of such functions, for a version of Node and of V8; or why there are none in this
/// process.
pub fn state(modules: u32, v8: &str) -> Result<Reenters, &'static str> {
    ENGINE.get_or_init(|| Engine::find(modules, v8)).as_ref().map(|engine| engine.version.reenters).map_err(|reason| *reason)
}

/// Callers have been seen to find their values where they should be: from now on callbacks get into the engine by its own functions
/// too. Nothing in other engines.
pub fn prove() {
    if let Some(Ok(_)) = ENGINE.get() {
        // SAFETY: the engine is V8, of a version that is known.
        unsafe { inward::set_up() };
    }
}

/// A function of the engine's for a shape, which calls an entry of a place. `None` if the engine made none.
///
/// # Safety
///
/// This is a call from JavaScript in the environment at the place, and `passing` [takes](Passing::takes) such a result, so
/// many integers, and strings if there are any.
pub unsafe fn function(place: usize, shape: Shape, passing: Passing) -> Option<sys::napi_value> {
    let Shape { values, result, kept, has_texts } = shape;
    let ints = values.iter().filter(|kind| !kind.is_float()).count();
    let address = passing.entry(place, result, ints, ints < values.len(), has_texts);
    // The receiver and the number come first.
    let types = [Kind::Value, Kind::U32].into_iter().chain(values.iter().copied()).chain(std::iter::repeat_n(Kind::Value, kept));
    // SAFETY: as the caller says; the entry and the callback take these values.
    unsafe { make(address, result.told(), &types.collect::<Vec<_>>(), passing.callback(place, has_texts)) }
}

/// The function of the engine's that copies strings.
///
/// # Safety
///
/// As for [`function`].
pub unsafe fn copier(place: usize) -> Option<sys::napi_value> {
    let (fast, slow) = texts::copiers(place);
    // SAFETY: as the caller says; both take a string.
    unsafe { make(fast, Kind::Void, &[Kind::Value, Kind::Text], slow) }
}

/// Whether the JavaScript that has just run on this thread was stopped, as a script is that runs for too long. `false` in
/// other engines.
pub fn is_stopping() -> bool {
    let Some(Ok(engine)) = ENGINE.get() else { return false };
    // SAFETY: it only reads of this thread's isolate, which lives as long as its JavaScript runs.
    unsafe { (engine.is_terminating)((engine.isolate)()) }
}

/// Makes a function whose compiled calls are calls of the function of C at `address`, and the others of `callback`.
///
/// # Safety
///
/// This is a call from JavaScript, and both take values of these types.
unsafe fn make(address: usize, result: Kind, types: &[Kind], callback: slow::Callback) -> Option<sys::napi_value> {
    let engine = ENGINE.get()?.as_ref().ok()?;
    let c_function = engine.c_function(address, result, types);
    // SAFETY: these are V8's functions of a known version, with their arguments; what they keep lives for ever.
    // Node-API has opened a handle scope and entered the context.
    unsafe {
        let isolate = (engine.isolate)();
        let (none, length, no_construct, has_effects) = (ptr::null_mut(), 0, 0, 0);
        let template = (engine.new_template)(isolate, callback, none, none, length, no_construct, has_effects, c_function, 0, 0, 0);
        if template.is_null() {
            return None;
        }
        let function = (engine.function)(template, (engine.context)(isolate));
        (!function.is_null()).then(|| function.cast())
    }
}

impl Engine {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn find(modules: u32, v8: &str) -> Result<Engine, &'static str> {
        let is_this = |version: &&Version| version.modules == modules && v8.starts_with(version.v8);
        let version = *VERSIONS.iter().find(is_this).ok_or("this version of Node is not known")?;
        const MISSING: &str = "Node does not export what is needed";
        let info = match version.mode {
            None => c"_ZN2v813CFunctionInfoC1ERKNS_9CTypeInfoEjPS2_",
            Some(_) => c"_ZN2v813CFunctionInfoC1ERKNS_9CTypeInfoEjPS2_NS0_19Int64RepresentationE",
        };
        // SAFETY: these are the names of the functions with these parameters, in this version.
        unsafe {
            version.check(named(info).ok_or(MISSING)?)?;
            Ok(Engine {
                version,
                isolate: named(c"_ZN2v87Isolate10GetCurrentEv").ok_or(MISSING)?,
                context: named(c"_ZN2v87Isolate17GetCurrentContextEv").ok_or(MISSING)?,
                new_template: named(
                    c"_ZN2v816FunctionTemplate3NewEPNS_7IsolateEPFvRKNS_20FunctionCallbackInfoINS_5ValueEEEENS_5LocalIS4_EENSA_INS_9SignatureEEEiNS_19ConstructorBehaviorENS_14SideEffectTypeEPKNS_9CFunctionEttt",
                )
                .ok_or(MISSING)?,
                is_terminating: named(c"_ZN2v87Isolate22IsExecutionTerminatingEv").ok_or(MISSING)?,
                function: named(c"_ZN2v816FunctionTemplate11GetFunctionENS_5LocalINS_7ContextEEE").ok_or(MISSING)?,
            })
        }
    }

    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    fn find(_modules: u32, _v8: &str) -> Result<Engine, &'static str> {
        Err("not on this system")
    }

    /// What V8 is told of a function. The same for the same question, so that there are only so many.
    fn c_function(&self, address: usize, result: Kind, types: &[Kind]) -> *const CFunction {
        static MADE: Mutex<Option<Made>> = Mutex::new(None);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.get_or_insert_default().entry((address, result, types.into())).or_insert_with(|| {
            let info = Box::leak(Box::new(CFunctionInfo::new(result, types, Box::leak(self.version.wide(types)))));
            Box::leak(Box::new(CFunction { address, info }))
        });
        *made
    }
}

type Made = HashMap<(usize, Kind, Box<[Kind]>), &'static CFunction>;

impl CFunctionInfo {
    /// What V8's own constructor makes of such types, which lie in `wide`.
    fn new(result: Kind, types: &[Kind], wide: &[u8]) -> CFunctionInfo {
        // Numbers are mode 0, wherever that is.
        CFunctionInfo { start: [result as u8, 0, 0, 0], count: types.len() as u32, types: wide.as_ptr() }
    }
}

impl Version {
    /// Types as they lie in memory.
    fn wide(&self, types: &[Kind]) -> Box<[u8]> {
        types.iter().flat_map(|&kind| std::iter::once(kind as u8).chain(std::iter::repeat_n(0, self.stride - 1))).collect()
    }

    /// Compares that with the constructor.
    ///
    /// # Safety
    ///
    /// `construct` is that of `v8::CFunctionInfo` in this version.
    unsafe fn check(&self, construct: unsafe extern "C" fn(*mut CFunctionInfo, *const u8, u32, *const u8, u8)) -> Result<(), &'static str> {
        const OTHER_MODE: u8 = 1;
        let types = [Kind::Value, Kind::U32, Kind::I64];
        let wide = self.wide(&types);
        let ours = CFunctionInfo::new(Kind::F64, &types, &wide);
        let result = [Kind::F64 as u8, 0, 0];
        for mode in [0, OTHER_MODE] {
            let mut theirs = CFunctionInfo { start: [0; 4], count: 0, types: ptr::null() };
            // SAFETY: as the caller says; a version without modes ignores the last argument.
            unsafe { construct(&raw mut theirs, result.as_ptr(), ours.count, ours.types, mode) };
            let mut start = ours.start;
            if let Some(at) = self.mode {
                start[at] = mode;
            }
            if (theirs.start, theirs.count, theirs.types) != (start, ours.count, ours.types) {
                return Err("V8 describes functions of C otherwise than is known of this version");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_number() {
        assert_eq!(Kind::of_number(8), Some(Kind::F64));
        assert_eq!(Kind::of_number(1), None);
    }

    #[test]
    fn types_are_as_far_apart_as_the_version_says() {
        for version in VERSIONS {
            let wide = version.wide(&[Kind::Value, Kind::U32, Kind::F64]);
            assert_eq!(wide.len(), 3 * version.stride);
            assert_eq!(wide.iter().step_by(version.stride).copied().collect::<Vec<_>>(), [10, 4, 8]);
        }
    }
}
