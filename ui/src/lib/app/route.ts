// Where the window stands, as its address says it behind the "#".
import type { RunRef } from "../backend/backend";

export const PLACES = ["home", "runs", "approvals", "tools", "activity", "workspaces", "settings"] as const;
/** What stands on the rail. */
export type Place = (typeof PLACES)[number];
/** A place, or a page within one. */
export type Page = Place | "run" | "insights";

/** What is chosen in the inbox: a task, or an agent's question about one. */
export type Chosen = { kind: "task" | "question"; id: string };
export type Route = { page: Page; run: RunRef | null; chosen: Chosen | null };

const bare = (page: Page): Route => ({ page, run: null, chosen: null });
const isPlace = (word: string): word is Place => (PLACES as readonly string[]).includes(word);

export const routeTo = (page: Exclude<Page, "run">): Route => bare(page);
export const routeToRun = ({ workflowId, runId }: RunRef): Route => ({ ...bare("run"), run: { workflowId, runId } });
export const routeToChosen = (chosen: Chosen | null): Route => ({ ...bare("approvals"), chosen });

/** The place on the rail that a page belongs to. */
export function placeOf(page: Page): Place {
  return page === "run" || page === "insights" ? "runs" : page;
}

export function addressOf({ page, run, chosen }: Route): string {
  const path =
    run ? ["run", run.workflowId, run.runId]
    : chosen?.kind === "question" ? ["approvals", "question", chosen.id]
    : chosen ? ["approvals", chosen.id]
    : [page];
  return path.map(encodeURIComponent).join("/");
}

/** Where an address leads, with or without its "#"; nothing where it leads nowhere. */
export function routeOf(address: string): Route | null {
  const [page = "", first, second, ...rest] = parts(address.replace(/^#/, ""));
  if (rest.length > 0) return null;
  if (page === "run") return first && second ? routeToRun({ workflowId: first, runId: second }) : null;
  if (page === "approvals" && first === "question" && second) return routeToChosen({ kind: "question", id: second });
  if (page === "approvals" && first && !second) return routeToChosen({ kind: "task", id: first });
  if (first !== undefined) return null;
  return page === "insights" || isPlace(page) ? bare(page) : null;
}

function parts(address: string): string[] {
  try {
    return address.split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}
