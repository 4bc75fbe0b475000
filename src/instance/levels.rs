//! The levels of calls and callbacks inside of each other: what waits while a callback runs JavaScript. Kept
//! here and not on the stack, which every level takes of what is in between.

use crate::fast::inward::Entrance;
use crate::library::Gate;
use crate::presence::{Inside, marks};
use napi::sys;
use std::cell::{Cell, RefCell};
use std::ptr;

/// A call of C, from its first callback on.
pub struct Level {
    /// The call itself, while a callback runs.
    pub inside: Inside,
    /// C's `errno`, which a callback leaves alone.
    pub errno: i32,
    /// How many callbacks there were in the current scope.
    pub uses: u32,
    /// A handle scope that callbacks share; NULL for the call's own. To open one takes as long as much of the
    /// rest, so the first make do with the call's own, and then many share one.
    pub scope: sys::napi_handle_scope,
    /// What ran the last callback; that of an earlier call, where values [last](Levels::set_lasting).
    pub reference: sys::napi_ref,
    /// The same, in that scope, or for as long as it lasts.
    pub runner: sys::napi_value,
    /// How it is called without Node-API, if it can be.
    pub entrance: Option<Entrance>,
    /// How much of the scratch memory is taken.
    pub scratch_top: u32,
    /// See [`Frame`](crate::frame::Frame).
    pub scratch_floor: u32,
    /// See [`Frame`](crate::frame::Frame).
    pub heap_blocks: u32,
    /// See [`Frame`](crate::frame::Frame).
    pub heap_floor: u32,
    /// Of a call that was put aside: whether a callback of it has thrown.
    pub has_thrown: bool,
    /// Whether it has called a callback though it is a leaf.
    pub has_called_back: bool,
    /// What the call, which has come without being counted, is counted in since JavaScript has run; else NULL.
    pub gate: *const Gate,
    /// Whether that call's result is a string that is read later.
    pub is_text_later: bool,
    /// Whether what was thrown was taken from the host and kept.
    pub has_error: bool,
}

impl Level {
    /// So many callbacks leave their handles in the call's own scope.
    pub const FIRST: u32 = 16;
    /// So many share another one, then the next begins.
    pub const MOST: u32 = 64;

    const NEW: Level = Level {
        inside: Inside { call: 0, serial: 0 },
        errno: 0,
        uses: 0,
        scope: ptr::null_mut(),
        reference: ptr::null_mut(),
        runner: ptr::null_mut(),
        entrance: None,
        scratch_top: 0,
        scratch_floor: 0,
        heap_blocks: 0,
        heap_floor: 0,
        has_thrown: false,
        has_called_back: false,
        gate: ptr::null(),
        is_text_later: false,
        has_error: false,
    };
}

/// All levels. One stays where it is for as long as its call: to move it would cost more than the rest.
pub struct Levels {
    levels: RefCell<Vec<Level>>,
    depth: Cell<usize>,
    /// Whether the call that the thread is inside of, or has just left, had a callback.
    is_used: Cell<bool>,
    /// Whether values of Node-API's last as long as what they stand for.
    is_lasting: Cell<bool>,
}

impl Default for Levels {
    fn default() -> Levels {
        Levels { levels: RefCell::new(vec![Level::NEW]), depth: Cell::new(0), is_used: Cell::new(false), is_lasting: Cell::new(false) }
    }
}

impl Levels {
    /// Values of Node-API's are references of the engine's: the same in any scope, or in none, as long as something else keeps
    /// what they stand for, and the engine does not move it. So callbacks of calls need no scopes, and what runs them is asked for
    /// once. To be said between calls.
    pub fn set_lasting(&self) {
        self.is_lasting.set(true);
    }

    /// Whether that is so.
    #[inline(always)]
    pub fn is_lasting(&self) -> bool {
        self.is_lasting.get()
    }

    /// How many calls wait inside C for JavaScript.
    pub fn depth(&self) -> u32 {
        self.depth.get() as u32
    }

    /// Whether the call that has just returned had callbacks, and [`end_call`](Levels::end_call) is due.
    #[inline(always)]
    pub fn is_used(&self) -> bool {
        self.is_used.get()
    }

    /// JavaScript is about to run in a callback of a call: what `prepare` leaves in the current level waits for it.
    #[inline]
    pub fn go_down<T>(&self, inside: Inside, prepare: impl FnOnce(&mut Level) -> T) -> T {
        let mut levels = self.levels.borrow_mut();
        let depth = self.depth.get();
        if !self.is_used.replace(false) {
            let level = &mut levels[depth];
            // A call without a scope of its own begins with another.
            level.uses = if inside.call & marks::NO_SCOPE == 0 { 0 } else { Level::FIRST };
            if !self.is_lasting() {
                level.reference = ptr::null_mut();
            }
        }
        let value = prepare(&mut levels[depth]);
        self.depth.set(depth + 1);
        if levels.len() == depth + 1 {
            levels.push(Level::NEW);
        }
        value
    }

    /// JavaScript has run. Returns the call that goes on.
    #[inline]
    pub fn come_up(&self) -> Inside {
        let depth = self.depth.get() - 1;
        let inside = self.levels.borrow()[depth].inside;
        self.depth.set(depth);
        // Without a call, nothing would end it.
        self.is_used.set(inside.call != 0);
        inside
    }

    /// Looks at the current level.
    #[inline]
    pub fn here<T>(&self, look: impl FnOnce(&mut Level) -> T) -> T {
        look(&mut self.levels.borrow_mut()[self.depth.get()])
    }

    /// The call has returned. Gives the scope that is to be closed.
    pub fn end_call(&self) -> Option<sys::napi_handle_scope> {
        let was_used = self.is_used.replace(false);
        self.here(|level| (was_used && level.uses > Level::FIRST).then_some(level.scope))
    }
}
