//! Tells watched calls (see [`watched`](super::watched)) of collections inside of them, which need not make any handles. When
//! an object is collected that compiled code only refers to weakly, V8 empties the references in that code, also while it
//! waits for a call.

use super::symbol::named;
use super::watched::{finds_handles, forget_mark};
use crate::instance::Instance;
use std::ffi::c_void;
use std::sync::OnceLock;

type Isolate = *mut c_void;
/// A `v8::Isolate::GCCallbackWithData`.
type Callback = unsafe extern "C" fn(isolate: Isolate, kind: i32, flags: i32, data: *mut c_void);

/// V8's functions.
struct Functions {
    isolate: unsafe extern "C" fn() -> Isolate,
    add: unsafe extern "C" fn(Isolate, Callback, *mut c_void, i32),
    remove: unsafe extern "C" fn(Isolate, Callback, *mut c_void),
}

/// All kinds of collections (`v8::kGCTypeAll`).
const ALL: i32 = 31;

fn functions() -> Option<&'static Functions> {
    static FOUND: OnceLock<Option<Functions>> = OnceLock::new();
    let find = || {
        // SAFETY: these are the names of the functions with these parameters.
        unsafe {
            Some(Functions {
                isolate: named(c"_ZN2v87Isolate10GetCurrentEv")?,
                add: named(c"_ZN2v87Isolate21AddGCPrologueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEPvES4_S2_")?,
                remove: named(c"_ZN2v87Isolate24RemoveGCPrologueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEPvES4_")?,
            })
        }
    };
    FOUND.get_or_init(find).as_ref()
}

/// One environment's part in this; it ends when this is dropped.
#[derive(Debug)]
pub struct Hearing {
    isolate: Isolate,
    of: *const Instance,
}

impl Hearing {
    /// Begins to hear of the collections of this thread's engine. `None` if that does not have what watched calls rely on.
    ///
    /// # Safety
    ///
    /// The engine is V8 13.6, and this is a call from JavaScript in the environment of `of`. What is returned is dropped
    /// before that and its engine end.
    pub unsafe fn begin(of: &Instance) -> Option<Hearing> {
        let functions = functions()?;
        // SAFETY: as the caller says.
        unsafe {
            let isolate = (functions.isolate)();
            if !finds_handles(isolate, of.env()) {
                return None;
            }
            (functions.add)(isolate, collecting, (&raw const *of).cast_mut().cast(), ALL);
            Some(Hearing { isolate, of })
        }
    }

    /// Has the watched call that has just returned from C see that something has run inside.
    ///
    /// # Safety
    ///
    /// This is the thread of the environment.
    pub unsafe fn tell(&self) {
        // SAFETY: as the caller says; `begin` was told that this is V8 13.6.
        unsafe { forget_mark(self.isolate) };
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        if let Some(functions) = functions() {
            // SAFETY: `begin` has added it to this engine, which has not ended.
            unsafe { (functions.remove)(self.isolate, collecting, self.of.cast_mut().cast()) };
        }
    }
}

/// # Safety
///
/// V8 calls this on the thread of its engine, before it collects.
unsafe extern "C" fn collecting(isolate: Isolate, _kind: i32, _flags: i32, of: *mut c_void) {
    // SAFETY: as the caller says; this is V8 13.6, and the instance lives until `Hearing` is dropped.
    unsafe {
        forget_mark(isolate);
        (*of.cast::<Instance>()).hear_collection();
    }
}
