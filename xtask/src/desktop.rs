//! The app's tests from end to end, on a desktop of their own.

use std::{fs, path::Path};

use anyhow::Context as _;

use crate::{
    app, bundle,
    parts::Verdict,
    tools::webkit,
    workspace::{APP, Build, Workspace},
};

/// The suite that starts the app on a desktop of its own.
const SUITE: [&str; 3] = ["tests", "desktop", "run.py"];

/// What is tried of the app as `cargo xtask run` builds it: that it is there, serves, and shows what is bundled into it. All
/// else is tested as it ships.
const TRIED: [&str; 2] = ["first_run", "ending"];

/// Runs the suite that starts the app, presses what a person would press, and looks at what comes of it: all of it with the app
/// out of the package, some of it with the one that `cargo xtask run` builds.
///
/// # Errors
/// Fails when the app does not build, a tool cannot be had, or the suite is not content.
pub fn test(workspace: &Workspace, build: Build) -> anyhow::Result<Verdict> {
    let suite: std::path::PathBuf = SUITE.iter().collect();
    if !workspace.root.join(&suite).exists() {
        return Ok(Verdict::Skipped(format!("there is no {}", suite.display())));
    }
    if !cfg!(target_os = "linux") {
        return Ok(Verdict::Skipped("it brings its own X server, bus and tray, which only Linux has".to_owned()));
    }
    app::ensure(workspace)?;
    webkit::ensure_for_tests(workspace, None)?;
    let python = webkit::python(workspace).context("no python3 has the modules dbus and gi")?;
    let suite = |app: &Path, only: &[&str]| -> anyhow::Result<()> {
        let failed = workspace.shots()?.join("failed.txt");
        _ = fs::remove_file(&failed);
        let only = only.iter().flat_map(|case| ["--only", case]);
        let suite = workspace.shell.cmd(python).arg(&suite).arg("--app").arg(app).arg("--failed").arg(&failed);
        let ran = suite.arg("--shots").arg(workspace.shots()?).args(only).run();
        // By name, since the tests' own words stand far above the end of a long run.
        ran.map_err(|error| anyhow::Error::new(error).context(fs::read_to_string(&failed).unwrap_or_default()))
    };
    workspace.ship()?;
    let shipped = suite(&bundle::packaged_app(workspace)?, &[]);
    let built = suite(&workspace.build(APP, APP, build)?, &TRIED);
    shipped.context("the app as it ships is not as its tests expect")?;
    built.context("the app as `cargo xtask run` builds it is not as its tests expect")?;
    Ok(Verdict::Passed)
}
