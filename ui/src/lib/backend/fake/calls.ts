import type { ActivityQuery, CallView } from "../types";
import { tools } from "./tools";

const CLIENTS = ["Claude Code", "Cursor", "Codex", "VS Code"];
const OFTEN = [
  "workflows_list", "workflows_get", "workflows_execute_command", "runs_get_summary", "runs_get_summary",
  "tasks_list_pending", "tasks_complete", "runs_list_events", "workflows_validate", "memory_search", "vault_read_secret",
];
const CODES = ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "not_found", "ok", "ok", "validation_failed", "ok", "ok", "timeout", "ok", "ok"];

/** The n-th call of a made-up day: the same each time. */
export function callAt(id: number, at: number): CallView {
  const name = OFTEN[(id * 7) % OFTEN.length] ?? "workflows_list";
  const tool = tools.find((known) => known.name === name);
  const properties = (tool?.schema as { properties?: object } | undefined)?.properties ?? {};
  const code = name === "vault_read_secret" ? "risk_off" : (CODES[(id * 5) % CODES.length] ?? "ok");
  const target = name.startsWith("workflows_get") || name.startsWith("runs") || name.startsWith("tasks_complete");
  return {
    id,
    at: new Date(at).toISOString(),
    client: CLIENTS[(id * 3) % (id % 5 === 0 ? 4 : 2)] ?? "Cursor",
    tool: name,
    group: tool?.group ?? "core",
    target: target ? `wf_${(0x9e3779b1 * (id % 9) >>> 0).toString(16).padStart(8, "0")}-4c1e-7f02-${(id % 9).toString().padStart(4, "0")}` : null,
    arguments: Object.keys(properties).slice(0, 3),
    code,
    durationMs: code === "timeout" ? 30_000 : code === "risk_off" ? 0 : 8 + ((id * 37) % 190),
  };
}

/** Calls up to now, newest first. */
export function pastCalls(count: number, now: number): CallView[] {
  return Array.from({ length: count }, (_, i) => callAt(count - i, now - 40_000 - i * i * 900 - i * 61_000));
}

export function chosen(calls: CallView[], query: ActivityQuery): CallView[] {
  const text = query.text?.toLowerCase();
  return calls.filter(
    (call) =>
      (!query.failedOnly || call.code !== "ok") &&
      (!query.tool || call.tool === query.tool) &&
      (!query.client || call.client === query.client) &&
      (!text || `${call.tool} ${call.client} ${call.target ?? ""} ${call.code}`.toLowerCase().includes(text)),
  );
}
