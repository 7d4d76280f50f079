//! The parts of a command that runs them all, whatever fails, and sums up at the end.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::bail;

use crate::workspace::say;

/// How a part ended that did not fail.
#[derive(Debug)]
pub enum Verdict {
    /// It did its work.
    Passed,
    /// It could not run here, for this reason.
    Skipped(String),
}

/// The parts that have run so far.
#[derive(Debug, Default)]
pub struct Parts {
    done: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    verdict: anyhow::Result<Verdict>,
    took: Duration,
}

impl Parts {
    /// Runs a part and keeps its verdict.
    pub fn run(&mut self, name: &'static str, work: impl FnOnce() -> anyhow::Result<Verdict>) {
        say(format_args!("\n== {name}"));
        let start = Instant::now();
        let verdict = work();
        if let Err(error) = &verdict {
            say(format_args!("{name} failed: {error:#}"));
        }
        self.done.push(Part { name, verdict, took: start.elapsed() });
    }

    /// A line for each part: its verdict and how long it took.
    pub fn summary(&self) -> String {
        let mut summary = String::new();
        for Part { name, verdict, took } in &self.done {
            let verdict = match verdict {
                Ok(Verdict::Passed) => "passed".to_owned(),
                Ok(Verdict::Skipped(reason)) => format!("skipped: {reason}"),
                Err(error) => format!("FAILED: {error:#}"),
            };
            // Writing to a String cannot fail.
            _ = writeln!(summary, "  {name:<14} {:>7.1} s  {verdict}", took.as_secs_f64());
        }
        summary
    }

    /// Ends the command.
    ///
    /// # Errors
    /// Fails when any part failed, naming each.
    pub fn finish(&self) -> anyhow::Result<()> {
        let failed: Vec<_> = self.done.iter().filter(|part| part.verdict.is_err()).map(|part| part.name).collect();
        if !failed.is_empty() {
            bail!("{} of {} parts failed: {}", failed.len(), self.done.len(), failed.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_runs_and_one_failure_fails_the_whole() {
        let mut parts = Parts::default();
        parts.run("first", || bail!("broken"));
        parts.run("second", || Ok(Verdict::Passed));
        parts.run("third", || Ok(Verdict::Skipped("not here".to_owned())));
        assert_eq!(parts.finish().unwrap_err().to_string(), "1 of 3 parts failed: first");
        let summary = parts.summary();
        assert!(summary.contains("FAILED: broken") && summary.contains("passed"), "{summary}");
        assert!(summary.contains("skipped: not here"), "{summary}");
    }
}
