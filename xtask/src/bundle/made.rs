//! What packages are made of and where they go, the same for each kind.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::Context as _;

use crate::workspace::{Workspace, say};

/// The version of what is packed: all members have one.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The beginning of 1980, before which a zip knows no time.
const EARLIEST: u64 = 315_532_800;

/// Packages that are to be made.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The workspace, for its licences and icons.
    pub workspace: &'a Workspace,
    /// The folder of the built programs.
    pub programs: &'a Path,
    /// The version by which the packages are called.
    pub version: &'a str,
    /// Where the packages go.
    pub into: &'a Path,
    /// Whether they are made as small as they can be, which takes its time.
    pub pressed: bool,
}

impl Making<'_> {
    /// An empty folder of this name, to be filled and packed.
    pub fn stage(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.into.join(name);
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder)
    }

    /// Puts the licences and the text for people into a staged folder; `about` names that text in `packages/`.
    pub fn papers(&self, stage: &Path, about: &str) -> anyhow::Result<()> {
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            copy(&self.workspace.root.join(licence), &stage.join(licence), false)?;
        }
        fs::write(stage.join("README.txt"), self.about(about)?)?;
        Ok(())
    }

    /// A text for people out of `packages/`, with the version in it.
    pub fn about(&self, name: &str) -> anyhow::Result<String> {
        let text = crate::files::read(&self.workspace.root.join("packages").join(name))?;
        Ok(text.replace("{version}", self.version))
    }
}

/// The moment that packages are dated with, in seconds: what they are made of is of the last commit, whenever it is packed.
/// `SOURCE_DATE_EPOCH` names another one.
pub fn moment(workspace: &Workspace) -> u64 {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || workspace.shell.cmd("git").args(["log", "-1", "--format=%ct"]).quiet().ignore_stderr().read().ok();
    named.or_else(commit).and_then(|moment| moment.trim().parse().ok()).map_or(EARLIEST, |moment| EARLIEST.max(moment))
}

/// Copies a file, with the rights that it is to have whatever this person's are.
pub fn copy(from: &Path, to: &Path, runs: bool) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} is missing for a package", from.display()))?;
    allow(to, runs)
}

/// Gives a file or a folder the rights that it has for everybody who unpacks it.
#[cfg(unix)]
fn allow(path: &Path, runs: bool) -> anyhow::Result<()> {
    let mode = if runs { 0o755 } else { 0o644 };
    Ok(fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?)
}

#[cfg(not(unix))]
fn allow(_: &Path, _: bool) -> anyhow::Result<()> {
    Ok(())
}

/// The files below a folder, by their paths in it with slashes, in order.
pub fn files_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("there is no {}", next.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                let parts = path.strip_prefix(folder)?.components();
                let parts = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>();
                found.push(parts.join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a staged folder the same whoever made it and when: dates, and the rights of what was not copied.
pub fn even_out(stage: &Path, moment: u64) -> anyhow::Result<()> {
    allow(stage, true)?;
    for name in files_in(stage)? {
        let path = stage.join(&name);
        for folder in Path::new(&name).ancestors().skip(1) {
            allow(&stage.join(folder), true)?;
        }
        #[cfg(unix)]
        let runs = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path)?.permissions()) & 0o100 != 0;
        #[cfg(not(unix))]
        let runs = false;
        allow(&path, runs)?;
        fs::File::options().append(true).open(path)?.set_modified(UNIX_EPOCH + Duration::from_secs(moment))?;
    }
    Ok(())
}

/// Tells of a package that is finished.
pub fn tell(package: &Path) -> anyhow::Result<()> {
    say(format_args!("{} ({})", package.display(), megabytes(fs::metadata(package)?.len())));
    Ok(())
}

/// A size in millions of bytes, to two places.
fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.saturating_add(5_000) / 10_000;
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_megabytes() {
        assert_eq!(megabytes(0), "0.00 MB");
        assert_eq!(megabytes(4_123_456), "4.12 MB");
        assert_eq!(megabytes(8_999_999), "9.00 MB");
    }

    #[test]
    fn files_are_listed_in_order_whatever_the_system_says() {
        let folder = std::env::temp_dir().join(format!("xtask-made-{}", std::process::id()));
        for file in ["b/two", "b/one", "a", "c"] {
            fs::create_dir_all(folder.join("b")).unwrap();
            fs::write(folder.join(file), "").unwrap();
        }
        even_out(&folder, EARLIEST).unwrap();
        let dated = fs::metadata(folder.join("a")).unwrap().modified().unwrap();
        assert_eq!(dated, UNIX_EPOCH + Duration::from_secs(EARLIEST));
        assert_eq!(files_in(&folder).unwrap(), ["a", "b/one", "b/two", "c"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
