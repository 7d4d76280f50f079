//! Archives: the same content makes the same bytes, whoever packs it and when.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::made::{self, Making};
use crate::tools::packers;

/// Packs a staged folder, with its name in the archive, as `.tar.xz`.
pub fn tar_xz(making: &Making<'_>, stage: &Path) -> anyhow::Result<PathBuf> {
    let shell = &making.workspace.shell;
    packers::ensure(making.workspace, &packers::XZ)?;
    let name = stage.file_name().context("a folder without a name")?;
    let tar = stage.with_file_name(format!("{}.tar", name.to_string_lossy()));
    let moment = made::moment(making.workspace);
    made::even_out(stage, moment)?;
    let mtime = format!("--mtime=@{moment}");
    let owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--format=ustar"];
    let pack = shell.cmd("tar").arg("--create").args(owner).arg(mtime).arg("--file").arg(&tar);
    pack.arg("--directory").arg(making.into).arg(name).run().context("the folder could not be packed")?;
    // On one thread: how many there are shows in the bytes.
    let effort: &[&str] = if making.pressed { &["-9", "--extreme"] } else { &["-0"] };
    shell.cmd("xz").args(effort).args(["--threads=1", "--force"]).arg(&tar).run()?;
    fs::remove_dir_all(stage)?;
    let packed = stage.with_file_name(format!("{}.tar.xz", name.to_string_lossy()));
    made::tell(&packed)?;
    Ok(packed)
}

/// Packs a staged folder, with its name in the archive, as `.zip`.
pub fn zip(making: &Making<'_>, stage: &Path) -> anyhow::Result<PathBuf> {
    packers::ensure(making.workspace, &packers::ZIP)?;
    let name = stage.file_name().context("a folder without a name")?.to_string_lossy();
    let packed = stage.with_file_name(format!("{name}.zip"));
    _ = fs::remove_file(&packed);
    made::even_out(stage, made::moment(making.workspace))?;
    let files = made::files_in(stage)?.into_iter().map(|file| format!("{name}/{file}"));
    let _there = making.workspace.shell.push_dir(making.into);
    // Without what only this system has; with its times in UTC, since a zip's have no zone.
    let pack = making.workspace.shell.cmd("zip").env("TZ", "UTC").args(["-9", "-X", "-q"]).arg(&packed);
    pack.args(files).run().context("the folder could not be packed")?;
    fs::remove_dir_all(stage)?;
    made::tell(&packed)?;
    Ok(packed)
}

/// Writes `SHA256SUMS` into a staged folder: what unpacks it can tell whether it is whole.
pub fn sums(making: &Making<'_>, stage: &Path) -> anyhow::Result<()> {
    let files = made::files_in(stage)?;
    let _there = making.workspace.shell.push_dir(stage);
    let sums = making.workspace.shell.cmd("sha256sum").args(files).quiet().read()?;
    fs::write(stage.join("SHA256SUMS"), format!("{sums}\n"))?;
    Ok(())
}
