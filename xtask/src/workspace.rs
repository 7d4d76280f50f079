//! Where things are, and how cargo is called.

use std::{
    env,
    fmt::Display,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use xshell::{Cmd, Shell};

/// The headless server's program.
pub const SERVER: &str = "agentruntime-platform-mcp";
/// The package it is in.
pub const HEADLESS: &str = "agentruntime-headless";
/// The sandbox's package and program.
pub const SANDBOX: &str = "agentruntime-sandbox";
/// The package of the app without its window.
pub const DESK: &str = "agentruntime-desk";
/// The tray app's package and program, at the workspace's root.
pub const APP: &str = "agentruntime-desktop";
/// The package of tests that cross crates.
pub const TESTS: &str = "agentruntime-tests";

/// The workspace this program was started in.
pub struct Workspace {
    /// Starts programs, in the workspace's root.
    pub shell: Shell,
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

/// Which of cargo's feature choices a program is built with.
///
/// Dependencies whose features differ between the two are built twice, so a program wanted after the tests is built as
/// the tests built it.
#[derive(Debug, Clone, Copy)]
pub enum Build {
    /// Only what the program needs: the least to build on a new machine.
    Alone,
    /// As a part of these members with their tests: nothing to build where they have just run.
    WithTests(Members),
}

/// The members of the workspace that a command compiles.
#[derive(Debug, Clone, Copy)]
pub enum Members {
    /// All: WebKit and the page must be there.
    All,
    /// All that do without WebKit.
    AllButApp,
}

impl Members {
    /// Cargo's arguments for them.
    pub const fn args(self) -> &'static [&'static str] {
        match self {
            Self::All => &["--workspace"],
            Self::AllButApp => &["--workspace", "--exclude", APP],
        }
    }
}

impl Workspace {
    /// Finds the workspace and its target folder.
    ///
    /// # Errors
    /// Fails when this program does not lie in a target folder, or no shell can be made.
    pub fn find() -> anyhow::Result<Self> {
        // Set by `cargo run` in the environment too, which is right even where clones share one target folder.
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask lies in no workspace")?.to_owned();
        let program = env::current_exe().context("this program's own path is not known")?;
        let target = program.ancestors().nth(2).context("xtask lies in no target folder")?.to_owned();
        let shell = Shell::new().context("the current folder cannot be read")?;
        shell.change_dir(&root);
        Ok(Self { shell, root, target })
    }

    /// Cargo, with an environment in which it has not been called by cargo.
    ///
    /// What `cargo run` says of xtask's package would otherwise make some build scripts run again each time.
    pub fn cargo(&self) -> Cmd<'_> {
        self.outside_cargo(self.shell.cmd("cargo"))
    }

    /// A command in the same environment as [`Workspace::cargo`], for what calls cargo itself.
    pub fn outside_cargo<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        env::vars_os()
            .filter(|(name, _)| name.to_str().is_some_and(|name| ours.iter().any(|prefix| name.starts_with(prefix))))
            .fold(command, |command, (name, _)| command.env_remove(name))
    }

    /// A folder for what a command installs or writes; it is kept between runs, and `cargo clean` removes it.
    ///
    /// # Errors
    /// Fails when the folder cannot be made.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder)
    }

    /// Where tests leave pictures of what they saw.
    ///
    /// # Errors
    /// Fails when the folder cannot be made.
    pub fn shots(&self) -> anyhow::Result<PathBuf> {
        let folder = self.target.join("shots");
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder)
    }

    /// A program that was built with the profile whose folder is named `profile`: `debug` or `release`.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Builds a program of `package` with the dev profile and says where it is.
    ///
    /// # Errors
    /// Fails when it does not build.
    pub fn build(&self, package: &str, program: &str, build: Build) -> anyhow::Result<PathBuf> {
        let cargo = self.cargo().arg("build");
        let cargo = match build {
            Build::Alone => cargo.args(["--package", package]),
            Build::WithTests(members) => cargo.args(members.args()).arg("--tests"),
        };
        cargo.args(["--bin", program]).run().with_context(|| format!("{program} does not build"))?;
        Ok(self.program("debug", program))
    }
}

/// The folder of what ships, below the target folder: cargo's name for the profile.
pub const SHIPPED: &str = "release";

impl Workspace {
    /// Builds everything that ships, in one go and so with one choice of features, and says in which folder the programs are.
    /// WebKit and the page must be there.
    ///
    /// # Errors
    /// Fails when something does not build.
    pub fn ship(&self) -> anyhow::Result<PathBuf> {
        say("Building what ships, with all optimisations; this takes some minutes.");
        let packages = [HEADLESS, SANDBOX, APP].into_iter().flat_map(|package| ["--package", package]);
        let built = self.cargo().args(["build", "--release", "--bins"]).args(packages).run();
        built.context("what ships does not build")?;
        Ok(self.target.join(SHIPPED))
    }
}

/// Tells the person at the terminal something.
pub fn say(what: impl Display) {
    // Nothing is left to do where stderr is closed; the exit code still tells.
    let _ = writeln!(std::io::stderr().lock(), "{what}");
}
