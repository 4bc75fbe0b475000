//! The callbacks of an environment, as JavaScript opens and closes them.

use super::Instance;
use crate::callback::plan::CallbackPlan;
use crate::callback::slot::{Manner, Slot};
use crate::error::{Code, Error};
use napi::sys;
use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Callbacks by number, and the plans that their signatures share.
#[derive(Default)]
pub struct Callbacks {
    plans: Vec<Planned>,
    plan_numbers: HashMap<Box<[u32]>, u32>,
    open: Vec<Option<&'static Slot>>,
    free_numbers: Vec<u32>,
    runners: Vec<sys::napi_ref>,
}

/// A plan for callbacks.
struct Planned {
    plan: Arc<CallbackPlan>,
    /// How the last callback of it was opened: mostly all are alike.
    last: Option<(Wish, Arc<Manner>)>,
}

/// How a callback is to be opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The number of its plan.
    pub plan: u32,
    /// The number of what runs it, from [`Instance::add_runner`].
    pub runner: u32,
    /// The number of the copy of the package that opens it.
    pub listener: u32,
    /// Other threads do not wait.
    pub is_listener: bool,
    /// In milliseconds; 0 for ever.
    pub timeout: u32,
}

impl Instance {
    /// The number of the plan for callbacks of a signature given as type numbers, and the plan itself.
    pub fn callback_plan(&self, types: &[u32]) -> Result<(u32, Arc<CallbackPlan>), Error> {
        let mut callbacks = self.callbacks.borrow_mut();
        if let Some(&number) = callbacks.plan_numbers.get(types) {
            return Ok((number, callbacks.plans[number as usize].plan.clone()));
        }
        let plan = Arc::new(CallbackPlan::new(&self.types.borrow().signature(types)?)?);
        let number = callbacks.plans.len() as u32;
        callbacks.plans.push(Planned { plan: plan.clone(), last: None });
        callbacks.plan_numbers.insert(types.into(), number);
        Ok((number, plan))
    }

    /// Adds a JavaScript function that runs the callback named in the frame. Returns its number.
    pub fn add_runner(&self, reference: sys::napi_ref) -> u32 {
        let mut callbacks = self.callbacks.borrow_mut();
        callbacks.runners.push(reference);
        callbacks.runners.len() as u32 - 1
    }

    /// In this host, values of Node-API's may [last](super::levels::Levels::set_lasting). Such values are the same for the same
    /// object; handles are not. Calls that are under way go on as they began.
    ///
    /// # Safety
    ///
    /// This is a call from JavaScript in the environment; the engine moves no objects.
    pub unsafe fn expect_lasting(&self, reference: sys::napi_ref) {
        let (mut first, mut second) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: as the caller says.
        unsafe {
            sys::napi_get_reference_value(self.env(), reference, &raw mut first);
            sys::napi_get_reference_value(self.env(), reference, &raw mut second);
        }
        if !first.is_null() && first == second && !self.is_inside() && self.levels.depth() == 0 {
            self.levels.set_lasting();
        }
    }

    /// All that were added.
    pub fn runners(&self) -> Vec<sys::napi_ref> {
        std::mem::take(&mut self.callbacks.borrow_mut().runners)
    }

    /// Opens a callback whose default result is in the frame. Returns its number and its address.
    ///
    /// # Safety
    ///
    /// JavaScript has just left the default in the frame as it leaves results.
    pub unsafe fn open_callback(&self, wish: &Wish) -> Result<(u32, usize), Error> {
        let callbacks = &mut *self.callbacks.borrow_mut();
        let manner = self.manner(&mut callbacks.plans, &callbacks.runners, wish)?;
        let number = callbacks.free_numbers.last().copied().unwrap_or(callbacks.open.len() as u32);
        // SAFETY: as the caller says.
        let default = unsafe { manner.plan.answer_in(self.frame.as_ptr()) };
        let slot = Slot::open(&self.tombstones, manner, default, number)?;
        if callbacks.free_numbers.pop().is_none() {
            callbacks.open.push(None);
        }
        callbacks.open[number as usize] = Some(slot);
        Ok((number, slot.address()))
    }

    /// How a callback is opened that is wished for so.
    fn manner<'a>(&self, plans: &'a mut [Planned], runners: &[sys::napi_ref], wish: &Wish) -> Result<&'a Arc<Manner>, Error> {
        let missing = || Error::new(Code::CallFailed, format!("no plan has the number {}", wish.plan));
        let Planned { plan, last } = plans.get_mut(wish.plan as usize).ok_or_else(missing)?;
        if last.as_ref().is_none_or(|(same, _)| same != wish) {
            let manner = Manner {
                plan: plan.clone(),
                instance: self,
                runner: *runners.get(wish.runner as usize).ok_or_else(missing)?,
                reader: self.listener(wish.listener)?.reader,
                mailbox: self.mailbox.clone(),
                is_listener: wish.is_listener,
                timeout: (wish.timeout != 0).then(|| Duration::from_millis(u64::from(wish.timeout))),
            };
            *last = Some((*wish, Arc::new(manner)));
        }
        last.as_ref().map(|(_, manner)| manner).ok_or_else(missing)
    }

    /// Closes a callback; unknown numbers are ignored.
    pub fn close_callback(&self, number: u32) {
        let mut callbacks = self.callbacks.borrow_mut();
        let Some(slot) = callbacks.open.get_mut(number as usize).and_then(Option::take) else { return };
        callbacks.free_numbers.push(number);
        slot.close(&self.tombstones);
        self.mailbox.answer_all_of(slot, self.reading.get());
    }

    /// The slot of an open callback.
    pub(super) fn open_slot(&self, number: u32) -> Option<&'static Slot> {
        self.callbacks.borrow().open.get(number as usize).copied().flatten()
    }

    /// How many callbacks are open, and how many calls there were of closed ones.
    pub fn callback_counts(&self) -> (usize, u64) {
        let callbacks = self.callbacks.borrow();
        (callbacks.open.len() - callbacks.free_numbers.len(), self.mailbox.late.load(Relaxed))
    }

    /// Closes everything that C or other threads could come through: the environment ends.
    pub fn end(&self) {
        self.stop_calling_back();
        for slot in std::mem::take(&mut self.callbacks.borrow_mut().open).into_iter().flatten() {
            slot.end(&self.tombstones);
        }
    }

    /// The process or worker exits, unless that is only said: callbacks run no more, but inside of calls, and
    /// for the event loop if it goes on.
    pub fn note_exit(&self) {
        self.is_ending.set(true);
        self.mailbox.note_exit(true);
    }

    /// No JavaScript runs any more.
    pub fn stop_calling_back(&self) {
        self.is_ending.set(true);
        self.mailbox.close();
    }
}
