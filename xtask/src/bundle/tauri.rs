//! The packages that Tauri's bundler makes: a .deb, an AppImage, on macOS a .dmg.

use std::{fs, path::Path, path::PathBuf};

use anyhow::{Context as _, bail};

use super::made;
use crate::{
    tools::{
        self,
        node::{self, Node},
    },
    workspace::{APP, SHIPPED, Workspace, say},
};

/// Tauri's bundler, as npm has it. It has no lock file: its packages for other systems are not in every registry, and
/// npm takes a lock only where all are listed. The version is exact, and it depends on nothing else.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";
/// The oldest node it runs on here; the page needs the same.
const OLDEST: node::Version = (20, 19);

/// A kind of package by the bundler's name, which its folder has too, and its extension.
pub type Kind = (&'static str, &'static str);

/// What Debian and its kin install.
pub const DEB: Kind = ("deb", "deb");
/// What macOS mounts. It is written down, and has not been tried.
const DMG: Kind = ("dmg", "dmg");
/// One file for every Linux, made with tools from github.com.
pub const APPIMAGE: Kind = ("appimage", "AppImage");

/// The usual kind of package on this system, where the bundler makes it; Windows' installer is our own.
pub fn usual() -> Option<Kind> {
    match std::env::consts::OS {
        "macos" => Some(DMG),
        "windows" => None,
        _ => Some(DEB),
    }
}

/// What every call of the bundler needs.
pub struct Packing<'a> {
    workspace: &'a Workspace,
    node: Node,
    bundler: PathBuf,
    debug: bool,
}

impl<'a> Packing<'a> {
    /// The bundler, installed where it is not, for programs of the release build or of that without optimisations.
    ///
    /// # Errors
    /// Fails when it cannot be had.
    pub fn begin(workspace: &'a Workspace, debug: bool) -> anyhow::Result<Self> {
        let node = Node::ensure(workspace, OLDEST)?;
        let bundler = bundler(workspace, &node)?;
        Ok(Self { workspace, node, bundler, debug })
    }

    /// Where packages are put, in a folder for each kind.
    pub fn made(&self) -> PathBuf {
        self.workspace.target.join(if self.debug { "debug" } else { SHIPPED }).join("bundle")
    }

    /// Makes the packages of one kind, of the program that was built, and tells of them.
    ///
    /// # Errors
    /// Fails when the bundler does, or no package comes of it.
    pub fn pack(&self, (kind, extension): Kind) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.made().join(kind);
        // A package of an earlier run must not be taken for this one's.
        _ = fs::remove_dir_all(&folder);
        let bundler = self.node.command(self.workspace)?.arg(&self.bundler);
        let bundler = bundler.args(["bundle", "--ci", "--bundles", kind]);
        let bundler = if self.debug { bundler.arg("--debug") } else { bundler };
        let bundler = bundler.env("CARGO_TARGET_DIR", &self.workspace.target);
        self.workspace.outside_cargo(bundler).run()?;

        let packages = packages(&folder, extension)?;
        if packages.is_empty() {
            bail!("the bundler made no {kind} in {}", self.made().display());
        }
        for path in &packages {
            if kind == DEB.0 {
                press(self.workspace, path)?;
            }
            made::tell(path)?;
        }
        Ok(packages)
    }
}

/// The app out of the package that people install, unpacked into a folder of its own; the programs must have been built
/// ([`Workspace::ship`]). Where this system has no packages that can be unpacked, the program that would be packed.
///
/// # Errors
/// Fails when a tool cannot be had, or no package comes of it.
pub fn packaged_app(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    if !tools::answers(workspace, "dpkg-deb", &["--version"]) {
        return Ok(workspace.program(SHIPPED, APP));
    }
    let packages = Packing::begin(workspace, false)?.pack(DEB)?;
    let package = packages.first().context("the bundler made no package")?;
    let folder = workspace.folder("package")?;
    fs::remove_dir_all(&folder)?;
    workspace.shell.cmd("dpkg-deb").arg("--extract").args([package, &folder]).run()?;
    let app = folder.join("usr").join("bin").join(APP);
    if !app.exists() {
        bail!("{} holds no usr/bin/{APP}", package.display());
    }
    Ok(app)
}

/// Packs a .deb anew with xz: the bundler knows gzip alone, which makes it a third larger. Where Debian's own tool is not at
/// hand, it stays as it is.
fn press(workspace: &Workspace, package: &Path) -> anyhow::Result<()> {
    if !tools::answers(workspace, "dpkg-deb", &["--version"]) {
        say("There is no dpkg-deb here: the package stays as the bundler made it, which is larger.");
        return Ok(());
    }
    let (folder, pressed) = (package.with_extension("content"), package.with_extension("pressed"));
    _ = fs::remove_dir_all(&folder);
    workspace.shell.cmd("dpkg-deb").arg("--raw-extract").args([package, &folder]).run()?;
    // Nothing in it is newer than what it is made of.
    let build = workspace.shell.cmd("dpkg-deb").env("SOURCE_DATE_EPOCH", made::moment(workspace).to_string());
    build.args(["-Zxz", "--root-owner-group", "--build"]).args([&folder, &pressed]).run()?;
    fs::rename(pressed, package)?;
    Ok(fs::remove_dir_all(folder)?)
}

/// The bundler's program, installed where it is not.
fn bundler(workspace: &Workspace, node: &Node) -> anyhow::Result<PathBuf> {
    let folder = workspace.folder("bundler")?;
    crate::files::Stamp::new(&folder, &[BUNDLER]).unless_fresh(|| {
        say(format_args!("Fetching {BUNDLER} into {}", folder.display()));
        node::fetch(node.npm(workspace)?, &folder, BUNDLER).context("Tauri's bundler could not be installed")
    })?;
    Ok(folder.join("node_modules").join("@tauri-apps").join("cli").join("tauri.js"))
}

/// The files in a folder that end so.
fn packages(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))?;
    let mut packages = Vec::new();
    for entry in entries {
        let entry = entry?;
        let (path, metadata) = (entry.path(), entry.metadata()?);
        if metadata.is_file() && path.extension().is_some_and(|found| found == extension) {
            packages.push(path);
        }
    }
    packages.sort();
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finished_packages_are_told() {
        let folder = std::env::temp_dir().join(format!("xtask-bundle-{}", std::process::id()));
        fs::create_dir_all(folder.join("work.deb")).unwrap();
        fs::write(folder.join("app 1.deb"), "four").unwrap();
        fs::write(folder.join("control.tar.gz"), "").unwrap();
        assert_eq!(packages(&folder, "deb").unwrap(), [folder.join("app 1.deb")]);
        fs::remove_dir_all(&folder).unwrap();
        assert!(packages(&folder, "deb").is_err());
    }
}
