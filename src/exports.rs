//! The cold half of what `lib/binding.js` sees: opening, binding, queries. Addresses pass through the
//! frame, as on the hot path.

pub mod c;
pub mod callbacks;
pub mod confine;
pub mod executable;
pub mod fast;
pub mod finalizers;
pub mod globals;
pub mod hashes;
#[cfg(isolates)]
pub mod isolate;
#[cfg(isolates)]
pub mod isolate_messages;
pub mod libraries;
pub mod texts;
pub mod variants;

use crate::ctype::CType;
use crate::enter::ENTRIES;
use crate::enter_text;
use crate::error::{Code, Error};
use crate::fast::settle;
use crate::frame::{Frame, OFFSETS, SCRATCH};
use crate::heap;
use crate::instance::Instance;
use crate::invoke::Backend;
use crate::layout::Type;
use crate::memory;
use crate::plan::Spot;
use crate::presence::CALLEES;
use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, JsValue, Status, sys};
use napi_derive::napi;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

type Thrown<T> = napi::Result<T>;

/// How often `attach` was called in this process.
static COPIES: AtomicU32 = AtomicU32::new(0);

/// A type as `lib/types.js` sees it.
#[napi(object, object_from_js = false)]
pub struct TypeRow {
    /// Canonical name.
    pub name: &'static str,
    /// ArkFFI's letter.
    pub letter: Option<&'static str>,
    /// Size in bytes.
    pub size: u32,
    /// Other names, those of this target included.
    pub spellings: Vec<&'static str>,
}

/// An error code as `lib/errors.js` sees it.
#[napi(object, object_from_js = false)]
pub struct CodeRow {
    /// Value of `code`.
    pub code: &'static str,
    /// Name of the class it is thrown as.
    pub class: &'static str,
}

/// The type table; the position of a type is its number.
#[napi(catch_unwind)]
pub fn types() -> Vec<TypeRow> {
    let of_target = CType::of_target();
    let row = |&ctype: &CType| {
        let here = of_target.iter().filter(|(_, meaning)| *meaning == ctype).map(|(name, _)| *name);
        TypeRow {
            name: ctype.name(),
            letter: ctype.letter(),
            size: u32::from(ctype.repr().size()),
            spellings: ctype.spellings().iter().copied().chain(here).collect(),
        }
    };
    CType::ALL.iter().map(row).collect()
}

/// The version of arkffi that this addon is of.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The table of error codes.
#[napi(catch_unwind)]
pub fn codes() -> Vec<CodeRow> {
    Code::ALL.iter().map(|code| CodeRow { code: code.as_str(), class: code.class().name() }).collect()
}

/// The candidate most like `word`, if any is.
#[napi(catch_unwind)]
pub fn nearest(word: String, candidates: Vec<String>) -> Option<String> {
    const LONGEST: usize = 100;
    if word.len() > LONGEST {
        return None;
    }
    let similarity = |candidate: &String| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
    let scored = candidates.into_iter().map(|candidate| (similarity(&candidate), candidate));
    let (score, best) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.6).then_some(best)
}

/// Sets this environment up (once; later calls give the same). `make_error(code, message, symbol, cause)`
/// makes the errors that Rust throws. Returns `{ frame, frameAddress, offsets, firstAddress, callees, backend, copyNumber }`
/// and the hot entries by name. `copyNumber` is another one each time; a function's number times `callees.step` and
/// `callees.marks` are what fast entries get for it.
#[napi(catch_unwind, ts_args_type = "makeError: (code: string, message: string, symbol?: string, cause?: string) => Error")]
pub fn attach<'env>(env: Env, make_error: Unknown<'env>) -> Thrown<Object<'env>> {
    let raw = env.raw();
    // SAFETY: this is a call from JavaScript in `env`. The host's word counts here: the short cut of
    // `Instance::of` could still know an ended environment at this address.
    if unsafe { Instance::ask_host(raw) }.is_null() {
        let (frame, frame_buffer) = new_frame(raw)?;
        let error_factory = strong_reference(raw, make_error.raw())?;
        // SAFETY: as above, and there is no instance yet.
        unsafe { Instance::new(frame, strong_reference(raw, frame_buffer)?, error_factory).install(raw) };
    }
    let instance = instance(&env)?;
    let mut offsets = Object::new(&env)?;
    for (name, offset) in OFFSETS {
        offsets.set(name, *offset)?;
    }
    let mut binding = Object::new(&env)?;
    binding.set("offsets", offsets)?;
    binding.set("frameAddress", instance.frame.as_ptr().expose_provenance() as f64)?;
    binding.set("firstAddress", memory::FIRST_ADDRESS as f64)?;
    let mut callees = Object::new(&env)?;
    callees.set("step", CALLEES.0)?;
    callees.set("marks", CALLEES.1)?;
    binding.set("callees", callees)?;
    binding.set("copyNumber", COPIES.fetch_add(1, Relaxed))?;
    let backend = match instance.backend {
        Backend::Trampoline => "trampoline",
        Backend::Libffi => "libffi",
    };
    binding.set("backend", backend)?;
    set_frame_and_entries(raw, binding.raw(), instance.frame_buffer)?;
    Ok(binding)
}

/// Throws what callbacks have thrown that initializers or destructors called.
fn see_to(env: &Env, call: u64) -> Thrown<()> {
    let instance = instance(env)?;
    // SAFETY: this is a call from JavaScript in `env`.
    match instance.has_notes() && unsafe { instance.see_to(env.raw(), call, u32::MAX) } {
        true => Err(napi::Error::from_status(Status::PendingException)),
        false => Ok(()),
    }
}

/// Declares a record (see [`TypeTable::declare_record`](crate::typetable::TypeTable::declare_record)) and
/// returns `[number, size, alignment, offset and first bit of each member that has a place…]`.
#[napi(catch_unwind)]
pub fn declare_record(env: Env, declaration: &[u32]) -> Thrown<Vec<u32>> {
    with_instance(&env, |instance| {
        let mut types = instance.types.borrow_mut();
        let number = types.declare_record(declaration)?;
        let ty = types.get(number)?;
        let members = if let Type::Record(record) = ty { record.members.as_slice() } else { &[] };
        let places = members.iter().flat_map(|member| [member.offset, member.bits.map_or(0, |bits| bits.first)]);
        Ok([number, ty.size(), ty.align()].into_iter().chain(places).collect())
    })
}

/// Declares an array and returns `[number, size, alignment]`.
#[napi(catch_unwind)]
pub fn declare_array(env: Env, element: u32, count: u32) -> Thrown<Vec<u32>> {
    with_instance(&env, |instance| {
        let mut types = instance.types.borrow_mut();
        let number = types.declare_array(element, count)?;
        let ty = types.get(number)?;
        Ok(vec![number, ty.size(), ty.align()])
    })
}

/// The number of an open library that the frame's address is inside of; 0 for none.
#[napi(catch_unwind)]
pub fn holder_of(env: Env) -> Thrown<u32> {
    with_instance(&env, |instance| Ok(instance.holder_number(get_frame(instance).0 as usize)))
}

/// The plan for a signature of type numbers, the result's first: `[number, result…, parameters…]`. Each
/// of them is `[0, offset]` for a scalar, `[1, n, n times (offset, offset in the record, bytes)]` for a
/// record in parts, `[2, offset of its address]` for one elsewhere; offsets are in bytes of the frame.
#[napi(catch_unwind)]
pub fn plan(env: Env, types: &[u32]) -> Thrown<Vec<u32>> {
    with_instance(&env, |instance| {
        let (number, call) = instance.plan(types)?;
        let spots = [&call.plan.result].into_iter().chain(&call.plan.params);
        Ok([number].into_iter().chain(spots.flat_map(spot_numbers)).collect())
    })
}

fn spot_numbers(spot: &Spot) -> Vec<u32> {
    match spot {
        Spot::Scalar(offset) => vec![0, *offset],
        Spot::Pieces(parts) => [1, parts.len() as u32].into_iter().chain(parts.iter().flatten().copied()).collect(),
        Spot::Address(offset) => vec![2, *offset],
    }
}

/// Binds a symbol to a plan (`name` is for error messages); leaves its address in the frame, and as the status whether it
/// is the host's or an addon's. Returns the function's number.
#[napi(catch_unwind)]
pub fn bind_symbol(env: Env, library: u32, symbol: String, name: String, plan: u32) -> Thrown<u32> {
    with_instance(&env, |instance| {
        let (number, address) = instance.bind_symbol(library, &symbol, &name, plan)?;
        set_address(instance, address);
        tell_whose(instance, address);
        Ok(number)
    })
}

/// Binds the address in the frame to a plan; `name` is for error messages. Leaves the same status.
#[napi(catch_unwind)]
pub fn bind_address(env: Env, name: String, plan: u32) -> Thrown<u32> {
    with_instance(&env, |instance| {
        let address = memory::checked(get_frame(instance).0).map_err(|error| error.of_symbol(&name))?;
        let number = instance.bind_address(&name, address.addr(), plan)?;
        tell_whose(instance, address.addr());
        Ok(number)
    })
}

/// Binds a [function of ours](crate::own) by its index; `name` is for error messages.
#[napi(catch_unwind)]
pub fn bind_own(env: Env, index: u32, name: String, plan: u32) -> Thrown<u32> {
    with_instance(&env, |instance| instance.bind_own(index as usize, &name, plan))
}

/// Leaves as the frame's status whether the code at an address is the host's or an addon's (1), or not (0).
fn tell_whose(instance: &Instance, address: usize) {
    // SAFETY: the frame lives as long as the instance, and nobody else uses it during this call.
    unsafe { (*instance.frame.as_ptr()).status = instance.is_of_host(address).into() };
}

/// Makes a bound function throw `ERR_LIBRARY_CLOSED` from now on.
#[napi(catch_unwind)]
pub fn close_bound(env: Env, number: u32) -> Thrown<()> {
    with_instance(&env, |instance| {
        instance.close_bound(number);
        Ok(())
    })
}

/// An ArrayBuffer on the `length` bytes at the frame's address, not a copy; `null` where the host has
/// no such buffers.
#[napi(catch_unwind)]
pub fn view_memory(env: Env) -> Thrown<Option<Unknown<'static>>> {
    unsafe extern "C" fn leave(_env: sys::napi_env, _data: *mut c_void, _hint: *mut c_void) {}
    let raw = env.raw();
    with_instance(&env, |instance| {
        let (address, length) = get_frame(instance);
        let data = memory::checked(address)?.cast();
        let mut buffer = ptr::null_mut();
        // SAFETY: `env` is live; that the memory is there as long as the buffer is the user's claim.
        // The finalizer does nothing, as the memory is not ours, but some hosts need one.
        let status = unsafe { sys::napi_create_external_arraybuffer(raw, data, length, Some(leave), ptr::null_mut(), &raw mut buffer) };
        // SAFETY: on success `buffer` is a value of this call.
        Ok((status == sys::Status::napi_ok).then(|| unsafe { Unknown::from_raw_unchecked(raw, buffer) }))
    })
}

/// The system's text for an `errno` value.
#[napi(catch_unwind)]
pub fn strerror(number: i32) -> String {
    crate::errno::text(number)
}

/// How many libraries are open in this environment, functions bound, callbacks open; how often closed ones
/// were called; how many asynchronous calls have not settled, and finalizers not run.
#[napi(catch_unwind)]
pub fn counts(env: Env) -> Thrown<Vec<f64>> {
    with_instance(&env, |instance| {
        let (libraries, functions) = instance.counts();
        let (callbacks, late) = instance.callback_counts();
        let counts = [libraries, functions, callbacks, late as usize, instance.async_count(), instance.finalizer_count()];
        Ok(counts.map(|count| count as f64).to_vec())
    })
}

fn instance(env: &Env) -> Thrown<&Instance> {
    // SAFETY: this is a call from JavaScript in `env`, which the reference does not outlive.
    unsafe { Instance::of(env.raw()) }.ok_or_else(|| napi::Error::from_reason("the host keeps no instance data"))
}

/// Runs `work`; what it returns as an error is thrown as the class its code has.
fn with_instance<T>(env: &Env, work: impl FnOnce(&Instance) -> Result<T, Error>) -> Thrown<T> {
    let instance = instance(env)?;
    work(instance).map_err(|error| {
        // SAFETY: this is a call from JavaScript in `env`.
        unsafe { instance.throw(env.raw(), &error) };
        napi::Error::from_status(Status::PendingException)
    })
}

/// The frame's address and length.
fn get_frame(instance: &Instance) -> (u64, usize) {
    // SAFETY: the frame lives as long as the instance, and nobody else uses it during this call.
    let frame = unsafe { instance.frame.as_ref() };
    (frame.address, frame.length as usize)
}

fn set_address(instance: &Instance, address: usize) {
    // SAFETY: the frame lives as long as the instance, and nobody else uses it during this call.
    unsafe { (*instance.frame.as_ptr()).address = address as u64 };
}

fn new_frame(env: sys::napi_env) -> Thrown<(NonNull<Frame>, sys::napi_value)> {
    let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: `env` is live; the host allocates zeroed memory of this size, aligned for any type.
    let status = unsafe { sys::napi_create_arraybuffer(env, size_of::<Frame>(), &raw mut data, &raw mut buffer) };
    let frame = NonNull::new(data.cast::<Frame>()).filter(|_| status == sys::Status::napi_ok);
    let frame = frame.ok_or_else(|| napi::Error::from_reason("no memory for the frame"))?;
    // SAFETY: the frame is allocated and zeroed, and nobody else has it yet.
    unsafe { ((*frame.as_ptr()).scratch_top, (*frame.as_ptr()).scratch_floor) = (SCRATCH, SCRATCH) };
    Ok((frame, buffer))
}

fn strong_reference(env: sys::napi_env, value: sys::napi_value) -> Thrown<sys::napi_ref> {
    let mut reference = ptr::null_mut();
    // SAFETY: `env` and `value` are of this call.
    let status = unsafe { sys::napi_create_reference(env, value, 1, &raw mut reference) };
    if status == sys::Status::napi_ok { Ok(reference) } else { Err(napi::Error::from_reason("the host made no reference")) }
}

fn set_frame_and_entries(env: sys::napi_env, binding: sys::napi_value, frame_buffer: sys::napi_ref) -> Thrown<()> {
    let mut value = ptr::null_mut();
    // SAFETY: `env` and `binding` are of this call, the reference is strong, the names are C strings.
    let mut status = unsafe {
        sys::napi_get_reference_value(env, frame_buffer, &raw mut value);
        sys::napi_set_named_property(env, binding, c"frame".as_ptr(), value)
    };
    #[cfg(isolates)]
    let isolates = isolate_messages::ENTRIES;
    #[cfg(not(isolates))]
    let isolates = &[];
    for (name, entry) in ENTRIES.iter().chain(heap::ENTRIES).chain(enter_text::ENTRIES).chain(settle::ENTRIES).chain(isolates) {
        // SAFETY: as above; the entries live as long as the addon.
        unsafe {
            status |= sys::napi_create_function(env, name.as_ptr(), name.count_bytes() as isize, *entry, ptr::null_mut(), &raw mut value);
            status |= sys::napi_set_named_property(env, binding, name.as_ptr(), value);
        }
    }
    if status == sys::Status::napi_ok { Ok(()) } else { Err(napi::Error::from_reason("the host made no entry functions")) }
}
