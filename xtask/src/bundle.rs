//! `bundle`: the app as a package that people install.

use std::{fs, path::Path, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    app,
    files::Stamp,
    tools::node::{self, Node},
    workspace::{APP, Workspace, say},
};

/// Make a package of the app: a .deb, on macOS a .dmg, on Windows an installer.
#[derive(Debug, Args)]
pub struct Bundle {
    /// Make an AppImage too (Linux); its tools are fetched from the network
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
        let kinds = kinds(self.appimage);
        let made = workspace.target.join(if self.debug { "debug" } else { "release" }).join("bundle");
        for (kind, _) in &kinds {
            // A package of an earlier run must not be taken for this one's.
            _ = fs::remove_dir_all(made.join(kind));
        }
        let names: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
        let names = names.join(",");
        say(format_args!("Building the app and packing it ({names}); this takes some minutes."));
        let command = node.command(workspace)?.arg(bundler).args(["build", "--ci", "--bundles", &names]);
        let command = if self.debug { command.arg("--debug") } else { command };
        // Cargo would build the default members, and the app is none of them.
        let command = command.args(["--", "--package", APP]).env("CARGO_TARGET_DIR", &workspace.target);
        workspace.outside_cargo(command).run().context("the app could not be packed")?;

        for (kind, extension) in kinds {
            let packages = packages(&made.join(kind), extension)?;
            if packages.is_empty() {
                bail!("the bundler made no {kind} in {}", made.display());
            }
            for (path, size) in packages {
                say(format_args!("{} ({})", path.display(), megabytes(size)));
            }
        }
        Ok(())
    }
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

/// The kinds of package of this system, which name their folders too, and the extension of each.
fn kinds(appimage: bool) -> Vec<(&'static str, &'static str)> {
    // Those of macOS and Windows are written down, and have not been tried.
    let kind = match std::env::consts::OS {
        "macos" => ("dmg", "dmg"),
        "windows" => ("nsis", "exe"),
        _ => ("deb", "deb"),
    };
    std::iter::once(kind).chain(appimage.then_some(("appimage", "AppImage"))).collect()
}

/// The files in a folder that end so, and their sizes.
fn packages(folder: &Path, extension: &str) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let entries = fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))?;
    let mut packages = Vec::new();
    for entry in entries {
        let entry = entry?;
        let (path, metadata) = (entry.path(), entry.metadata()?);
        if metadata.is_file() && path.extension().is_some_and(|found| found == extension) {
            packages.push((path, metadata.len()));
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
        assert_eq!(packages(&folder, "deb").unwrap(), [(folder.join("app 1.deb"), 4)]);
        fs::remove_dir_all(&folder).unwrap();
        assert!(packages(&folder, "deb").is_err());
    }

    #[test]
    fn an_appimage_is_made_beside_the_usual_package() {
        assert_eq!(kinds(false).len(), 1);
        assert_eq!(kinds(true).last(), Some(&("appimage", "AppImage")));
    }
}
