//! Callbacks from other threads, with a thread of the test in the place of the JavaScript thread. Also run
//! under ThreadSanitizer (`npm run test:races`).

use super::letter::Letter;
use super::plan::{Answer, CallbackPlan};
use super::slot::{Manner, Slot};
use super::tombstones::Tombstones;
use crate::abi::tests::scalars;
use crate::ctype::CType;
use crate::mailbox::{Delivery, Mailbox};
use crate::presence::marks;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

type Callback = extern "C" fn(i32) -> i32;

const DEFAULT: i32 = -1;

fn open(mailbox: &Arc<Mailbox>, is_listener: bool, timeout: Option<Duration>) -> (&'static Slot, Callback) {
    let plan = Arc::new(CallbackPlan::new(&scalars(vec![CType::I32], CType::I32)).unwrap());
    let manner = Manner {
        plan,
        instance: std::ptr::null(),
        runner: std::ptr::null_mut(),
        reader: std::ptr::null_mut(),
        mailbox: mailbox.clone(),
        is_listener,
        timeout,
    };
    let slot = Slot::open(&Tombstones::default(), &Arc::new(manner), Answer::Word(DEFAULT as u64), 0).unwrap();
    let address = std::ptr::with_exposed_provenance::<()>(slot.address());
    // SAFETY: the address is that of a function of this signature, for ever.
    (slot, unsafe { std::mem::transmute::<*const (), Callback>(address) })
}

fn argument(letter: &Letter) -> i32 {
    letter.words[0] as i32
}

/// Answers letters with twice their argument until `enough` says so.
fn serve(mailbox: &Mailbox, mut enough: impl FnMut() -> bool) {
    while !enough() {
        for delivery in mailbox.collect(16) {
            let Delivery::Letter(number, letter) = delivery else { continue };
            mailbox.answer(number, Some(Answer::Word(2 * argument(&letter) as u64)));
        }
        thread::yield_now();
    }
}

#[test]
fn every_call_of_eight_threads_gets_its_own_answer() {
    const CALLS: i32 = 2000;
    let mailbox = Arc::new(Mailbox::default());
    let (slot, callback) = open(&mailbox, false, Some(Duration::from_secs(60)));
    let right = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for first in 0..8 {
            let (right, done) = (&right, &done);
            scope.spawn(move || {
                let is_right = |call: &i32| callback(first * CALLS + call) == 2 * (first * CALLS + call);
                right.fetch_add((0..CALLS).filter(is_right).count(), Relaxed);
                done.fetch_add(1, Relaxed);
            });
        }
        serve(&mailbox, || done.load(Relaxed) == 8);
    });
    assert_eq!(right.load(Relaxed), 8 * CALLS as usize);
    slot.close(&Tombstones::default());
    assert_eq!(thread::spawn(move || callback(1)).join().unwrap(), DEFAULT);
    assert_eq!(mailbox.late.load(Relaxed), 1);
}

#[test]
fn a_listener_is_not_waited_for_and_loses_nothing() {
    const CALLS: i32 = 5000;
    let mailbox = Arc::new(Mailbox::default());
    let (slot, callback) = open(&mailbox, true, None);
    let (mut sum, mut count) = (0, 0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || assert!((0..CALLS).all(|call| callback(call) == DEFAULT)));
        }
        while count < 4 * CALLS {
            for delivery in mailbox.collect(64) {
                let Delivery::Letter(number, letter) = delivery else { continue };
                (sum, count) = (sum + i64::from(argument(&letter)), count + 1);
                mailbox.answer(number, None);
            }
        }
    });
    assert_eq!(sum, 4 * i64::from(CALLS) * i64::from(CALLS - 1) / 2);
    slot.close(&Tombstones::default());
}

#[test]
fn who_waits_for_a_closed_mailbox_or_callback_gets_the_default() {
    for closes_mailbox in [true, false] {
        for _ in 0..50 {
            let mailbox = Arc::new(Mailbox::default());
            let (slot, callback) = open(&mailbox, false, None);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(move || while callback(1) != DEFAULT {});
                }
                let mut turns = 0;
                serve(&mailbox, || {
                    turns += 1;
                    turns > 100
                });
                if closes_mailbox {
                    mailbox.close();
                } else {
                    slot.close(&Tombstones::default());
                    // What was sent before is still answered, by the default.
                    while mailbox.late.load(Relaxed) < 4 {
                        for delivery in mailbox.collect(16) {
                            let Delivery::Letter(number, _) = delivery else { continue };
                            mailbox.late.fetch_add(1, Relaxed);
                            mailbox.answer(number, None);
                        }
                    }
                }
            });
            if closes_mailbox {
                slot.end(&Tombstones::default());
            }
        }
    }
}

#[test]
fn a_wait_that_blocks_its_own_answer_is_given_up_and_the_call_is_told() {
    let mailbox = Arc::new(Mailbox::default());
    let (slot, callback) = open(&mailbox, false, Some(Duration::from_millis(20)));
    let call = mailbox.presence.enter(marks::NONE);
    // The thread of this test is inside of a call that waits for the other.
    assert_eq!(thread::spawn(move || callback(1)).join().unwrap(), DEFAULT);
    mailbox.presence.leave();
    assert!(mailbox.presence.end_call(call, true));
    slot.close(&Tombstones::default());
}

#[test]
fn an_address_comes_again_only_after_65536_others() {
    let mailbox = Arc::new(Mailbox::default());
    let (slot, callback) = open(&mailbox, false, None);
    slot.close(&Tombstones::default());
    // Other tests close some too.
    for _ in 0..65_000 {
        let (other, _) = open(&mailbox, false, None);
        assert_ne!(other.address(), callback as usize);
        other.close(&Tombstones::default());
    }
}

#[test]
fn a_closed_callback_takes_at_most_128_bytes() {
    // With its code (24), and its place among the others that are closed (16, as long as a queue that has grown is half empty).
    assert!(size_of::<Slot>() + 24 + 16 <= 128);
}
