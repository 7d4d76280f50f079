//! The entry that points each IDE at the server. None of them holds a token.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::api::{EntryFormat, IdeEntry};

/// The server's name in every entry.
const NAME: &str = "agentruntime";

/// The entries of the ten best-known IDEs and agents, for a server at `url`.
pub fn entries(url: &str) -> Vec<IdeEntry> {
    let under = |key: &str, entry: Value| {
        let whole = json!({ key: { NAME: entry } });
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    };
    let plain = json!({ "url": url });
    let http = json!({ "type": "http", "url": url });
    let encoded = STANDARD.encode(plain.to_string());
    let code_link =
        utf8_percent_encode(&json!({ "name": NAME, "type": "http", "url": url }).to_string(), NON_ALPHANUMERIC)
            .to_string();
    let encoded_query = utf8_percent_encode(&encoded, NON_ALPHANUMERIC);
    vec![
        entry("cursor", "Cursor", Some("~/.cursor/mcp.json"), under("mcpServers", plain.clone()))
            .linked(format!("cursor://anysphere.cursor-deeplink/mcp/install?name={NAME}&config={encoded_query}")),
        entry("vscode", "VS Code", Some(vscode_file()), under("servers", http.clone()))
            .linked(format!("vscode:mcp/install?{code_link}")),
        command("claude-code", "Claude Code", format!("claude mcp add --transport http --scope user {NAME} {url}")),
        toml("codex", "Codex", "~/.codex/config.toml", format!("[mcp_servers.{NAME}]\nurl = \"{url}\"\n")),
        entry(
            "windsurf",
            "Windsurf",
            Some("~/.codeium/windsurf/mcp_config.json"),
            under("mcpServers", json!({ "serverUrl": url })),
        ),
        entry("zed", "Zed", Some("~/.config/zed/settings.json"), under("context_servers", plain.clone())),
        entry("gemini", "Gemini CLI", Some("~/.gemini/settings.json"), under("mcpServers", json!({ "httpUrl": url }))),
        entry("jetbrains", "JetBrains AI Assistant", None, under("mcpServers", plain.clone())),
        entry("lmstudio", "LM Studio", Some("~/.lmstudio/mcp.json"), under("mcpServers", plain.clone()))
            .linked(format!("lmstudio://add_mcp?name={NAME}&config={encoded_query}")),
        entry(
            "opencode",
            "opencode",
            Some("~/.config/opencode/opencode.json"),
            under("mcp", json!({ "type": "remote", "url": url, "enabled": true })),
        ),
    ]
}

fn vscode_file() -> &'static str {
    if cfg!(target_os = "macos") {
        "~/Library/Application Support/Code/User/mcp.json"
    } else if cfg!(windows) {
        "%APPDATA%\\Code\\User\\mcp.json"
    } else {
        "~/.config/Code/User/mcp.json"
    }
}

fn entry(id: &str, name: &str, file: Option<&str>, content: String) -> IdeEntry {
    IdeEntry {
        id: id.to_owned(),
        name: name.to_owned(),
        file: file.map(str::to_owned),
        format: EntryFormat::Json,
        content,
        deep_link: None,
    }
}

fn toml(id: &str, name: &str, file: &str, content: String) -> IdeEntry {
    IdeEntry { format: EntryFormat::Toml, ..entry(id, name, Some(file), content) }
}

fn command(id: &str, name: &str, content: String) -> IdeEntry {
    IdeEntry { format: EntryFormat::Command, ..entry(id, name, None, content) }
}

impl IdeEntry {
    fn linked(self, link: String) -> Self {
        Self { deep_link: Some(link), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn every_entry_names_the_address_and_no_token() {
        let entries = entries("http://127.0.0.1:9000/mcp");
        assert_eq!(entries.len(), 10);
        for entry in entries {
            assert!(entry.content.contains("http://127.0.0.1:9000/mcp"), "{}", entry.name);
            assert!(!entry.content.to_lowercase().contains("authorization"), "{}", entry.name);
        }
    }
}
