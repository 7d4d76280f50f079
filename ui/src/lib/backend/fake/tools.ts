// The catalogue's real tools, so that the fake looks like the app.
import type { GroupView, ToolView } from "../types";
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
    };
  });
}
