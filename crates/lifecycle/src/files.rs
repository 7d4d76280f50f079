//! Files of one person's own: for nobody else to read, and changed though others look at them.

mod held;
#[cfg(windows)]
mod windows;

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

use held::patiently;

/// Makes a folder for its owner alone; what it lies in must be there. One that is there keeps the rights it has.
///
/// # Errors
/// The system's.
pub fn make_private(folder: &Path) -> io::Result<()> {
    match make(folder, false) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// The same, and makes what it lies in.
///
/// # Errors
/// The system's.
pub fn make_private_all(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { Ok(()) } else { make(folder, true) }
}

fn make(folder: &Path, all: bool) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(all);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(windows)]
    windows::keep_to_owner(folder);
    Ok(())
}

/// Options that make a file for its owner alone. On Windows a file has the rights of its folder: [`make_private`] sees to those.
#[must_use]
pub fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a file another name, in place of what bears it. Here as in the others of this room: where Windows refuses because somebody
/// else has the file open, as a virus scanner or an indexer does for a moment, it is tried again for about a second. Blocks.
///
/// # Errors
/// The system's.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))
}

/// Deletes a file.
///
/// # Errors
/// The system's.
pub fn remove(path: &Path) -> io::Result<()> {
    patiently(|| fs::remove_file(path))
}

/// Puts `part`, which is whole and synced, in the place of `path`: whoever reads it, and whenever a process is killed, it is the
/// old one or the new one. `part` is gone afterwards, also where this fails.
///
/// # Errors
/// The system's.
pub fn replace(part: &Path, path: &Path) -> io::Result<()> {
    if let Err(error) = rename(part, path) {
        _ = remove(part);
        return Err(error);
    }
    // The folder remembers the new name only when it is synced too. Not every system lets it be opened or synced; the file is
    // replaced all the same.
    if cfg!(unix)
        && let Some(folder) = path.parent().filter(|folder| *folder != Path::new(""))
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        tracing::debug!(%error, "a new name may not outlive the loss of power");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
