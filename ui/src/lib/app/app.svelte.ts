import { createContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";

import { asFailure } from "../backend/failure";
import type { Backend } from "../backend/backend";
import type { ActivityQuery, Failure, Language, PatView, Snapshot, TaskView, Theme, ToolView } from "../backend/types";
import { catalogues, spoken } from "../i18n";
import { Words } from "../text/words";
import { Load } from "./load.svelte";

export const PLACES = ["home", "tools", "activity", "workspaces", "settings"] as const;
export type Place = (typeof PLACES)[number];

/** What is asked of the person about a token, in a dialog that any view may open. */
export type Asking =
  | { what: "rotate" | "revoke" | "replace"; profile: string }
  | { what: "revokeOther"; profile: string; pat: PatView; done: () => void }
  | { what: "identify" | "dismiss"; task: TaskView }
  | { what: "stop" };

export const CONSOLE = "https://console.agentruntime.io/settings?tab=apiKeys";

/** What every view shares: the snapshot, the language, the place, and how to act. */
export class App {
  snapshot = $state.raw<Snapshot | null>(null);
  /** Set when the app behind the window cannot be reached at all. */
  broken = $state.raw<Failure | null>(null);
  /** The last act that failed, until it is dismissed. */
  problem = $state.raw<Failure | null>(null);
  place = $state<Place>("home");
  /** The workspace whose token is looked at, under Workspaces. */
  opened = $state<string | null>(null);
  asking = $state.raw<Asking | null>(null);
  now = $state(Date.now());
  /** Filters of Activity; kept while the window is open. */
  filter = $state<Pick<ActivityQuery, "text" | "tool" | "client" | "failedOnly">>({
    text: null,
    tool: null,
    client: null,
    failedOnly: false,
  });
  /** Whom and what the record has named while the window was open: the filters offer it. */
  readonly seen = { clients: new SvelteSet<string>(), tools: new SvelteSet<string>() };
  /** Where each place was scrolled to. */
  readonly scrolled = new Map<string, number>();

  readonly language = $derived(spoken(this.#chosenLanguage(), navigator.languages));
  readonly t = $derived(catalogues[this.language]);
  readonly words = $derived(new Words(this.language));

  readonly backend: Backend;
  #tools: Load<ToolView[]> | null = null;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  #chosenLanguage(): Language {
    return this.snapshot?.settings.language ?? "system";
  }

  get theme(): Theme {
    return this.snapshot?.settings.theme ?? "system";
  }

  /** Asks for the snapshot and listens for the next ones; returns how to stop. */
  async start(): Promise<() => void> {
    const stop = await this.backend.onSnapshot((snapshot) => (this.snapshot = snapshot)).catch(() => () => {});
    await this.refresh();
    return stop;
  }

  async refresh(): Promise<void> {
    this.broken = null;
    try {
      this.snapshot = await this.backend.snapshot();
    } catch (thrown) {
      this.broken = asFailure(thrown);
    }
  }

  /** The catalogue of tools, asked for by the first view that needs it, and again after a failure. */
  loadTools(): Load<ToolView[]> {
    if (this.#tools?.failure) void this.#tools.again();
    return (this.#tools ??= new Load(() => this.backend.tools()));
  }

  go(place: Place): void {
    this.place = place;
    this.opened = null;
    if (location.hash !== `#${place}`) history.replaceState(null, "", `#${place}`);
  }

  /** Opens a workspace's own page. */
  open(profile: string): void {
    this.go("workspaces");
    this.opened = profile;
  }

  /** Does what the person asked for; a failure is shown at the top of the view. True if it went well. */
  async act(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.problem = asFailure(thrown);
      return false;
    }
  }
}

export const [useApp, provideApp] = createContext<App>();
