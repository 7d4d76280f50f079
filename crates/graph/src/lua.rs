//! Scripts of `lua_script` steps, in a real sandbox: Luau with an allow-list of globals, limits on time, memory and
//! size, and nothing that reaches the machine (BFF API: "Graph and steps", row `lua_script`).
//!
//! A script sees `input` and `steps.<id>.result` (also `.input`); a step `my-step` is also `steps.my_step`. It
//! returns one table, its step's result. What the contract leaves open is decided here:
//! - Libraries: `string`, `table`, `math`, `bit32`, `utf8`, `coroutine`, and the basic functions without `print`,
//!   `require`, `loadstring`, `getfenv`, `setfenv`, `newproxy`, `gcinfo` and `collectgarbage`. No `os`, no `io`, no
//!   `debug`: a script has no clock.
//! - Null: a null member of an object reads as `nil`. In a list it is the global `null`, so that places and lengths
//!   hold. Returning `null` anywhere inside the table gives JSON null.
//! - Lists: a table whose keys are exactly 1..n is a list; any other is an object, number keys written as text. An
//!   empty table is `{}`, unless it came in as a list or went through the global `array(t)`, which marks it as one.
//! - Numbers are 64-bit floats, as Luau has them: whole ones come back as JSON integers, NaN and the infinities are
//!   errors, and integers beyond 2^53 lose their last digits.
//! - Strings must be UTF-8 on their way out. Functions, threads and tables as keys are errors.
//!
//! Running blocks the calling thread, for [`MAX_TIMEOUT`] at most; an async caller uses a blocking thread.

mod convert;
mod failure;
mod names;
#[cfg(test)]
mod tests;
mod vm;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::{GraphError, Result};
use crate::scope::Scope;

/// Longest script (BFF API: 64 KiB).
pub const MAX_SCRIPT_BYTES: usize = 64 * 1024;
/// Largest result as JSON (BFF API: 1 MiB).
pub const MAX_RESULT_BYTES: usize = 1024 * 1024;
/// Time limit of a step that names none (BFF API: 5 s).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time limit (BFF API: "never over 30 s").
pub const MAX_TIMEOUT: Duration = Duration::from_secs(30);
/// Memory for a script and the data it sees. The contract names no number.
pub const MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Stops a script from outside: set it, and the script ends with [`GraphError::LuaCancelled`].
pub type CancelFlag = Arc<AtomicBool>;

/// The limit that holds for a step with this `timeout_s`.
pub fn time_limit(timeout: Option<Duration>) -> Duration {
    timeout.unwrap_or(DEFAULT_TIMEOUT).min(MAX_TIMEOUT)
}

/// Runs a script and gives its table as JSON: an object or a list.
///
/// # Errors
/// The `Lua…` variants of [`GraphError`], with the script's line where there is one. A script that swallows its
/// time-out with `pcall` has timed out all the same.
pub fn run(script: &str, scope: &Scope<'_>, timeout: Option<Duration>, cancel: &CancelFlag) -> Result<Value> {
    let limit = time_limit(timeout);
    let stop = Stop { deadline: Instant::now() + limit, cancel: Arc::clone(cancel), fired: CancelFlag::default() };
    let outcome = within_size(script).and_then(|()| vm::run(script, scope, &stop));
    // The script may have caught the interrupt, or run over while its result was read: the clock decides, not the
    // script's own account.
    if cancel.load(Ordering::Relaxed) {
        return Err(GraphError::LuaCancelled);
    }
    if stop.is_due() {
        return Err(GraphError::LuaTimeout { limit });
    }
    outcome
}

/// Compiles a script without running it.
///
/// # Errors
/// [`GraphError::LuaSyntax`].
pub fn check_syntax(script: &str) -> Result<()> {
    within_size(script)?;
    vm::compiler().compile(script).map(|_| ()).map_err(|error| failure::syntax(&error))
}

fn within_size(script: &str) -> Result<()> {
    if script.len() <= MAX_SCRIPT_BYTES {
        return Ok(());
    }
    let message = format!("the script is {} bytes long, and {MAX_SCRIPT_BYTES} are allowed", script.len());
    Err(GraphError::LuaSyntax { line: None, message })
}

/// When a script must stop. Once due it stays due.
#[derive(Clone)]
struct Stop {
    deadline: Instant,
    cancel: CancelFlag,
    fired: CancelFlag,
}

impl Stop {
    fn is_due(&self) -> bool {
        if self.fired.load(Ordering::Relaxed) {
            return true;
        }
        let due = self.cancel.load(Ordering::Relaxed) || Instant::now() >= self.deadline;
        if due {
            self.fired.store(true, Ordering::Relaxed);
        }
        due
    }
}
