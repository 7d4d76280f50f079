import type { ToolView } from "../../lib/backend/types";

/** The tools that hold every word of the query; those whose name holds them first. */
export function matching(tools: ToolView[], query: string): ToolView[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text: string) => words.every((word) => text.includes(word));
  const hits = tools.filter((tool) =>
    holds([tool.name, tool.title, tool.description, tool.group, ...tool.routes].join(" ").toLowerCase()),
  );
  const named = (tool: ToolView) => (holds(`${tool.name} ${tool.title}`.toLowerCase()) ? 0 : 1);
  return hits.toSorted((a, b) => named(a) - named(b));
}
