use super::*;

#[test]
fn a_deadlock_is_told_to_the_call_that_it_was_meant_for() {
    let presence = Presence::default();
    let outer = presence.enter(marks::NONE);
    presence.note_deadlock(outer);
    presence.note_deadlock(outer);
    let suspended = presence.suspend();
    assert_eq!((suspended.serial, presence.call()), (outer, 0));
    let inner = presence.enter(marks::NONE);
    presence.leave();
    assert!(presence.has_notes());
    assert!(!presence.end_call(inner, false));
    presence.note_deadlock(inner);
    assert!(presence.end_call(inner, false));
    presence.resume(suspended);
    presence.leave();
    assert!(presence.has_notes());
    assert!(presence.end_call(outer, true));
    presence.leave();
    assert!(!presence.has_notes());
}

#[test]
fn no_two_calls_that_are_watched_have_the_same_number_whatever_is_inside_of_what() {
    let presence = Presence::default();
    let watch = presence.watch();
    let mut serials = Vec::new();
    let leave = |is_outermost| {
        presence.leave();
        assert!(presence.has_notes());
        presence.end_call(presence.serial(), is_outermost);
    };
    for is_bare in [true, false, true, true] {
        if is_bare {
            presence.enter_bare(callee(2));
        } else {
            presence.enter(marks::NONE);
        }
        let serial = watch.current();
        serials.extend(serial);
        for _ in 0..2 {
            let outer = presence.suspend();
            assert_eq!(watch.current(), None);
            for number in 0..2 {
                presence.enter_bare(callee(number));
                serials.extend(watch.current());
                leave(false);
            }
            presence.resume(outer);
            assert_eq!(watch.current(), serial);
        }
        leave(true);
    }
    let count = serials.len();
    serials.sort_unstable();
    serials.dedup();
    assert_eq!((serials.len(), count), (20, 20));
    drop(watch);
    assert!(!presence.has_notes());
}

#[test]
fn a_bare_call_tells_its_function_and_its_marks() {
    for number in [0, 1, MOST_FUNCTIONS - 1] {
        assert_eq!(number_of(callee(number)), number);
        assert_eq!(callee(number) & (marks::LEAF | marks::BARE), marks::BARE);
    }
}

#[test]
fn a_note_that_came_too_late_is_dropped() {
    let presence = Presence::default();
    let gone = presence.enter(marks::NONE);
    presence.leave();
    presence.note_deadlock(gone);
    let next = presence.enter(marks::NONE);
    presence.leave();
    assert!(presence.has_notes());
    assert!(!presence.end_call(next, true));
    presence.leave();
    assert!(!presence.has_notes());
}

#[test]
fn a_call_keeps_its_number_whatever_ends_while_the_thread_is_inside_of_it() {
    let presence = Presence::default();
    let watch = presence.watch();
    presence.enter_bare(callee(2));
    let serial = watch.current();
    presence.end_call(0, true);
    assert_eq!(watch.current(), serial);
    presence.leave();
    presence.end_call(presence.serial(), true);
    presence.enter_bare(callee(2));
    assert_ne!(watch.current(), serial);
}
