//! On Windows, a value of the person's `Run` key. The task manager switches one off by a value of the same name in another key.

use std::{env, io, path::PathBuf};

use windows_registry::{CURRENT_USER, Key};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// The value's name: the task manager shows it where a program says nothing of itself, and the installer takes it away with the app.
const NAME: &str = "AgentRuntime Desktop";
/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`: there is no such key or value.
const NOT_FOUND: u32 = 0x8007_0002;

pub(super) fn is_set() -> Result<bool, String> {
    Ok(command_set()?.is_some() && is_approved()?)
}

pub(super) fn set(on: bool) -> Result<(), String> {
    // What the task manager said of it before counts no longer. First, so that nothing is on where this fails.
    if on {
        remove(APPROVED)?;
        write()
    } else {
        remove(RUN)?;
        remove(APPROVED)
    }
}

pub(super) fn follow() -> Result<bool, String> {
    // A second copy that is tried out beside the first does not take its place.
    let is_moved = command_set()?.is_some_and(|before| {
        command().is_ok_and(|now| now != before) && !named(&before).is_some_and(|program| program.exists())
    });
    if is_moved {
        write()?;
    }
    Ok(is_moved)
}

/// The program that a command names, where we wrote it.
fn named(command: &str) -> Option<PathBuf> {
    let (program, _) = command.strip_prefix('"')?.split_once('"')?;
    Some(program.into())
}

/// What starts the program that runs. Without its quotes, `C:\My.exe` would be started for one in `C:\My Apps`.
fn command() -> io::Result<String> {
    Ok(format!("\"{}\" {}", env::current_exe()?.display(), super::HIDDEN))
}

fn write() -> Result<(), String> {
    let command = command().map_err(|error| error.to_string())?;
    CURRENT_USER.create(RUN).and_then(|key| key.set_string(NAME, command)).map_err(|error| error.to_string())
}

fn command_set() -> Result<Option<String>, String> {
    found(CURRENT_USER.open(RUN).and_then(|key| key.get_string(NAME)))
}

/// Its first byte is odd where it was switched off; without a value it never was.
fn is_approved() -> Result<bool, String> {
    let value = found(CURRENT_USER.open(APPROVED).and_then(|key| key.get_value(NAME)))?;
    Ok(value.is_none_or(|value| value.first().is_none_or(|first| first % 2 == 0)))
}

fn remove(key: &str) -> Result<(), String> {
    let key = CURRENT_USER.options().write().open(key);
    found(key.and_then(|key: Key| key.remove_value(NAME))).map(|_| ())
}

/// What was asked for, if it is there.
fn found<T>(asked: windows_registry::Result<T>) -> Result<Option<T>, String> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code().0.cast_unsigned() == NOT_FOUND => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
