//! A sandbox's files, opened so that files which cannot be opened do not stand in anybody's way: they are set aside, whole, and
//! the sandbox begins anew beside them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use agentruntime_lifecycle::files;
use jiff::Timestamp;

use crate::{
    db::Db,
    error::{Error, Result},
    sealer::Sealer,
};

/// The database.
const DATABASE: &str = "sandbox.db";
/// All files that belong together: the journals first, since one that stayed behind would be taken for the next database's.
const FILES: [&str; 5] = ["sandbox.db-wal", "sandbox.db-shm", "sandbox.db-journal", DATABASE, "vault.key"];
/// Stands in the folder while its files are being opened, and holds how many processes in a row have begun to.
const OPENING: &str = "sandbox.opening";
/// Processes that may end while they open the files. The first may have been killed by chance.
const MOST_STARTS: u32 = 2;

/// Files that could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The folder that they lie in now.
    pub kept_at: PathBuf,
    /// Why they could not be opened.
    pub problem: String,
}

/// Opens the key and the database of a folder that belongs to this process.
pub(crate) async fn open(folder: &Path) -> Result<(Db, Sealer, Option<SetAside>)> {
    let opening = folder.join(OPENING);
    let failed = |cause| Error::Io { what: format!("the file {} cannot be used", opening.display()), cause };
    let before = read_starts(&opening).map_err(failed)?;
    let mut aside = None;
    if before >= MOST_STARTS {
        aside = Some(set_aside(folder, format!("the program ended {before} times in a row while it opened them"))?);
    }
    let starts = if aside.is_some() { 1 } else { before + 1 };
    fs::write(&opening, starts.to_string()).map_err(failed)?;
    let _mark = Mark(opening.clone());
    let opened = match open_files(folder).await {
        Err(error) if aside.is_none() && is_damage(&error) => {
            aside = Some(set_aside(folder, error.to_string())?);
            open_files(folder).await
        }
        opened => opened,
    };
    if let Some(aside) = &aside {
        tracing::warn!(problem = %aside.problem, kept_at = %aside.kept_at.display(), "the sandbox's files could not be opened and are set aside; it begins anew");
    }
    opened.map(|(db, sealer)| (db, sealer, aside))
}

/// Goes with whoever opens the files, however that ends, but for the end of the process. One that cannot be deleted counts none.
struct Mark(PathBuf);

impl Drop for Mark {
    fn drop(&mut self) {
        if let Err(error) = files::remove(&self.0).or_else(|_| fs::write(&self.0, "0")) {
            tracing::warn!(%error, mark = %self.0.display(), "a mark stays that counts as an end of the program");
        }
    }
}

async fn open_files(folder: &Path) -> Result<(Db, Sealer)> {
    let sealer = Sealer::open(folder)?;
    let file = folder.join(DATABASE);
    touch_private(&file)?;
    Ok((Db::open(&file).await?, sealer))
}

/// How many processes in a row have begun to open the files. What cannot be read was cut off while it was written.
fn read_starts(opening: &Path) -> io::Result<u32> {
    match fs::read_to_string(opening) {
        Ok(text) => Ok(text.trim().parse().unwrap_or(1)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whether the database itself is at fault, for good. Rights, a full disk, a newer version's schema and a key that can be put
/// back are not its fault.
fn is_damage(error: &Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let cause = match error {
        Error::Database(cause) | Error::Migration(rusqlite_migration::Error::RusqliteError { err: cause, .. }) => cause,
        Error::Damaged(_) => return true,
        _ => return false,
    };
    matches!(cause.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// Moves the files into a folder of their own beside them.
fn set_aside(folder: &Path, problem: String) -> Result<SetAside> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S%.3fZ");
    let kept_at = folder.join("set-aside").join(now.to_string());
    let failed =
        |cause| Error::Io { what: format!("{} cannot be moved to {}", folder.display(), kept_at.display()), cause };
    fs::create_dir_all(&kept_at).map_err(failed)?;
    let mut moved = Vec::new();
    for name in FILES {
        match files::rename(&folder.join(name), &kept_at.join(name)) {
            Ok(()) => moved.push(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                // A database without its journal would open, and lack what was written last.
                for name in moved {
                    files::rename(&kept_at.join(name), &folder.join(name)).map_err(failed)?;
                }
                return Err(failed(error));
            }
        }
    }
    Ok(SetAside { kept_at, problem })
}

/// The database is its owner's alone even in a folder that others may read; SQLite gives its other files the same rights.
fn touch_private(file: &Path) -> Result<()> {
    let made = files::private().create(true).append(true).open(file).map(drop);
    made.map_err(|cause| Error::Io { what: format!("the file {} cannot be used", file.display()), cause })
}
