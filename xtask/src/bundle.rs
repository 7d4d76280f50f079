//! `bundle`: the app as a package that people install.

use std::{fs, path::Path, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    app,
    files::Stamp,
    tools::{
        self,
        node::{self, Node},
    },
    workspace::{APP, Build, SHIPPED, Workspace, say},
};

/// Make a package of the app: a .deb, on macOS a .dmg, on Windows an installer.
#[derive(Debug, Args)]
pub struct Bundle {
    /// Make an AppImage too (Linux); its tools are fetched from github.com
    #[arg(long)]
    appimage: bool,
    /// Package a build without optimisations, which is made sooner
    #[arg(long)]
    debug: bool,
}

/// Tauri's bundler, as npm has it. It has no lock file: its packages for other systems are not in every registry, and
/// npm takes a lock only where all are listed. The version is exact, and it depends on nothing else.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";
/// The oldest node it runs on here; the page needs the same.
const OLDEST: node::Version = (20, 19);

impl Bundle {
    /// Builds page and app, and packs them.
    ///
    /// # Errors
    /// Fails when a tool cannot be had, something does not build, or no package comes of it.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        if self.appimage && !cfg!(target_os = "linux") {
            bail!("an AppImage is made on Linux only");
        }
        app::ensure(workspace)?;
        let node = Node::ensure(workspace, OLDEST)?;
        let bundler = bundler(workspace, &node)?;
        if self.debug {
            workspace.build(APP, APP, Build::Alone)?;
        } else {
            workspace.ship()?;
        }
        let made = workspace.target.join(if self.debug { "debug" } else { SHIPPED }).join("bundle");
        let packing = Packing { workspace, node: &node, bundler, made, debug: self.debug };
        packing.pack(usual()).context("the app could not be packed")?;
        if self.appimage {
            // On its own, so that the usual package is there whatever becomes of it.
            packing.pack(APPIMAGE).context(NO_APPIMAGE)?;
        }
        Ok(())
    }
}

/// A kind of package by the bundler's name, which its folder has too, and its extension.
type Kind = (&'static str, &'static str);

const APPIMAGE: Kind = ("appimage", "AppImage");

/// What is told where no AppImage comes of it. No package registry has the tools it is made with.
const NO_APPIMAGE: &str = "\
the AppImage could not be made; the usual package above is whole.
The bundler takes its tools (AppRun, linuxdeploy) from https://github.com and keeps them in ~/.cache/tauri.
Where github.com is not reached, either copy that folder from a computer on which this command has succeeded, or set
TAURI_BUNDLER_TOOLS_GITHUB_MIRROR to the address of a mirror that answers <address>/https://github.com/….
What failed";

/// What every call of the bundler needs.
struct Packing<'a> {
    workspace: &'a Workspace,
    node: &'a Node,
    bundler: PathBuf,
    /// Where packages are put, in a folder for each kind.
    made: PathBuf,
    debug: bool,
}

impl Packing<'_> {
    /// Makes the packages of one kind, of the program that was built, and tells of them.
    fn pack(&self, (kind, extension): Kind) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.made.join(kind);
        // A package of an earlier run must not be taken for this one's.
        _ = fs::remove_dir_all(&folder);
        let bundler = self.node.command(self.workspace)?.arg(&self.bundler);
        let bundler = bundler.args(["bundle", "--ci", "--bundles", kind]);
        let bundler = if self.debug { bundler.arg("--debug") } else { bundler };
        let bundler = bundler.env("CARGO_TARGET_DIR", &self.workspace.target);
        self.workspace.outside_cargo(bundler).run()?;

        let packages = packages(&folder, extension)?;
        if packages.is_empty() {
            bail!("the bundler made no {kind} in {}", self.made.display());
        }
        for path in &packages {
            if kind == "deb" {
                press(self.workspace, path)?;
            }
            say(format_args!("{} ({})", path.display(), megabytes(fs::metadata(path)?.len())));
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
    let node = Node::ensure(workspace, OLDEST)?;
    let bundler = bundler(workspace, &node)?;
    let made = workspace.target.join(SHIPPED).join("bundle");
    let packages = Packing { workspace, node: &node, bundler, made, debug: false }.pack(usual())?;
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
    let build = workspace.shell.cmd("dpkg-deb").args(["-Zxz", "--root-owner-group", "--build"]);
    build.args([&folder, &pressed]).run()?;
    fs::rename(pressed, package)?;
    Ok(fs::remove_dir_all(folder)?)
}

/// The bundler's program, installed where it is not.
fn bundler(workspace: &Workspace, node: &Node) -> anyhow::Result<PathBuf> {
    let folder = workspace.folder("bundler")?;
    Stamp::new(&folder, &[BUNDLER]).unless_fresh(|| {
        say(format_args!("Fetching {BUNDLER} into {}", folder.display()));
        node::fetch(node.npm(workspace)?, &folder, BUNDLER).context("Tauri's bundler could not be installed")
    })?;
    Ok(folder.join("node_modules").join("@tauri-apps").join("cli").join("tauri.js"))
}

/// The usual kind of package on this system.
fn usual() -> Kind {
    // Those of macOS and Windows are written down, and have not been tried.
    match std::env::consts::OS {
        "macos" => ("dmg", "dmg"),
        "windows" => ("nsis", "exe"),
        _ => ("deb", "deb"),
    }
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
