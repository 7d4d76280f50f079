//! What others hold for a moment.

use std::{io, thread, time::Duration};

/// The pauses between the tries, 1.27 s together: a virus scanner lets go of a small file long before.
const PAUSES: [u64; 7] = [10, 20, 40, 80, 160, 320, 640];

/// Tries again where Windows refuses because somebody else has the file open. Blocks.
pub(super) fn patiently<T>(act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    try_again(act, |error| cfg!(windows) && is_held(error), thread::sleep)
}

/// ERROR_ACCESS_DENIED, which is also a want of rights and then said a second later, ERROR_SHARING_VIOLATION,
/// ERROR_LOCK_VIOLATION. A file that is deleted while somebody has it open answers with the first, too.
fn is_held(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

fn try_again<T>(
    mut act: impl FnMut() -> io::Result<T>,
    passes: impl Fn(&io::Error) -> bool,
    mut rest: impl FnMut(Duration),
) -> io::Result<T> {
    for pause in PAUSES {
        match act() {
            Err(error) if passes(&error) => rest(Duration::from_millis(pause)),
            done => return done,
        }
    }
    act()
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io, time::Duration};

    use super::{PAUSES, is_held, try_again};

    /// What came of it, how often it was tried, and the pauses.
    fn tried(refusals: usize, code: i32) -> (io::Result<()>, usize, Vec<Duration>) {
        let (tries, rests) = (RefCell::new(0), RefCell::new(Vec::new()));
        let act = || {
            *tries.borrow_mut() += 1;
            if *tries.borrow() <= refusals { Err(io::Error::from_raw_os_error(code)) } else { Ok(()) }
        };
        let done = try_again(act, is_held, |pause| rests.borrow_mut().push(pause));
        (done, tries.into_inner(), rests.into_inner())
    }

    #[test]
    fn what_is_held_is_tried_again_with_growing_pauses() {
        for code in [5, 32, 33] {
            let (done, tries, rests) = tried(3, code);
            assert!(done.is_ok(), "{code}");
            assert_eq!((tries, rests), (4, [10, 20, 40].map(Duration::from_millis).to_vec()), "{code}");
        }
    }

    #[test]
    fn what_stays_held_is_said_in_the_end_and_nothing_else_is_waited_for() {
        let (done, tries, rests) = tried(usize::MAX, 32);
        assert_eq!(done.unwrap_err().raw_os_error(), Some(32));
        assert_eq!((tries, rests.len()), (PAUSES.len() + 1, PAUSES.len()));
        assert!(rests.is_sorted() && rests.iter().sum::<Duration>() < Duration::from_secs(2), "{rests:?}");
        // ERROR_FILE_NOT_FOUND, ERROR_DISK_FULL
        for code in [2, 112] {
            let (done, tries, rests) = tried(1, code);
            assert_eq!(done.unwrap_err().raw_os_error(), Some(code));
            assert_eq!((tries, rests.len()), (1, 0), "{code}");
        }
    }
}
