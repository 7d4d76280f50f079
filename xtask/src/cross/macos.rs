//! macOS, read and not run: nothing is linked, and so nothing of Apple's SDK is needed.

use super::{
    toolchain::{self, Toolchain},
    wrappers::Wrapper,
};
use crate::{
    parts::{Parts, Verdict},
    workspace::Workspace,
};

const TARGET: &str = "aarch64-apple-darwin";

/// What can be said of it here.
pub fn parts(workspace: &Workspace, parts: &mut Parts) {
    parts.run("macos clippy", || {
        toolchain::ensure(workspace)?;
        Toolchain::new(workspace, TARGET, variables(workspace)?).clippy()?;
        Ok(Verdict::Passed)
    });
}

fn variables(workspace: &Workspace) -> anyhow::Result<Vec<(String, String)>> {
    let named = |tool: &str| format!("{tool}_{}", TARGET.replace('-', "_"));
    Ok(vec![
        (named("CC"), Wrapper::MacosCc.put(workspace)?),
        (named("CXX"), Wrapper::MacosCxx.put(workspace)?),
        (named("AR"), "ar".to_owned()),
        // Where build scripts look for Apple's SDK: any folder, since nothing in it is read.
        ("SDKROOT".to_owned(), workspace.folder("cross")?.to_string_lossy().into_owned()),
    ])
}
