//! The worker's side: `--script-worker`.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::Duration,
};

use agentruntime_graph::{
    Scope,
    lua::{self, CancelFlag},
};

use super::{confine, wire};

/// The one argument that makes a program of ours a worker.
pub const WORKER_ARGUMENT: &str = "--script-worker";

/// How long after its limit a script is ended from within its own process: longer than the server waits, which says more of it.
const GRACE: Duration = Duration::from_secs(10);

/// Stack for the interpreter, whatever the system gives a first thread.
const STACK: usize = 8 * 1024 * 1024;

/// Where the program was started as a worker: works until its server is gone, and gives the exit code. To be asked first in
/// `main`, before anything is read, opened or begun.
///
/// `None` for every other start of the program.
#[must_use]
pub fn script_worker() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != WORKER_ARGUMENT || arguments.next().is_some() {
        return None;
    }
    confine::name_process();
    let (begun, limits) = channel();
    // Linux ends it with its server (`confine`).
    let begun = cfg!(not(target_os = "linux")).then_some(begun);
    #[expect(clippy::disallowed_methods, reason = "it is waited for here")]
    let working = std::thread::Builder::new().stack_size(STACK).spawn(move || work(begun.as_ref()));
    if is_overdue(&limits, GRACE) {
        return Some(ExitCode::FAILURE);
    }
    let ended = working.map(std::thread::JoinHandle::join);
    Some(if matches!(ended, Ok(Ok(Ok(())))) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// This very program, for [`SandboxOptions::workers`](crate::SandboxOptions::workers).
///
/// # Errors
/// Where the system does not tell its path.
pub fn own_program() -> io::Result<PathBuf> {
    // There by this name also once an update has taken the file's place.
    let running = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

/// Waits until the worker has no more to do, or does something for longer than it may: a script that catches its own end goes on
/// for ever, where a server that was killed cannot end it.
fn is_overdue(limits: &Receiver<Option<Duration>>, grace: Duration) -> bool {
    let mut limit = None::<Duration>;
    loop {
        let next = match limit {
            Some(limit) => limits.recv_timeout(limit.saturating_add(grace)),
            None => limits.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(next) => limit = next,
            Err(error) => return error == RecvTimeoutError::Timeout,
        }
    }
}

fn work(begun: Option<&Sender<Option<Duration>>>) -> io::Result<()> {
    let tell = |limit| {
        // Whoever listens does so to the end.
        _ = begun.map(|begun| begun.send(limit));
    };
    let (mut jobs, mut answers) = (io::stdin().lock(), io::stdout().lock());
    let confined = confine::confine();
    greet(&mut answers, confined)?;
    while let Some(order) = wire::read_job(&mut jobs)? {
        tell(Some(lua::time_limit(Some(order.timeout))));
        let outcome = order.read().and_then(|(script, input, steps)| {
            let outcome = lua::run(&script, &Scope::new(&input, &steps), Some(order.timeout), &CancelFlag::default());
            outcome.map_err(|error| error.to_string())
        });
        tell(None);
        answers.write_all(&wire::answer(&outcome)?)?;
        answers.flush()?;
    }
    Ok(())
}

/// Says that this is a worker, and whether the system holds it.
fn greet(answers: &mut impl Write, confined: bool) -> io::Result<()> {
    answers.write_all(wire::GREETING)?;
    answers.write_all(&[u8::from(confined)])?;
    answers.flush()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{sync::mpsc::channel, time::Duration};

    use super::is_overdue;

    #[test]
    fn what_takes_longer_than_it_may_is_overdue_and_what_has_ended_is_not() {
        let (begun, limits) = channel();
        begun.send(Some(Duration::from_hours(1))).unwrap();
        begun.send(None).unwrap();
        begun.send(Some(Duration::ZERO)).unwrap();
        assert!(is_overdue(&limits, Duration::from_millis(1)));
        begun.send(Some(Duration::from_hours(1))).unwrap();
        begun.send(None).unwrap();
        drop(begun);
        assert!(!is_overdue(&limits, Duration::from_millis(1)));
    }
}
