//! Memory of the program and its copy in the helper: each gets what the other has changed.

/// Bytes that are compared at once.
const WORD: usize = 8;

/// Changes since `same`, which is what both were: those of `theirs` go to `mine`, and those of `mine`, where they have
/// none, to `theirs`. Then `same` is what both are.
///
/// # Safety
///
/// `mine` and `theirs` are memory of as many bytes, and not the same. Another process may write to `theirs` meanwhile: each
/// byte is read once.
pub unsafe fn reconcile(mine: *mut u8, theirs: *mut u8, same: &mut [u8]) {
    let mut at = 0;
    while at + WORD <= same.len() {
        // SAFETY: as the caller says.
        let (here, there) =
            unsafe { (mine.add(at).cast::<[u8; WORD]>().read_unaligned(), theirs.add(at).cast::<[u8; WORD]>().read_unaligned()) };
        if here != same[at..at + WORD] || there != same[at..at + WORD] {
            // SAFETY: as the caller says.
            (at..at + WORD).for_each(|at| unsafe { reconcile_byte(mine.add(at), theirs.add(at), &mut same[at]) });
        }
        at += WORD;
    }
    // SAFETY: as the caller says.
    (at..same.len()).for_each(|at| unsafe { reconcile_byte(mine.add(at), theirs.add(at), &mut same[at]) });
}

/// The same for one byte.
///
/// # Safety
///
/// As for [`reconcile`].
unsafe fn reconcile_byte(mine: *mut u8, theirs: *mut u8, same: &mut u8) {
    // SAFETY: as the caller says.
    unsafe {
        let (here, there) = (mine.read(), theirs.read_volatile());
        if there != *same {
            mine.write(there);
            *same = there;
        } else if here != *same {
            theirs.write(here);
            *same = here;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reconcile;

    #[test]
    fn each_side_gets_what_the_other_has_changed() {
        for length in [0, 1, 7, 8, 9, 31, 64] {
            let was: Vec<u8> = (0..length).collect();
            let (mut mine, mut theirs, mut same) = (was.clone(), was.clone(), was.clone());
            let mut expected = was.clone();
            for at in (0..length as usize).step_by(5) {
                mine[at] = 100;
                expected[at] = 100;
            }
            for at in (0..length as usize).step_by(3) {
                theirs[at] = 200;
                expected[at] = 200;
            }
            // SAFETY: all have the same length.
            unsafe { reconcile(mine.as_mut_ptr(), theirs.as_mut_ptr(), &mut same) };
            assert_eq!([&mine, &theirs, &same], [&expected; 3]);
        }
    }
}
