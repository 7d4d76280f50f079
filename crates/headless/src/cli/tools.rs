//! `tools`: the catalogue as text, JSON or Markdown.

use std::io::{IsTerminal as _, Write};

use agentruntime_platform_mcp::catalogue::{self, Group, Routes, ToolEntry};
use clap::{Args, ValueEnum};
use serde_json::json;

/// Print the catalogue of tools.
#[derive(Debug, Args)]
pub struct Tools {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line a tool
    Text,
    /// Everything that is declared, with schemas
    Json,
    /// The page `docs/tools.md`
    Markdown,
}

impl Tools {
    /// Prints the list.
    pub fn run(self) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let printed = match self.format {
            Format::Text => text(&mut out),
            Format::Json => {
                let all: Vec<_> = catalogue::all().map(as_json).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&all)?)
            }
            Format::Markdown => write!(out, "{}", catalogue::markdown()),
        };
        match printed {
            // A reader such as `head` has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            printed => Ok(printed?),
        }
    }
}

fn text(out: &mut impl Write) -> std::io::Result<()> {
    let wide = std::io::stdout().is_terminal();
    for group in Group::ALL {
        writeln!(out, "{group}: {}", group.purpose())?;
        for entry in catalogue::all().filter(|entry| entry.spec.group == group) {
            let risk = if entry.spec.risk { " (risk)" } else { "" };
            let title = if wide { entry.spec.title } else { entry.spec.description };
            writeln!(out, "  {:<28}{risk} {title}", entry.spec.name)?;
        }
    }
    Ok(())
}

fn as_json(entry: &ToolEntry) -> serde_json::Value {
    let spec = &entry.spec;
    let routes: Vec<String> = match spec.routes {
        Routes::These(routes) => routes.iter().map(ToString::to_string).collect(),
        Routes::McpPassthrough => vec!["* /v1/mcp/*".to_owned()],
    };
    json!({
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "group": spec.group.name(),
        "risk": spec.risk,
        "scopes": spec.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>(),
        "role": spec.role.name(),
        "routes": routes,
        "annotations": spec.annotations(),
        "inputSchema": (entry.schema)(),
    })
}
