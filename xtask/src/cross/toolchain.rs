//! A Rust that builds for other systems: Debian's, which brings its library as source, since rustup may have no other system's
//! library at hand. Its cargo builds that library with everything else (`-Zbuild-std`,
//! <https://doc.rust-lang.org/cargo/reference/unstable.html#build-std>).

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use xshell::Cmd;

use crate::{
    tools::{answers, apt, may_install},
    workspace::Workspace,
};

/// Debian's, by their paths: another Rust may come first in the PATH.
pub const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
/// By its own path: cargo would take the first one in the PATH, which may be rustup's and bring rustup's compiler.
const CLIPPY: &str = "/usr/bin/cargo-clippy";
/// What brings them, with the library's source and clippy (Debian's security archive, for the browser it builds).
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
/// What else a program for Windows is made with: a C and a C++ compiler, a linker, a compiler of resources; and Wine, which runs it.
const WINDOWS: [&str; 5] = ["gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64", "wine", "wine64", "nsis"];
/// The oldest minor version of Rust 1 that compiles this project (`rust-version` in `Cargo.toml`).
const OLDEST: u32 = 95;

/// A Rust for one target.
pub struct Toolchain<'a> {
    workspace: &'a Workspace,
    /// The target's name.
    target: &'static str,
    /// What this target's build finds in its environment.
    variables: Vec<(String, String)>,
}

/// Why nothing can be built for other systems on this one.
pub fn missing_for_good(workspace: &Workspace) -> Option<String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !answers(workspace, "apt-get", &["--version"]) {
        return Some("that is done on Debian, whose packages bring the compilers".to_owned());
    }
    if has_rust(workspace) && has_windows(workspace) {
        return None;
    }
    let packages = PACKAGES.into_iter().chain(WINDOWS).collect::<Vec<_>>().join(" ");
    let by_hand = format!("`sudo apt-get install --no-install-recommends {packages}` brings what it needs");
    (!may_install(workspace)).then_some(by_hand)
}

fn has_rust(workspace: &Workspace) -> bool {
    is_new_enough(workspace) && source(workspace).is_some() && answers(workspace, CLIPPY, &["--version"])
}

fn has_windows(workspace: &Workspace) -> bool {
    let compilers = ["x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-g++", "x86_64-w64-mingw32-windres"];
    compilers.iter().all(|compiler| answers(workspace, compiler, &["--version"]))
        && answers(workspace, "wine", &["--version"])
        && answers(workspace, "makensis", &["-VERSION"])
}

/// Makes sure of a Rust with its library's source.
///
/// # Errors
/// Fails with what to do where it is missing and cannot be installed.
pub fn ensure(workspace: &Workspace) -> anyhow::Result<()> {
    if !has_rust(workspace) {
        apt(workspace, "a Rust with its library's source", &PACKAGES, "")?;
    }
    if !has_rust(workspace) {
        bail!("{RUSTC} is older than 1.{OLDEST}, or comes without its library's source or clippy");
    }
    Ok(())
}

/// Makes sure of what Windows' programs are linked, packed and run with.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_windows(workspace: &Workspace) -> anyhow::Result<()> {
    if !has_windows(workspace) {
        apt(workspace, "a part of what programs for Windows are made and tried with", &WINDOWS, "")?;
    }
    Ok(())
}

fn is_new_enough(workspace: &Workspace) -> bool {
    let version = workspace.shell.cmd(RUSTC).arg("--version").quiet().ignore_stderr().read();
    // "rustc 1.96.0 (…)"
    let minor = |version: String| version.split_whitespace().nth(1)?.split('.').nth(1)?.parse::<u32>().ok();
    version.ok().and_then(minor).is_some_and(|minor| minor >= OLDEST)
}

/// The library's source, where cargo looks for it.
fn source(workspace: &Workspace) -> Option<PathBuf> {
    let root = workspace.shell.cmd(RUSTC).args(["--print", "sysroot"]).quiet().ignore_stderr().read().ok()?;
    let source = Path::new(root.trim()).join("lib/rustlib/src/rust/library");
    source.join("Cargo.lock").exists().then_some(source)
}

impl<'a> Toolchain<'a> {
    /// For this target, with what its build finds in its environment.
    pub fn new(workspace: &'a Workspace, target: &'static str, variables: Vec<(String, String)>) -> Self {
        Self { workspace, target, variables }
    }

    /// Where it builds: nothing of it fits what other compilers have built.
    ///
    /// # Errors
    /// Fails when the folder cannot be made.
    pub fn folder(workspace: &Workspace) -> anyhow::Result<PathBuf> {
        workspace.folder("cross").map(|folder| folder.join("target"))
    }

    /// The folder of the programs that were built with this profile.
    ///
    /// # Errors
    /// As [`Toolchain::folder`].
    pub fn programs(&self, profile: &str) -> anyhow::Result<PathBuf> {
        Ok(Self::folder(self.workspace)?.join(self.target).join(profile))
    }

    /// Its cargo, with a command and what every build is given.
    ///
    /// # Errors
    /// As [`Toolchain::folder`].
    pub fn cargo(&self, command: &str) -> anyhow::Result<Cmd<'a>> {
        let cargo = self.workspace.outside_cargo(self.workspace.shell.cmd(CARGO)).arg(command);
        self.fitted(cargo)
    }

    /// Another command, such as nextest's, which calls this cargo.
    ///
    /// # Errors
    /// As [`Toolchain::folder`].
    pub fn through(&self, program: &str, words: &[&str]) -> anyhow::Result<Cmd<'a>> {
        self.fitted(self.workspace.outside_cargo(self.workspace.shell.cmd(program)).args(words))
    }

    fn fitted(&self, command: Cmd<'a>) -> anyhow::Result<Cmd<'a>> {
        let folder = Self::folder(self.workspace)?;
        let command = command
            .args(["--target", self.target, "-Zbuild-std=std,panic_unwind,panic_abort"])
            .env("CARGO", CARGO)
            .env("RUSTC", RUSTC)
            // Building the library is not stable, and Debian's compiler is; nothing of ours is compiled otherwise for it.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("CARGO_TARGET_DIR", folder)
            // Nobody debugs these, and they are as large as all else together.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0");
        Ok(self.variables.iter().fold(command, |command, (name, value)| command.env(name, value)))
    }

    /// Whether clippy and the compiler have nothing to say of any member, its tests among them.
    ///
    /// # Errors
    /// Fails at any warning.
    pub fn clippy(&self) -> anyhow::Result<()> {
        let clippy = self.through(CLIPPY, &["clippy"])?.args(["--locked", "--workspace", "--all-targets"]);
        clippy.args(["--", "-D", "warnings"]).run().context("see above what the compiler and clippy say")
    }
}
