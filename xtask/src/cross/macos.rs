//! macOS, read and not run.

use std::path::{Path, PathBuf};

use super::{
    toolchain::{self, Toolchain},
    wrappers::{Wrapper, ZIG},
};
use crate::{
    parts::{Parts, Verdict},
    tools::python,
    workspace::Workspace,
};

const TARGET: &str = "aarch64-apple-darwin";
/// zig, which brings macOS' own C headers.
const REQUIREMENTS: &str = "xtask/src/cross/requirements.txt";

/// What can be said of it here.
pub fn parts(workspace: &Workspace, parts: &mut Parts) {
    parts.run("macos clippy", || {
        toolchain::ensure(workspace)?;
        Toolchain::new(workspace, TARGET, variables(workspace)?).that_never_runs().clippy()?;
        Ok(Verdict::Passed)
    });
}

fn variables(workspace: &Workspace) -> anyhow::Result<Vec<(String, String)>> {
    let folder = workspace.folder("cross")?;
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut variables = vec![
        (ZIG.to_owned(), text(zig(workspace, &folder.join("zig"))?)),
        ("ZIG_GLOBAL_CACHE_DIR".to_owned(), text(folder.join("zig-cache"))),
        // Where build scripts look for Apple's SDK: any folder, since nothing in it is read.
        ("SDKROOT".to_owned(), text(folder)),
    ];
    for (tool, wrapper) in [("CC", Wrapper::MacosCc), ("CXX", Wrapper::MacosCxx), ("AR", Wrapper::MacosAr)] {
        variables.push((format!("{tool}_{}", TARGET.replace('-', "_")), wrapper.put(workspace)?));
    }
    Ok(variables)
}

/// zig's program, installed where it is not.
fn zig(workspace: &Workspace, folder: &Path) -> anyhow::Result<PathBuf> {
    let python = python::install(workspace, &workspace.root.join(REQUIREMENTS), folder)?;
    let package = "import ziglang; print(ziglang.__path__[0])";
    let package = workspace.shell.cmd(python).args(["-c", package]).quiet().read()?;
    Ok(Path::new(package.trim()).join("zig"))
}
