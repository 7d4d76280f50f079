// What the filters offer.
import type { App } from "../../lib/app/app.svelte";
import type { ToolView } from "../../lib/backend/types";

type Part = { title: string | null; names: string[] };

const sorted = (names: Iterable<string>) => [...new Set(names)].sort((a, b) => a.localeCompare(b));

/** Who is connected, and who has called as far as the window has seen. */
export function clientChoices(app: App, chosen: string | null): Part[] {
  const connected = (app.snapshot?.clients ?? []).map(({ name }) => name);
  return [{ title: null, names: sorted([...app.seen.clients, ...connected, ...(chosen ? [chosen] : [])]) }];
}

/** The catalogue's tools under their groups; then those that were called and are in it no more. */
export function toolChoices(app: App, known: ToolView[], chosen: string | null): Part[] {
  const names = new Set(known.map(({ name }) => name));
  const parts = [...new Set(known.map(({ group }) => group))].map((group) => ({
    title: app.t.groups[group]?.name ?? group,
    names: known.filter((tool) => tool.group === group).map(({ name }) => name),
  }));
  const others = sorted([...app.seen.tools, ...(chosen ? [chosen] : [])].filter((name) => !names.has(name)));
  return [...parts, { title: known.length > 0 ? app.t.activity.otherTools : null, names: others }];
}
