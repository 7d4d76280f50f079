//! Windows: built, linked, and run under Wine.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{
    toolchain::{self, Toolchain},
    wine::Wine,
    wrappers::Wrapper,
};
use crate::{
    bundle,
    parts::{Parts, Verdict},
    tools::nextest,
    workspace::{APP, HEADLESS, SHIPPED, Workspace},
};

const TARGET: &str = "x86_64-pc-windows-gnu";

/// Wine's `CredEnumerateW` gives texts at odd addresses, which Windows does not: built with its assertions, the keychain's crate ends
/// the program over that.
const LENIENT: [&str; 4] = [
    "--config",
    "profile.dev.package.windows-native-keyring-store.debug-assertions=false",
    "--config",
    "profile.dev.package.windows-native-keyring-store.opt-level=3",
];

/// Reads the code, runs its tests, builds what ships and tries it; with `check`, only the first.
pub fn parts(workspace: &Workspace, parts: &mut Parts, check: bool) {
    let mut made = None;
    parts.run("windows clippy", || {
        toolchain::ensure(workspace)?;
        toolchain::ensure_windows(workspace)?;
        let toolchain = Toolchain::new(workspace, TARGET, variables(workspace)?);
        let clean = toolchain.clippy();
        made = Some(toolchain);
        clean.map(|()| Verdict::Passed)
    });
    let Some(toolchain) = made else { return };
    if check {
        return;
    }
    parts.run("windows tests", || tests(workspace, &toolchain));
    let mut programs = None;
    parts.run("windows builds", || {
        programs = Some(ships(&toolchain)?);
        Ok(Verdict::Passed)
    });
    if let Some(programs) = programs {
        parts.run("windows packages", || {
            let wine = Wine::ensure(workspace)?;
            // What somebody has left running would be waited for.
            wine.end_all(workspace);
            bundle::tried_on_windows(workspace, &programs, &wine.prefix)?;
            Ok(Verdict::Passed)
        });
    }
}

fn variables(workspace: &Workspace) -> anyhow::Result<Vec<(String, String)>> {
    let mut variables = Wine::ensure(workspace)?.variables();
    for (what, wrapper) in [("LINKER", Wrapper::WindowsLinker), ("RUNNER", Wrapper::Wine)] {
        let target = TARGET.replace('-', "_").to_uppercase();
        variables.push((format!("CARGO_TARGET_{target}_{what}"), wrapper.put(workspace)?));
    }
    Ok(variables)
}

/// The tests of all crates but the app, whose window Wine cannot show.
fn tests(workspace: &Workspace, toolchain: &Toolchain<'_>) -> anyhow::Result<Verdict> {
    nextest::ensure(workspace)?;
    let wine = Wine::ensure(workspace)?;
    wine.stay(workspace)?;
    let tests = toolchain.through(toolchain::CARGO, &["nextest", "run", "--locked", "--profile", "wine"])?;
    let tests =
        tests.args(["--workspace", "--exclude", APP, "--exclude", "xtask"]).args(LENIENT).env("INSTA_UPDATE", "no");
    // It would ask a cargo where the snapshots are, and Wine has none.
    let tests = tests.env("INSTA_WORKSPACE_ROOT", &workspace.root);
    let ran = tests.run().context("nextest, under Wine");
    wine.end_all(workspace);
    ran.map(|()| Verdict::Passed)
}

/// What people get; the folder that it is in.
fn ships(toolchain: &Toolchain<'_>) -> anyhow::Result<PathBuf> {
    let build = toolchain.cargo("build")?.args(["--locked", "--release", "--bins"]);
    let packages = [HEADLESS, APP].into_iter().flat_map(|package| ["--package", package]);
    build.args(packages).run().context("what ships for Windows does not build")?;
    toolchain.programs(SHIPPED)
}
