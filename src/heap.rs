//! The hot entries for memory that programs allocate: C's own heap, so that what C allocated can be freed here
//! and the other way round.

use crate::enter::{first_argument, with_instance};
use crate::error::{Code, Error};
use crate::memory;
use napi::sys;
use std::ptr;

/// The entries by the names of `lib/binding.js`.
pub const ENTRIES: &[(&std::ffi::CStr, sys::napi_callback)] = &[
    (c"allocate", Some(allocate)),
    (c"reallocate", Some(reallocate)),
    (c"release", Some(release)),
    (c"clear", Some(clear)),
    (c"detach", Some(detach)),
];

/// What `malloc` and `realloc` leave undefined for no bytes: here it is a block of its own.
fn at_least_one(length: u64) -> Option<usize> {
    usize::try_from(length.max(1)).ok()
}

/// `allocate()`: a block of `length` bytes, zeroed if the frame's value is 1. Leaves its address in the frame;
/// 0 when there is no memory.
unsafe extern "C" fn allocate(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance; the heap takes any size.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let block = match at_least_one((*frame).length) {
                Some(size) if (*frame).value == 1 => libc::calloc(1, size),
                Some(size) => libc::malloc(size),
                None => ptr::null_mut(),
            };
            (*frame).address = block.expose_provenance() as u64;
            Ok(ptr::null_mut())
        })
    }
}

/// `reallocate()`: makes the block at the frame's address `length` bytes long and leaves its new address there;
/// 0 when there is no memory, and the block is as it was.
unsafe extern "C" fn reallocate(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only `lib/blocks` does so, with a block of `allocate` that it knows
    // to be live and forgets if this succeeds.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let block = memory::checked((*frame).address)?;
            let moved = at_least_one((*frame).length).map_or(ptr::null_mut(), |size| libc::realloc(block.cast(), size));
            (*frame).address = moved.expose_provenance() as u64;
            Ok(ptr::null_mut())
        })
    }
}

/// `release()`: frees the block at the frame's address.
unsafe extern "C" fn release(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only `lib/blocks` does so, once for each block of `allocate`.
    unsafe {
        with_instance(env, |instance| {
            libc::free(memory::checked((*instance.frame.as_ptr()).address)?.cast());
            Ok(ptr::null_mut())
        })
    }
}

/// `clear()`: sets `length` bytes at the frame's address to zero.
unsafe extern "C" fn clear(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; that an allocator of the user's gave memory of that length is the
    // user's claim.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            memory::checked((*frame).address)?.write_bytes(0, (*frame).length as usize);
            Ok(ptr::null_mut())
        })
    }
}

/// `detach(buffer)`: detaches an ArrayBuffer that is not marked as untransferable: some hosts abort the process
/// for one that is, and have `ArrayBuffer.prototype.transfer` to be used instead.
unsafe extern "C" fn detach(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env` with this call's `info`.
    unsafe {
        with_instance(env, |_| match sys::napi_detach_arraybuffer(env, first_argument(env, info)) {
            sys::Status::napi_ok => Ok(ptr::null_mut()),
            _ => Err(Error::new(Code::CallFailed, "the host did not detach a buffer")),
        })
    }
}
