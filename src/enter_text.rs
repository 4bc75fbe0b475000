//! The hot entries for text that is not just UTF-8 in place, and for memory that is looked at through the system.

use crate::checked;
use crate::encoding::Encoding;
use crate::enter::{enter_aside, first_argument, see_to, throw_closed, throw_unreadable, with_instance};
use crate::error::Error;
use crate::frame::Frame;
use crate::instance::Instance;
use crate::memory;
use crate::targets::Target;
use crate::text;
use crate::text_result::TextResult;
use napi::sys;
use std::ptr;

/// The entries by the names of `lib/binding.js`.
pub const ENTRIES: &[(&std::ffi::CStr, sys::napi_callback)] = &[
    (c"enterForText", Some(enter_for_text)),
    (c"encodeText", Some(encode_text)),
    (c"readText", Some(read_text)),
    (c"loadChecked", Some(load_checked)),
    (c"storeChecked", Some(store_checked)),
    (c"copyChecked", Some(copy_checked)),
    (c"probe", Some(probe)),
];

/// Set in the frame's value, beside the number of an encoding: the text is read through the system.
const CHECKED: u64 = 4;

/// `enterForText(...views)`: calls C; returns the text whose address C returned, as the function's
/// [`TextResult`] says, and frees it.
unsafe extern "C" fn enter_for_text(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, and only stubs, which fill the frame, have the function. The text is
    // taken while its library is still entered.
    unsafe {
        let Some(instance) = Instance::of(env) else { return ptr::null_mut() };
        if instance.is_inside() {
            return enter_aside(instance, env, enter_for_text);
        }
        let frame = instance.frame.as_ptr();
        // Calls inside this one write their own number there.
        let number = (*frame).target;
        let result = instance.text_result(number);
        // A function that cannot free any more must not be found out about when there is something to free.
        let mut free = match instance.free_of(&result) {
            Ok(free) => free,
            Err(closed) => {
                instance.drop_arguments();
                return throw_closed(instance, env, closed);
            }
        };
        instance.enter_free(free);
        let outcome = instance.invoke(|| {
            let free = free.take();
            let string = take_text(instance, env, (*frame).int_results[0], &result, free);
            instance.leave_free(free);
            string
        });
        // There was no call.
        instance.leave_free(free);
        match outcome {
            Some((Ok(string), call)) if instance.has_notes() => see_to(instance, env, call, number, string),
            Some((Ok(string), _)) => string,
            Some((Err(error), call)) => throw_unreadable(instance, env, call, number, &error),
            None => throw_closed(instance, env, number),
        }
    }
}

/// The text that C has returned, which is then freed, whether it can be a string or not. What is at no address
/// that text can be at is not freed either. The error is boxed to keep the usual way short.
///
/// # Safety
///
/// `env` is the environment of `instance`, in a call from JavaScript; `free` is entered.
unsafe fn take_text(
    instance: &Instance,
    env: sys::napi_env,
    address: u64,
    result: &TextResult,
    free: Option<Target>,
) -> Result<sys::napi_value, Box<Error>> {
    if address == 0 {
        // SAFETY: `env` is live.
        return Ok(unsafe { text::null(env) });
    }
    // SAFETY: that text is there is what the signature claims, and that it is to be freed.
    unsafe {
        let bytes = result.read(address, None)?;
        let string = text::decode(env, result.encoding, &bytes);
        if let Some(free) = free {
            instance.free_result(free, address);
        }
        Ok(string?)
    }
}

/// `encodeText(string)`: as `encode`, in the encoding that the frame's value is the number of. 0 also when a
/// character is not in it.
unsafe extern "C" fn encode_text(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env` with this call's `info`.
    unsafe {
        with_instance(env, |instance| {
            let string = first_argument(env, info);
            let frame = instance.frame.as_ptr();
            let encoding = Encoding::from_number((*frame).value);
            (*frame).address = 0;
            let mark = (*frame).scratch_top;
            let target = frame.cast::<u8>().wrapping_add(mark as usize);
            let room = size_of::<Frame>().saturating_sub(mark as usize);
            if let Some(length) = (encoding == Encoding::Utf16le).then(|| text::write_utf16(env, string, target.cast(), room / 2)).flatten()
            {
                if encoding.nul(std::slice::from_raw_parts(target, 2 * length), 0).is_none() {
                    (*frame).scratch_top = mark + (2 * length + 2).next_multiple_of(8) as u32;
                    (*frame).address = target.expose_provenance() as u64;
                }
                return Ok(ptr::null_mut());
            }
            let Some(bytes) = text::units(env, string).and_then(|units| encoding.encode(&units)) else { return Ok(ptr::null_mut()) };
            let copy = if bytes.len() <= room {
                target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                (*frame).scratch_top = mark + bytes.len().next_multiple_of(8) as u32;
                target.cast_const()
            } else {
                let block = text::HeapBlock::of(bytes, encoding.unit());
                let copy = block.address();
                instance.heap.borrow_mut().push(block);
                (*frame).heap_blocks += 1;
                // As for `encode`.
                (*frame).scratch_top = mark + 8;
                copy
            };
            (*frame).address = copy.expose_provenance() as u64;
            Ok(ptr::null_mut())
        })
    }
}

/// `readText()`: the text at the frame's address, of at most `length` bytes unless that is `u64::MAX`; its value
/// is the number of an encoding, and [`CHECKED`]. `null` for NULL.
unsafe extern "C" fn read_text(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; that text is there is the user's claim, unless it is checked.
    unsafe {
        with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let (address, length, value) = ((*frame).address, (*frame).length, (*frame).value);
            if address == 0 {
                return Ok(text::null(env));
            }
            let wanted = TextResult { encoding: Encoding::from_number(value), is_checked: value & CHECKED != 0, free: None };
            let limit = (length != u64::MAX).then_some(length as usize);
            text::decode(env, wanted.encoding, &wanted.read(address, limit)?)
        })
    }
}

/// Runs `work` with the frame.
///
/// # Safety
///
/// `env` is the environment whose JavaScript is calling.
unsafe fn with_frame(env: sys::napi_env, work: impl FnOnce(*mut Frame) -> Result<(), Error>) -> sys::napi_value {
    // SAFETY: as the caller says.
    unsafe { with_instance(env, |instance| work(instance.frame.as_ptr()).map(|()| ptr::null_mut())) }
}

/// `loadChecked()`: as `load`, through the system.
unsafe extern "C" fn load_checked(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_frame(env, |frame| {
            memory::checked((*frame).address)?;
            let mut bytes = [0; 8];
            checked::read((*frame).address, &mut bytes[..(*frame).length.min(8) as usize])?;
            (*frame).value = u64::from_le_bytes(bytes);
            Ok(())
        })
    }
}

/// `storeChecked()`: as `store`, through the system.
unsafe extern "C" fn store_checked(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_frame(env, |frame| {
            memory::checked((*frame).address)?;
            checked::write((*frame).address, &(*frame).value.to_le_bytes()[..(*frame).length.min(8) as usize])
        })
    }
}

/// `copyChecked()`: as `copy`, through the system.
unsafe extern "C" fn copy_checked(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_frame(env, |frame| {
            memory::checked((*frame).address)?;
            memory::checked((*frame).value)?;
            checked::copy((*frame).address, (*frame).value, (*frame).length as usize)
        })
    }
}

/// `probe()`: whether `length` bytes at the frame's address are readable; with no length, whether that can be
/// looked at here.
unsafe extern "C" fn probe(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`; the frame lives as long as the instance.
    unsafe {
        with_frame(env, |frame| match (*frame).length {
            0 => checked::available(),
            length => {
                memory::checked((*frame).address)?;
                checked::probe((*frame).address, length)
            }
        })
    }
}
