import type { IdeEntry } from "../types";

export function ideEntries(url: string): IdeEntry[] {
  const json = (key: string, entry: object) => JSON.stringify({ [key]: { agentruntime: entry } }, null, 2);
  const of = (id: string, name: string, file: string | null, content: string, rest: Partial<IdeEntry> = {}): IdeEntry => ({
    id, name, file, content, format: "json", deepLink: null, ...rest,
  });
  const config = btoa(JSON.stringify({ url }));
  const install = encodeURIComponent(JSON.stringify({ name: "agentruntime", type: "http", url }));
  return [
    of("cursor", "Cursor", "~/.cursor/mcp.json", json("mcpServers", { url }), {
      deepLink: `cursor://anysphere.cursor-deeplink/mcp/install?name=agentruntime&config=${config}`,
    }),
    of("vscode", "VS Code", "~/.config/Code/User/mcp.json", json("servers", { type: "http", url }), {
      deepLink: `vscode:mcp/install?${install}`,
    }),
    of("claude-code", "Claude Code", null, `claude mcp add --transport http --scope user agentruntime ${url}`, { format: "command" }),
    of("codex", "Codex", "~/.codex/config.toml", `[mcp_servers.agentruntime]\nurl = "${url}"`, { format: "toml" }),
    of("windsurf", "Windsurf", "~/.codeium/windsurf/mcp_config.json", json("mcpServers", { serverUrl: url })),
    of("zed", "Zed", "~/.config/zed/settings.json", json("context_servers", { url })),
    of("gemini", "Gemini CLI", "~/.gemini/settings.json", json("mcpServers", { httpUrl: url })),
    of("jetbrains", "JetBrains AI", null, json("mcpServers", { url })),
    of("lmstudio", "LM Studio", "~/.lmstudio/mcp.json", json("mcpServers", { url }), {
      deepLink: `lmstudio://add_mcp?name=agentruntime&config=${config}`,
    }),
    of("opencode", "opencode", "~/.config/opencode/opencode.json", json("mcp", { type: "remote", url, enabled: true })),
  ];
}
