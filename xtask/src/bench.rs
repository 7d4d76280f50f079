//! `bench`: build for release, measure, write the report.

use anyhow::Context as _;
use clap::Args;

use crate::{
    files,
    tools::compiler,
    workspace::{HEADLESS, SERVER, TESTS, Workspace, say},
};

/// Measure, and write docs/PERFORMANCE.md.
#[derive(Debug, Args)]
pub struct Bench {
    /// Arguments for the bench, such as `--turns 3`; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

const PAGE: &str = "docs/PERFORMANCE.md";
const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

impl Bench {
    /// Measures, and puts the tables into the page: between its markers where it has them, else as the whole page.
    ///
    /// # Errors
    /// Fails when something does not build, the bench fails, or the page cannot be written.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        compiler::ensure(workspace)?;
        say("Building for release; this takes some minutes.");
        let packages = ["--package", HEADLESS, "--package", TESTS, "--bin", SERVER, "--bin", "bench"];
        workspace.cargo().args(["build", "--release"]).args(packages).run().context("the bench does not build")?;

        let json = workspace.target.join("bench.json");
        let table = workspace.folder("bench")?.join("table.md");
        _ = std::fs::remove_file(&table);
        let bench = workspace.program("release", "bench");
        let bench = workspace.shell.cmd(bench).arg("run").arg("--json").arg(&json).arg("--table").arg(&table);
        bench.args(self.args).run().context("the bench failed")?;
        if !table.exists() {
            // It was asked for its help only.
            return Ok(());
        }
        let table = files::read(&table)?;
        let path = workspace.root.join(PAGE);
        files::replace(&path, &page(std::fs::read_to_string(&path).ok().as_deref(), &table))?;
        say(format_args!("{PAGE} is written; all figures are in {}", json.display()));
        Ok(())
    }
}

/// The page with new tables: all else on it stays where the markers say which part is ours.
fn page(present: Option<&str>, table: &str) -> String {
    present.and_then(|page| files::splice(page, BEGIN, END, table)).unwrap_or_else(|| table.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_hand_around_the_markers_stays() {
        let written = format!("# Performance\n\nBy hand.\n\n{BEGIN}\nold\n{END}\n\nBy hand, too.\n");
        let wanted = format!("# Performance\n\nBy hand.\n\n{BEGIN}\n| new |\n{END}\n\nBy hand, too.\n");
        assert_eq!(page(Some(&written), "| new |\n"), wanted);
        assert_eq!(page(Some(&wanted), "| new |\n"), wanted);
        assert_eq!(page(Some("no markers"), "| new |\n"), "| new |\n");
        assert_eq!(page(None, "| new |\n"), "| new |\n");
    }
}
