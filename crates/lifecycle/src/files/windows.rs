//! The rights of a new folder on Windows.

use std::{
    env, io,
    os::windows::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// A program of the system opens no window of its own (process creation flag `CREATE_NO_WINDOW`).
const NO_WINDOW: u32 = 0x0800_0000;

/// Takes a new folder, and what will lie in it, from everybody but its owner and the system itself. Elsewhere than in a person's
/// own folders a new one is for all users of the computer to read. Where that cannot be, as on a disk without rights, it is
/// logged, and the folder is used all the same.
///
/// What lies in the person's own folders, which is where ours are by default, has these rights by inheritance, administrators
/// besides, who can take them everywhere. Those are left to whoever looks after the computer: such folders may lie on a server.
pub(super) fn keep_to_owner(folder: &Path) {
    if own_folders().any(|own| std::path::absolute(folder).is_ok_and(|folder| folder.starts_with(own))) {
        return;
    }
    if let Err(error) = restrict(folder) {
        tracing::warn!(%error, folder = %folder.display(), "the folder could not be kept from other users of this computer");
    }
}

/// The home folder, and those that may have been moved out of it.
fn own_folders() -> impl Iterator<Item = PathBuf> {
    let moved = ["LOCALAPPDATA", "APPDATA"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    // An empty path begins every other.
    env::home_dir().into_iter().chain(moved).filter(|own| own.is_absolute())
}

/// Rights are set by the system's own program: its interface asks for unsafe code. It is named by its place, so that none that
/// bears its name is started instead.
fn restrict(folder: &Path) -> io::Result<()> {
    let system = env::var_os("SystemRoot").map(PathBuf::from).filter(|root| root.is_absolute());
    let system = system.ok_or_else(|| io::Error::other("the environment has no SystemRoot"))?;
    let owner = own_sid().ok_or_else(|| io::Error::other("the own user is not known"))?;
    let whole = |sid: &str| format!("*{sid}:(OI)(CI)F");
    let mut icacls = Command::new(system.join("System32").join("icacls.exe"));
    icacls.arg(folder).args(["/inheritance:r", "/grant:r", &whole(&owner), &whole(LOCAL_SYSTEM), "/q"]);
    icacls.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).creation_flags(NO_WINDOW);
    let status = icacls.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("icacls ended with {status}"))) }
}

/// The system itself, on every computer.
const LOCAL_SYSTEM: &str = "S-1-5-18";

/// The user of this process, whatever their name: names are translated, and may be ambiguous.
fn own_sid() -> Option<String> {
    let own = sysinfo::get_current_pid().ok()?;
    let mut system = System::new().ok()?;
    let user = ProcessRefreshKind::nothing().with_user(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, user);
    Some(system.process(own)?.user_id()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::{own_folders, own_sid, restrict};

    #[test]
    fn the_user_and_their_folders_are_known() {
        let sid = own_sid().unwrap();
        assert!(sid.starts_with("S-1-5-"), "{sid}");
        let temporary = tempfile::tempdir().unwrap();
        assert!(own_folders().all(|own| own.is_absolute()));
        assert!(own_folders().any(|own| temporary.path().starts_with(own)), "{temporary:?}");
    }

    #[test]
    fn a_folder_that_is_kept_to_its_owner_is_used_as_before() {
        let folder = tempfile::tempdir().unwrap();
        restrict(folder.path()).unwrap();
        let (file, inner) = (folder.path().join("file"), folder.path().join("inner"));
        std::fs::write(&file, "text").unwrap();
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("file"), "text").unwrap();
        assert_eq!(std::fs::read(file).unwrap(), b"text");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        if std::env::var_os("AGENTRUNTIME_TEST_WINE").is_some() {
            eprintln!("skipped: the icacls of Wine does nothing, and says that it went well");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(restrict(&folder.path().join("gone")).is_err());
    }
}
