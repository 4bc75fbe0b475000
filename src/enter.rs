//! The hot entries: functions that JavaScript calls without arguments worth reading, because
//! everything is in the frame. What it passes anyway (views) is only there to be kept reachable.

use crate::error::{Code, Error};
use crate::frame::Verdict;
use crate::instance::{Instance, Wish};
use crate::memory;
use crate::text;
use napi::sys;
use std::ptr;

/// The entries by the names of `lib/binding.js`.
pub const ENTRIES: &[(&std::ffi::CStr, sys::napi_callback)] = &[
    (c"enter", Some(enter)),
    (c"enterForString", Some(enter_for_string)),
    (c"returnedText", Some(returned_text)),
    (c"encode", Some(encode)),
    (c"freeHeapBlocks", Some(free_heap_blocks)),
    (c"load", Some(load)),
    (c"store", Some(store)),
    (c"copy", Some(copy)),
    (c"readCString", Some(read_c_string)),
    (c"addressOf", Some(address_of)),
    (c"openCallback", Some(open_callback)),
    (c"closeCallback", Some(close_callback)),
    (c"answerLetter", Some(answer_letter)),
    (c"startAsync", Some(start_async)),
];

/// Runs `work` with the environment's instance, and throws what it returns as an error.
///
/// # Safety
///
/// `env` is the environment whose JavaScript is calling.
pub unsafe fn with_instance(env: sys::napi_env, work: impl FnOnce(&Instance) -> Result<sys::napi_value, Error>) -> sys::napi_value {
    // SAFETY: as the caller says; the reference ends with this call.
    let Some(instance) = (unsafe { Instance::of(env) }) else { return ptr::null_mut() };
    match work(instance) {
        Ok(value) => value,
        // SAFETY: as the caller says.
        Err(error) => unsafe { instance.throw(env, &error) },
    }
}

/// `enter(...views)`: calls C; the result is in the frame.
unsafe extern "C" fn enter(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only stubs, which fill the frame, have the function.
    unsafe {
        let Some(instance) = Instance::of(env) else { return ptr::null_mut() };
        if instance.is_inside() {
            return enter_aside(instance, env, enter);
        }
        let number = (*instance.frame.as_ptr()).target;
        match instance.invoke(|| ()) {
            Some(((), call)) if instance.has_notes() => see_to(instance, env, call, number, ptr::null_mut()),
            Some(_) => ptr::null_mut(),
            None => throw_closed(instance, env, number),
        }
    }
}

/// `enterForString(...views)`: calls C; returns the C string whose address C returned.
unsafe extern "C" fn enter_for_string(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as for `enter`. The string is taken while its library is still entered; every convention
    // returns pointers in the first integer register.
    unsafe {
        let Some(instance) = Instance::of(env) else { return ptr::null_mut() };
        if instance.is_inside() {
            return enter_aside(instance, env, enter_for_string);
        }
        let frame = instance.frame.as_ptr();
        // Calls inside this one write their own number there.
        let number = (*frame).target;
        match instance.invoke(|| string_at(env, (*frame).int_results[0], None)) {
            Some((Ok(string), call)) if instance.has_notes() => see_to(instance, env, call, number, string),
            Some((Ok(string), _)) => string,
            Some((Err(error), call)) => throw_unreadable(instance, env, call, number, &error),
            None => throw_closed(instance, env, number),
        }
    }
}

/// `returnedText(...views)`: the C string whose address the last call has returned, which was of the function that the frame
/// names.
unsafe extern "C" fn returned_text(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only stubs have the function.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let text = string_at(env, (*frame).int_results[0], None);
            instance.forget_text();
            text.map_err(|error| instance.error_of((*frame).target, *error))
        })
    }
}

// What is seldom is kept apart: every level of calls and callbacks takes the stack of these functions.

/// An entry.
pub(crate) type Entry = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// The same while the thread is inside of a call of C, which has come to JavaScript by another way than a
/// callback of ours.
///
/// # Safety
///
/// As for `entry`, which looks at no arguments; `env` is the environment of `instance`.
#[cold]
#[inline(never)]
pub(crate) unsafe fn enter_aside(instance: &Instance, env: sys::napi_env, entry: Entry) -> sys::napi_value {
    // SAFETY: as the caller says.
    instance.aside(|| unsafe { entry(env, ptr::null_mut()) })
}

/// Looks at what callbacks have left. Returns `value`, or NULL after throwing.
///
/// # Safety
///
/// `env` is the environment of `instance`, in a call from JavaScript, and `call` has just returned.
#[cold]
#[inline(never)]
pub(crate) unsafe fn see_to(instance: &Instance, env: sys::napi_env, call: u64, number: u32, value: sys::napi_value) -> sys::napi_value {
    // SAFETY: as the caller says.
    if unsafe { instance.see_to(env, call, number) } { ptr::null_mut() } else { value }
}

/// Throws that the function was closed.
///
/// # Safety
///
/// `env` is the environment of `instance`, in a call from JavaScript.
#[cold]
#[inline(never)]
pub(crate) unsafe fn throw_closed(instance: &Instance, env: sys::napi_env, number: u32) -> sys::napi_value {
    // SAFETY: as the caller says.
    unsafe { instance.throw(env, &instance.closed_error(number)) }
}

/// Throws what a callback has thrown, or else that the result is no string.
///
/// # Safety
///
/// As for [`see_to`].
#[cold]
#[inline(never)]
pub(crate) unsafe fn throw_unreadable(instance: &Instance, env: sys::napi_env, call: u64, number: u32, error: &Error) -> sys::napi_value {
    // SAFETY: as the caller says.
    unsafe {
        if instance.has_notes() && instance.see_to(env, call, number) {
            return ptr::null_mut();
        }
        instance.throw(env, &instance.error_of(number, error.clone()))
    }
}

/// `readCString()`: the C string at the frame's address, of at most `length` bytes unless that is
/// `u64::MAX`.
unsafe extern "C" fn read_c_string(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let limit = ((*frame).length != u64::MAX).then_some((*frame).length as usize);
            string_at(env, (*frame).address, limit).map_err(|error| *error)
        })
    }
}

/// The C string at `address` as a JavaScript string; `null` for NULL. The error is boxed to keep the
/// usual way short.
///
/// # Safety
///
/// `env` is live; the user claims that a string is there.
#[inline(always)]
unsafe fn string_at(env: sys::napi_env, address: u64, limit: Option<usize>) -> Result<sys::napi_value, Box<Error>> {
    if address == 0 {
        // SAFETY: `env` is live.
        return Ok(unsafe { text::null(env) });
    }
    let pointer = memory::checked(address).map_err(Box::new)?;
    // SAFETY: as the caller says; nothing runs while the bytes are copied.
    unsafe { text::to_js(env, memory::c_string(pointer, limit)) }.map_err(Box::new)
}

/// `encode(string)`: copies the string to the scratch stack or the heap and leaves its address in the
/// frame; 0 when it contains a NUL or there is no memory for it.
unsafe extern "C" fn encode(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env` with this call's `info`.
    unsafe {
        with_instance(env, |instance| {
            instance.encode(env, first_argument(env, info));
            Ok(ptr::null_mut())
        })
    }
}

/// `freeHeapBlocks()`: frees the copies beyond the frame's count of them.
unsafe extern "C" fn free_heap_blocks(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_instance(env, |instance| {
            instance.free_heap_blocks();
            Ok(ptr::null_mut())
        })
    }
}

/// `load()`: reads `length` bytes at the frame's address into its value.
unsafe extern "C" fn load(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; that the address is readable is the user's claim.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            (*frame).value = memory::load(memory::checked((*frame).address)?, (*frame).length as usize);
            Ok(ptr::null_mut())
        })
    }
}

/// `store()`: writes `length` bytes of the frame's value to its address.
unsafe extern "C" fn store(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; that the address is writable is the user's claim.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            memory::store(memory::checked((*frame).address)?, (*frame).length as usize, (*frame).value);
            Ok(ptr::null_mut())
        })
    }
}

/// `copy()`: copies `length` bytes from the frame's address to the address in its value.
unsafe extern "C" fn copy(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`. One of the two places is a buffer of this length that
    // JavaScript has just looked up, that the other is there is the user's claim; they may overlap.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let (source, target) = (memory::checked((*frame).address)?, memory::checked((*frame).value)?);
            ptr::copy(source, target, (*frame).length as usize);
            Ok(ptr::null_mut())
        })
    }
}

/// `addressOf(view)`: the address of a typed array's first byte, into the frame. Engines that move
/// small arrays stop doing so for this one. A whole buffer is asked for through a typed array on it,
/// because not every host answers for a SharedArrayBuffer.
unsafe extern "C" fn address_of(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env` with this call's `info`.
    unsafe {
        with_instance(env, |instance| {
            let view = first_argument(env, info);
            let mut data = ptr::null_mut();
            let none = ptr::null_mut;
            let status = sys::napi_get_typedarray_info(env, view, ptr::null_mut(), ptr::null_mut(), &raw mut data, none(), ptr::null_mut());
            if status != sys::Status::napi_ok {
                return Err(Error::new(Code::CallFailed, "the host did not tell the address of a typed array"));
            }
            (*instance.frame.as_ptr()).address = data.expose_provenance() as u64;
            Ok(ptr::null_mut())
        })
    }
}

/// `openCallback()`: opens a callback of the frame's plan, which its runner runs, for its listener, and whose default result is
/// where results are; `length` is its timeout in milliseconds, `value` 1 for a listener. Leaves its number and its address.
unsafe extern "C" fn open_callback(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only `lib/callback` does so.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let wish = Wish {
                plan: (*frame).plan,
                runner: (*frame).runner,
                listener: (*frame).listener,
                is_listener: (*frame).value == 1,
                timeout: (*frame).length as u32,
            };
            // Its default is where the address of a record result is passed, on some machines.
            (*frame).count_call();
            let (number, address) = instance.open_callback(&wish)?;
            ((*frame).opened, (*frame).address) = (number, address as u64);
            Ok(ptr::null_mut())
        })
    }
}

/// `closeCallback()`: closes the callback that was opened with the number in the frame.
unsafe extern "C" fn close_callback(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_instance(env, |instance| {
            instance.close_callback((*instance.frame.as_ptr()).opened);
            Ok(ptr::null_mut())
        })
    }
}

/// `answerLetter()`: answers the frame's letter with the result in the frame, or with the default if the
/// verdict is another.
unsafe extern "C" fn answer_letter(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only `lib/callback` does so, with a result it has just written.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            instance.answer_letter((*frame).letter, (*frame).verdict == Verdict::Answered as u32);
            Ok(ptr::null_mut())
        })
    }
}

/// `startAsync()`: queues the call that the frame is filled for, for its listener; `value` is 1 if its result is a C string.
/// Leaves its number.
unsafe extern "C" fn start_async(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only stubs, which fill the frame, have the function.
    unsafe {
        with_instance(env, |instance| {
            let number = instance.start_async(env)?;
            (*instance.frame.as_ptr()).opened = number;
            Ok(ptr::null_mut())
        })
    }
}

/// The first argument of a call from JavaScript; `undefined` if there is none.
///
/// # Safety
///
/// `env` and `info` are those of the call.
pub unsafe fn first_argument(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut count = 1;
    let mut argument = ptr::null_mut();
    // SAFETY: there is room for the one argument asked for.
    unsafe { sys::napi_get_cb_info(env, info, &raw mut count, &raw mut argument, ptr::null_mut(), ptr::null_mut()) };
    argument
}
