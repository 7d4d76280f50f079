// The catalogue's real tools, so that the fake looks like the app.
import type { GroupView, ShortfallView, ToolView } from "../types";
import written from "./tools.json";

export const tools: ToolView[] = written;

const SENSITIVE = ["vault", "pat", "inbound", "llm_keys"];

export function groupsOf(on: (group: string) => boolean, risk: boolean): GroupView[] {
  return [...new Set(tools.map((tool) => tool.group))].map((id) => {
    const own = tools.filter((tool) => tool.group === id);
    const listed = own.filter((tool) => risk || !tool.risk);
    return {
      id,
      on: on(id),
      sensitive: SENSITIVE.includes(id),
      tools: own.length,
      riskTools: own.filter((tool) => tool.risk).length,
      tokens: listed.reduce((sum, tool) => sum + tool.tokens, 0),
      shortfall: null,
    };
  });
}

const open = (group: string, risk: boolean) => tools.filter((tool) => tool.group === group && (risk || !tool.risk));

/** The scopes that the switched-on tools need. */
export function scopesNeeded(groups: GroupView[], risk: boolean): string[] {
  return [...new Set(groups.filter((group) => group.on).flatMap((group) => open(group.id, risk).flatMap((tool) => tool.scopes)))].sort();
}

/** What a token of these scopes cannot do of a group; nothing where its scopes are not known. */
export function shortfall(group: string, risk: boolean, scopes: string[]): ShortfallView | null {
  const listed = open(group, risk);
  const lacks = (tool: ToolView) => tool.scopes.filter((scope) => !scopes.includes(scope));
  const short = listed.filter((tool) => lacks(tool).length > 0);
  if (scopes.length === 0 || short.length === 0) return null;
  const missing = [...new Set(short.flatMap(lacks))].sort();
  return { missing, tools: short.map((tool) => tool.name), whole: short.length === listed.length };
}
