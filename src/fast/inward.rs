//! How callbacks get into V8: by its own `Function::Call`. Node-API calls that too, but asks much before that is known
//! here: while a call from JavaScript waits, JavaScript may run.

use super::symbol::named;
use napi::sys;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

type Isolate = *mut c_void;
type Local = *mut c_void;

/// A `v8::TryCatch`, which has six words in all known versions. It knows where it is, and must not be moved.
#[repr(C, align(16))]
struct TryCatch([MaybeUninit<usize>; 16]);

/// The functions of V8's that are used. A `v8::Local` is passed and returned as a pointer.
struct Inward {
    isolate: unsafe extern "C" fn() -> Isolate,
    creation_context: unsafe extern "C" fn(Local) -> Local,
    call: Call,
    begin: unsafe extern "C" fn(*mut TryCatch, Isolate),
    end: unsafe extern "C" fn(*mut TryCatch),
    has_caught: unsafe extern "C" fn(*const TryCatch) -> bool,
    has_terminated: unsafe extern "C" fn(*const TryCatch) -> bool,
    exception: unsafe extern "C" fn(*const TryCatch) -> Local,
}

/// `v8::Function::Call`. It has an isolate in V8 13 and later; without one, V8 looks for it.
enum Call {
    InIsolate(unsafe extern "C" fn(Local, Isolate, Local, Local, i32, *const Local) -> Local),
    InContext(unsafe extern "C" fn(Local, Local, Local, i32, *const Local) -> Local),
}

impl Call {
    /// # Safety
    ///
    /// As for [`set_up`].
    unsafe fn find() -> Option<Call> {
        // SAFETY: these are the names of the functions with these parameters.
        unsafe {
            named(c"_ZN2v88Function4CallEPNS_7IsolateENS_5LocalINS_7ContextEEENS3_INS_5ValueEEEiPS7_")
                .map(Call::InIsolate)
                .or_else(|| named(c"_ZN2v88Function4CallENS_5LocalINS_7ContextEEENS1_INS_5ValueEEEiPS5_").map(Call::InContext))
        }
    }
}

static FOUND: OnceLock<Option<Inward>> = OnceLock::new();

/// Looks for the functions.
///
/// # Safety
///
/// The engine of this process is V8, of a version that [`engine`](super::engine) knows.
pub(super) unsafe fn set_up() {
    FOUND.get_or_init(|| {
        // SAFETY: these are the names of the functions with these parameters.
        unsafe {
            Some(Inward {
                isolate: named(c"_ZN2v87Isolate10GetCurrentEv")?,
                creation_context: named(c"_ZN2v86Object18GetCreationContextEv")?,
                call: Call::find()?,
                begin: named(c"_ZN2v88TryCatchC1EPNS_7IsolateE")?,
                end: named(c"_ZN2v88TryCatchD1Ev")?,
                has_caught: named(c"_ZNK2v88TryCatch9HasCaughtEv")?,
                has_terminated: named(c"_ZNK2v88TryCatch13HasTerminatedEv")?,
                exception: named(c"_ZNK2v88TryCatch9ExceptionEv")?,
            })
        }
    });
}

/// Where a function is called: its engine's instance, and a handle of its context.
#[derive(Clone, Copy, Debug)]
pub struct Entrance {
    isolate: Isolate,
    context: Local,
}

impl Entrance {
    /// That of a function; `None` where Node-API is the only way in. Valid as long as the current handle scope.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, and `runner` a function of its.
    pub unsafe fn of(runner: sys::napi_value) -> Option<Entrance> {
        let inward = FOUND.get()?.as_ref()?;
        // SAFETY: as the caller says; Node-API's values are V8's local handles.
        let (isolate, context) = unsafe { ((inward.isolate)(), (inward.creation_context)(runner.cast())) };
        (!context.is_null()).then_some(Entrance { isolate, context })
    }

    /// Calls the function, without arguments, as `napi_call_function` does: what it throws is pending in `env` afterwards.
    ///
    /// # Safety
    ///
    /// This is the entrance of `runner`, in the same handle scope, and a call from JavaScript waits on this thread.
    #[inline(always)]
    pub unsafe fn call(self, env: sys::napi_env, runner: sys::napi_value) -> sys::napi_status {
        let Some(Some(inward)) = FOUND.get() else { return sys::Status::napi_generic_failure };
        let mut guard = TryCatch([MaybeUninit::uninit(); 16]);
        // SAFETY: as the caller says; the guard stays where it is until it ends.
        unsafe {
            (inward.begin)(&raw mut guard, self.isolate);
            let function = runner.cast();
            let result = match inward.call {
                Call::InIsolate(call) => call(function, self.isolate, self.context, function, 0, ptr::null()),
                Call::InContext(call) => call(function, self.context, function, 0, ptr::null()),
            };
            if result.is_null() {
                return inward.fail(&raw mut guard, env);
            }
            (inward.end)(&raw mut guard);
        }
        sys::Status::napi_ok
    }
}

impl Inward {
    /// A call has no result. Leaves what it has thrown pending in `env`; nothing if the engine stops JavaScript.
    ///
    /// # Safety
    ///
    /// The guard was around the call, and is ended here.
    #[cold]
    #[inline(never)]
    unsafe fn fail(&self, guard: *mut TryCatch, env: sys::napi_env) -> sys::napi_status {
        // SAFETY: as the caller says; the exception is a handle of the current scope, which outlives the guard.
        unsafe {
            let is_thrown = (self.has_caught)(guard) && !(self.has_terminated)(guard);
            let exception = if is_thrown { (self.exception)(guard) } else { ptr::null_mut() };
            (self.end)(guard);
            if is_thrown {
                sys::napi_throw(env, exception.cast());
            }
        }
        sys::Status::napi_pending_exception
    }
}
