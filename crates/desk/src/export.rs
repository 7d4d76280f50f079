//! Calls as a file for a spreadsheet or a script.

use std::{io::Write as _, path::Path};

use agentruntime_lifecycle::files;
use serde::Deserialize;

use crate::api::CallView;

/// What a file of calls is written in.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Comma-separated values, RFC 4180.
    Csv,
    /// A JSON list.
    Json,
}

impl Format {
    /// The file's extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The calls, written.
    pub fn write(self, calls: &[CallView]) -> String {
        match self {
            Self::Json => serde_json::to_string_pretty(calls).unwrap_or_default(),
            Self::Csv => {
                let head = "id,at,client,tool,group,target,arguments,code,duration_ms\r\n".to_owned();
                calls.iter().fold(head, |text, call| text + &row(call))
            }
        }
    }
}

fn row(call: &CallView) -> String {
    let cells = [
        call.id.to_string(),
        call.at.to_string(),
        call.client.clone(),
        call.tool.clone(),
        call.group.clone(),
        call.target.clone().unwrap_or_default(),
        call.arguments.join(" "),
        call.code.clone(),
        call.duration_ms.to_string(),
    ];
    format!("{}\r\n", cells.map(|cell| quoted(&cell)).join(","))
}

/// Quoted where CSV asks for it. What a spreadsheet would run as a formula is made text: a client chooses its own name.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// Replaces a file at one stroke.
///
/// # Errors
/// As the file system's; the file that was there is untouched then.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let (_, part) = file.keep().map_err(|error| error.error)?;
    files::replace(&part, path)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    }
}
