// The catalogue's real tools, which `cargo xtask generate` writes, and what the app makes of them.
import type { GroupView, ShortfallView, ToolView } from "../types";
import written from "./tools.json";

export const tools: ToolView[] = written;

export function groupsOf(on: (group: string) => boolean, risk: boolean): GroupView[] {
  return [...new Set(tools.map((tool) => tool.group))].map((id) => {
    const own = tools.filter((tool) => tool.group === id);
    const risky = own.filter((tool) => tool.risk);
    return {
      id,
      on: on(id),
      sensitive: risky.length > 0,
      tools: own.length - risky.length,
      riskTools: risky.length,
      tokens: open(id, risk).reduce((sum, tool) => sum + tool.tokens, 0),
      shortfall: null,
    };
  });
}

const open = (group: string, risk: boolean) => tools.filter((tool) => tool.group === group && (risk || !tool.risk));

/** The scopes that the switched-on tools need. */
export function scopesNeeded(groups: GroupView[], risk: boolean): string[] {
  return [...new Set(groups.filter((group) => group.on).flatMap((group) => open(group.id, risk).flatMap((tool) => tool.scopes)))].sort();
}

/** Whether a token with this scope may be let by where another is needed: one that changes may also read. */
function mayServe(held: string, needed: string): boolean {
  const [family, act] = held.split(":");
  return held === needed || (needed.startsWith(`${family}:`) && act !== "read") || needed === `${family}:read`;
}

/** The scopes for want of which a tool cannot work; the passthrough works with any of its own. */
function missing(tool: ToolView, scopes: string[]): string[] {
  const lacks = tool.scopes.filter((needed) => !scopes.some((held) => mayServe(held, needed)));
  const passes = tool.routes.some((route) => route.endsWith("…"));
  return passes && lacks.length < tool.scopes.length ? [] : lacks;
}

/** What a token of these scopes cannot do of a group, risk tools included; nothing where its scopes are not known. */
export function shortfall(group: string, scopes: string[]): ShortfallView | null {
  const own = tools.filter((tool) => tool.group === group);
  const cut = own.filter((tool) => missing(tool, scopes).length > 0);
  if (scopes.length === 0 || cut.length === 0) return null;
  const lacking = [...new Set(cut.flatMap((tool) => missing(tool, scopes)))].sort();
  return { missing: lacking, tools: cut.map((tool) => tool.name), whole: cut.length === own.length };
}
