//! `cargo xtask bench`: what a tool call costs, against a bare reverse proxy and a direct call, in one run.
//!
//! The machines it runs on are shared and noisy, so everything is a ratio within one run, and contestants take turns.
//! Servers run as processes of their own: the upstream and the bare proxy are this program under another name.
#![allow(clippy::disallowed_methods)]

mod load;
mod measure;
mod report;
mod sandbox;
mod servers;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Bench {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Measure everything and write the report
    Run(measure::Plan),
    /// Serve the fixed JSON that stands for the BFF
    #[command(hide = true)]
    Upstream,
    /// Serve the bare reverse proxy that a tool call is compared with
    #[command(hide = true)]
    Proxy {
        /// The upstream's base URL
        upstream: String,
    },
}

fn main() -> anyhow::Result<()> {
    let part = Bench::parse().part;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the async runtime could not start")?;
    match part {
        Part::Run(plan) => runtime.block_on(measure::run(plan)),
        Part::Upstream => runtime.block_on(servers::upstream()),
        Part::Proxy { upstream } => runtime.block_on(servers::proxy(upstream)),
    }
}

/// The median; no number where there are no figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A sibling of this program in the target folder.
fn sibling(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("this program is in no folder")?;
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(path.exists(), "{} is not built: run `cargo xtask bench`", path.display());
    Ok(path)
}
