//! The file: read whole, replaced whole, kept aside when it cannot be read.

use std::{
    borrow::Cow,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use agentruntime_lifecycle::files;
use jiff::Timestamp;
use serde_json::Value;

use crate::{Settings, SettingsError, VERSION, settings::unknown_version};

/// The file's name in its folder.
pub(super) const NAME: &str = "settings.json";
/// What a file that is being written is called until it is whole.
const PART: (&str, &str) = (".settings-", ".part");
/// Older ones were left by a process that was killed.
const PART_IS_STALE: Duration = Duration::from_secs(60 * 60);

/// A settings file that could not be used. It was kept, and defaults are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where the file stands now.
    pub kept_at: PathBuf,
    /// What is wrong with it.
    pub problem: SettingsError,
}

/// Makes the folder, for its owner alone, and sweeps what killed processes left.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    files::make_private_all(folder)?;
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let stale = |written: SystemTime| written.elapsed().is_ok_and(|age| age > PART_IS_STALE);
        if name.starts_with(PART.0)
            && name.ends_with(PART.1)
            && entry.metadata().and_then(|data| data.modified()).is_ok_and(stale)
        {
            // Another process may have been faster.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Reads the file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Settings>, SettingsError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SettingsError::Unreadable { path: path.to_owned(), problem: error.to_string() }),
    };
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let settings = parse(&upgraded(bytes)?)?;
    settings.check()?;
    Ok(Some(settings))
}

/// The file as today's version has it. In the first, a workspace's token stood in the keychain under the workspace's own id.
fn upgraded(bytes: &[u8]) -> Result<Cow<'_, [u8]>, SettingsError> {
    let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else { return Ok(bytes.into()) };
    match value.get("version").and_then(Value::as_u64) {
        Some(1) => {}
        // Said before any key of it is found to be unknown.
        Some(version) if version != u64::from(VERSION) => return Err(unknown_version(version)),
        _ => return Ok(bytes.into()),
    }
    for profile in value.get_mut("profiles").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(profile) = profile.as_object_mut()
            && let Some(id) = profile.get("id").cloned()
        {
            profile.entry("entry").or_insert(id);
        }
    }
    if let Some(settings) = value.as_object_mut() {
        settings.insert("version".to_owned(), VERSION.into());
    }
    // With its lines, by which an error names the place.
    Ok(serde_json::to_vec_pretty(&value).map_or(bytes.into(), Cow::from))
}

/// What some editors of Windows begin a text with.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn parse(bytes: &[u8]) -> Result<Settings, SettingsError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let settings = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let key = error.path().to_string();
        let error = error.into_inner();
        let key = if error.is_syntax() || error.is_eof() || key == "." { "file".to_owned() } else { key };
        SettingsError::invalid(key, without_value(&error))
    })?;
    reader.end().map_err(|error| SettingsError::invalid("file", without_value(&error)))?;
    Ok(settings)
}

/// An error's text without the value it is about: somebody may have put a token there.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_data() && !text.starts_with("unknown field") && !text.starts_with("missing field") {
        let text = text.split(" at line ").next().unwrap_or_default();
        match text.rsplit_once("expected ") {
            Some((_, expected)) => format!("does not fit; expected {expected} ({place})"),
            None => format!("does not fit ({place})"),
        }
    } else {
        text
    }
}

/// Moves a broken file out of the way, under a name that tells when, and never over another.
pub(super) fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ").to_string();
    let names = std::iter::once(String::new()).chain((1..100_u32).map(|copy| format!("-{copy}")));
    for copy in names {
        let kept_at = path.with_file_name(format!("settings.broken-{now}{copy}.json"));
        // A hard link, where it can be made, fails if the name is taken; a rename would replace.
        match fs::hard_link(path, &kept_at) {
            Ok(()) => files::remove(path).inspect_err(|_| {
                _ = files::remove(&kept_at);
            })?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(_) => files::rename(path, &kept_at)?,
        }
        return Ok(kept_at);
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Replaces the file: whoever reads it, and whenever a process is killed, it is the old one or the new one, whole.
pub(super) fn replace(path: &Path, settings: &Settings) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(settings)?;
    text.push(b'\n');
    // A settings file that is a link to elsewhere stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // Readable by its owner alone, which is how `tempfile` makes it.
    let mut part = tempfile::Builder::new().prefix(PART.0).suffix(PART.1).tempfile_in(folder)?;
    part.write_all(&text)?;
    part.as_file().sync_all()?;
    // Closed, and no file of a moment any more: a backup may leave those out.
    let (_, part) = part.keep().map_err(|error| error.error)?;
    files::replace(&part, &path)
}

#[cfg(test)]
mod tests;
