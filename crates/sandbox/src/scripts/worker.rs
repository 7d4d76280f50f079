//! The worker's side: `--script-worker`.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use agentruntime_graph::{
    Scope,
    lua::{self, CancelFlag},
};

use super::{confine, wire};

/// The one argument that makes a program of ours a worker.
pub const WORKER_ARGUMENT: &str = "--script-worker";

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
    #[expect(clippy::disallowed_methods, reason = "it is waited for here")]
    let working = std::thread::Builder::new().stack_size(STACK).spawn(work);
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

fn work() -> io::Result<()> {
    let (mut jobs, mut answers) = (io::stdin().lock(), io::stdout().lock());
    let confined = confine::confine();
    greet(&mut answers, confined)?;
    while let Some(order) = wire::read_job(&mut jobs)? {
        let outcome = order.read().and_then(|(script, input, steps)| {
            let outcome = lua::run(&script, &Scope::new(&input, &steps), Some(order.timeout), &CancelFlag::default());
            outcome.map_err(|error| error.to_string())
        });
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
