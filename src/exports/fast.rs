//! Calls that do not come through Node-API: what makes their callers, and what follows them.

use super::{Thrown, with_instance};
use crate::fast::brief;
use crate::fast::doubles;
use crate::fast::engine::{self, Kind, Reenters, Shape};
use crate::fast::entry::{Entries, INTS};
use crate::fast::options;
use crate::fast::passing::Passing;
use crate::fast::places;
use crate::fast::returned_texts;
use crate::frame::FLOAT_SLOTS;
use crate::leaf::Leaf;
use crate::presence::marks;
use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;

/// When JavaScript may run during calls of the engine's callers here, for this `process.versions.modules` and the
/// beginning of this `process.versions.v8`, in a thread with these options: a number of [`Reenters`](engine::Reenters). A
/// string is why there are none.
#[napi(catch_unwind, ts_return_type = "number | string")]
pub fn engine_state(env: Env, modules: u32, v8: String, options: Vec<String>) -> Thrown<napi::Either<u32, String>> {
    with_instance(&env, |instance| {
        Ok(match engine::state(modules, &v8) {
            Ok(_) if instance.place().is_none() => napi::Either::B("too many threads have them".to_owned()),
            // Stubs count on what V8 does by itself with code that is long, or has never run.
            // SAFETY: only V8 13.6 is `Apart`, and this is a call from JavaScript in `env`.
            Ok(Reenters::Apart) if options::are_changed(&options) || !unsafe { instance.can_watch() } => {
                napi::Either::A(Reenters::Never as u32)
            }
            Ok(reenters) => napi::Either::A(reenters as u32),
            Err(reason) => napi::Either::B(reason.to_owned()),
        })
    })
}

/// A caller of the engine's (see `lib/fast/provider.js`); `kinds` are numbers of [`Kind`], the result's first, or only
/// that for a call through the frame; `has_texts` if strings are among them; `passing` is a number of [`Passing`]. `null`
/// when there is none.
#[napi(catch_unwind)]
pub fn engine_caller<'env>(env: Env, kinds: Vec<u32>, has_texts: bool, kept: u32, passing: u32) -> Thrown<Option<Unknown<'env>>> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        let kinds: Option<Vec<Kind>> = kinds.into_iter().map(Kind::of_number).collect();
        let (Some(kinds), Some(passing), Some(place)) = (kinds, Passing::of_number(passing), instance.place()) else {
            return Ok(None);
        };
        let Some((&result, values)) = kinds.split_first() else { return Ok(None) };
        let floats = values.iter().filter(|kind| kind.is_float()).count();
        let ints = values.len() - floats;
        if floats > FLOAT_SLOTS || ints > INTS || !passing.takes(result, ints, has_texts) {
            return Ok(None);
        }
        // SAFETY: this is a call from JavaScript in `env`, whose instance has the place; `passing` takes these values.
        let function = unsafe { engine::function(place, Shape { values, result, kept: kept as usize, has_texts }, passing) };
        // SAFETY: it is a value of this call.
        Ok(function.map(|function| unsafe { Unknown::from_raw_unchecked(raw, function) }))
    })
}

/// The engine's function that copies strings (see `lib/scratch.js`); `null` when there is none.
#[napi(catch_unwind)]
pub fn engine_copier<'env>(env: Env) -> Thrown<Option<Unknown<'env>>> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        let Some(place) = instance.place() else { return Ok(None) };
        // SAFETY: this is a call from JavaScript in `env`, whose instance has the place.
        let function = unsafe { engine::copier(place) };
        // SAFETY: it is a value of this call.
        Ok(function.map(|function| unsafe { Unknown::from_raw_unchecked(raw, function) }))
    })
}

/// Gives back an address: what a host passes to C shows so.
extern "C" fn same(address: usize) -> usize {
    address
}

/// Has the entries make calls from now on. At first, while it is tried whether a host reaches them, they only say that they make
/// none. Copies of the package have the same: for the second they are open.
#[napi(catch_unwind)]
pub fn open_entries(env: Env) -> Thrown<()> {
    with_instance(&env, |instance| {
        instance.open_place();
        engine::prove();
        Ok(())
    })
}

/// The addresses of the entries for a host's own FFI (see `lib/fast/provider.js`), the place that is in the names of the exported
/// ones, and whether they are open, 1 or 0; `null` where there are none.
#[napi(catch_unwind)]
pub fn host_entries<'env>(env: Env) -> Thrown<Option<Object<'env>>> {
    if !cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))) {
        return Ok(None);
    }
    let Some(place) = with_instance(&env, |instance| Ok(instance.place()))? else { return Ok(None) };
    let Entries { integers, few_texts, few_integers, few_addresses, floats, few_floats, frame } = Entries::of_host(place);
    let from_doubles = doubles::Entries::of_host(place);
    let brief::Entries { returns: brief, stores: brief_stores } = brief::Entries::of_host(place);
    let mut object = Object::new(&env)?;
    for (name, address) in [
        ("integers", integers),
        ("fewTexts", few_texts),
        ("fewIntegers", few_integers),
        ("fewAddresses", few_addresses),
        ("floats", floats),
        ("fewFloats", few_floats),
        ("brief", brief),
        ("briefStores", brief_stores),
        ("fromDoubles", from_doubles.integers),
        ("floatsFromDoubles", from_doubles.floats),
        ("addressesFromDoubles", from_doubles.addresses),
        ("briefFromDoubles", from_doubles.brief),
        ("briefStoresFromDoubles", from_doubles.brief_stores),
        ("frame", frame),
        ("returnedText", returned_texts::entry(place)),
        ("same", same as *const () as usize),
        ("place", place),
        ("isOpen", places::place(place).is_open().into()),
    ] {
        object.set(name, address as f64)?;
    }
    Ok(Some(object))
}

/// Whether a bound function is a leaf, which it may be declared to be: 0 for none, else a number of [`Leaf`].
#[napi(catch_unwind)]
pub fn mark_leaf(env: Env, number: u32, is_declared: bool) -> Thrown<u32> {
    with_instance(&env, |instance| {
        let found = if is_declared { Some(Leaf::Any) } else { instance.look_at(number) };
        if found.is_some() {
            instance.mark(number, marks::LEAF);
        }
        Ok(found.map_or(0, |leaf| leaf as u32))
    })
}

/// Declares of a bound function that its result is a string that is read after calls.
#[napi(catch_unwind)]
pub fn set_text_later(env: Env, number: u32) -> Thrown<()> {
    with_instance(&env, |instance| {
        instance.mark(number, marks::TEXT_LATER);
        Ok(())
    })
}

/// How many fast calls came from code that the engine had not compiled.
#[napi(catch_unwind)]
pub fn slow_calls(env: Env) -> Thrown<f64> {
    with_instance(&env, |instance| Ok(instance.slow_calls() as f64))
}
