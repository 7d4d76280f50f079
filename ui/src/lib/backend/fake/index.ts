import type { Backend } from "../backend";
import type { Language, Theme } from "../types";
import { Fake } from "./fake";
import { SCENARIOS, type Scenario } from "./scenarios";

/** `?scenario=full&view=tools&theme=dark&lang=de` */
export function fakeFromUrl(location: Location): Backend {
  const query = new URLSearchParams(location.search);
  const scenario = query.get("scenario") ?? "full";
  const view = query.get("view");
  if (view && !location.hash) history.replaceState(null, "", `#${view}`);
  const known = (SCENARIOS as readonly string[]).includes(scenario) ? (scenario as Scenario) : "full";
  const theme = query.get("theme") as Theme | null;
  const language = query.get("lang") as Language | null;
  return new Fake(known, { ...(theme && { theme }), ...(language && { language }) }).shell();
}
