//! The places of environments. Each has entries of its own, which find their environment by the place that they were
//! compiled for: no data is passed, no thread-local variable looked up, and no code made at run time.

use crate::frame::Frame;
use crate::instance::Instance;
use crate::presence::{Presence, callee, marks};
use crate::targets::Target;
use std::cell::UnsafeCell;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

/// So many environments of a process have entries at a time: the main thread and workers. Others go by Node-API.
pub const PLACES: usize = 16;

/// Where a place is not open: no call is made there.
static NOBODY: Presence = Presence::nobody();
/// The frame there.
static NO_FRAME: NoFrame = NoFrame(UnsafeCell::new(MaybeUninit::zeroed()));

struct NoFrame(UnsafeCell<MaybeUninit<Frame>>);

// SAFETY: it is read and written by threads whose environments have ended, if at all: they run no JavaScript any more. What is there
// does not matter.
unsafe impl Sync for NoFrame {}

pub(super) static ALL: [Place; PLACES] = [const { Place::free() }; PLACES];

/// An environment, and what calls need of it. Everything but the instance is its own thread's: written while it takes or opens
/// the place, or binds a function, read by its calls. It is read there each time it is needed, because to keep it while C
/// runs takes longer.
#[derive(Debug)]
pub struct Place {
    instance: AtomicPtr<Instance>,
    frame: AtomicPtr<Frame>,
    presence: AtomicPtr<Presence>,
    errno: AtomicPtr<c_int>,
    targets: AtomicPtr<Target>,
}

/// What of an instance is in its place.
pub struct Parts {
    /// Its frame.
    pub frame: *mut Frame,
    /// Where its thread's `errno` is.
    pub errno: *mut c_int,
}

impl Place {
    /// Where a place has this, in bytes; for entries that are not made of Rust.
    pub(super) const TARGETS: usize = std::mem::offset_of!(Place, targets);
    /// As above.
    pub(super) const FRAME: usize = std::mem::offset_of!(Place, frame);
    /// As above.
    pub(super) const ERRNO: usize = std::mem::offset_of!(Place, errno);
    /// As above.
    pub(super) const PRESENCE: usize = std::mem::offset_of!(Place, presence);

    const fn free() -> Place {
        // A callee is where its target lies, but for the marks.
        assert!(callee(1) as usize - marks::BARE as usize == size_of::<Target>());
        Place {
            instance: AtomicPtr::new(ptr::null_mut()),
            frame: AtomicPtr::new(NO_FRAME.0.get().cast()),
            presence: AtomicPtr::new((&raw const NOBODY).cast_mut()),
            errno: AtomicPtr::new(ptr::null_mut()),
            targets: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// The place that an entry is compiled for.
    #[inline(always)]
    pub fn of<const PLACE: usize>() -> &'static Place {
        &ALL[PLACE]
    }

    /// The instance here.
    ///
    /// # Safety
    ///
    /// It has [taken](take) the place and not left it, and this is its thread.
    #[inline(always)]
    pub unsafe fn instance<'a>(&self) -> &'a Instance {
        // SAFETY: as the caller says; it lives until it has left.
        unsafe { &*self.instance.load(Relaxed) }
    }

    /// Where its thread is; inside of a call, while the place is not [open](Place::open).
    ///
    /// # Safety
    ///
    /// This is the thread of the environment that has the place, or had it last.
    #[inline(always)]
    pub unsafe fn presence<'a>(&self) -> &'a Presence {
        // SAFETY: as the caller says; it lives as long as the instance, which leaves before it ends.
        unsafe { &*self.presence.load(Relaxed) }
    }

    /// Its frame.
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.load(Relaxed)
    }

    /// Where `errno` is.
    #[inline(always)]
    pub fn errno(&self) -> *mut c_int {
        self.errno.load(Relaxed)
    }

    /// What is known of a [`callee`]: there is, while the place is open, because the table has had a function with that number, and
    /// never shrinks.
    ///
    /// # Safety
    ///
    /// As for [`presence`](Place::presence).
    #[inline(always)]
    pub unsafe fn target(&self, callee: u32) -> *const Target {
        // SAFETY: no other thread stores it. An atomic load would need a register of its own.
        let targets = unsafe { *self.targets.as_ptr() };
        targets.cast_const().wrapping_byte_add(callee as usize).wrapping_byte_sub(marks::BARE as usize)
    }

    /// The entries make calls from now on, of these functions.
    pub fn open(&self, presence: *const Presence, targets: *const Target) {
        self.presence.store(presence.cast_mut(), Relaxed);
        self.targets.store(targets.cast_mut(), Relaxed);
    }

    /// Whether they do.
    pub fn is_open(&self) -> bool {
        !self.targets.load(Relaxed).is_null()
    }

    /// The functions lie somewhere else, if they are called at all.
    pub fn move_targets(&self, targets: *const Target) {
        if self.is_open() {
            self.targets.store(targets.cast_mut(), Relaxed);
        }
    }
}

/// A place for an instance that has none; `None` if all are taken. The entries make no calls yet, and say so, if the callee is
/// none: some of them go another way where there is something in scratch memory.
pub fn take(instance: *const Instance, parts: &Parts) -> Option<usize> {
    let is_taken = |place: &Place| place.instance.compare_exchange(ptr::null_mut(), instance.cast_mut(), AcqRel, Acquire).is_ok();
    let index = ALL.iter().position(is_taken)?;
    let place = &ALL[index];
    place.frame.store(parts.frame, Relaxed);
    place.errno.store(parts.errno, Relaxed);
    Some(index)
}

/// The place with this index.
pub fn place(index: usize) -> &'static Place {
    &ALL[index]
}

/// Leaves the place of an instance, if it has one.
pub fn leave(instance: *mut Instance) {
    for place in &ALL {
        if place.instance.load(Acquire) == instance {
            place.open(&raw const NOBODY, ptr::null());
            place.frame.store(NO_FRAME.0.get().cast(), Relaxed);
            let _ = place.instance.compare_exchange(instance, ptr::null_mut(), AcqRel, Acquire);
        }
    }
}
