import { createContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";

import { asFailure } from "../backend/failure";
import type { Backend, RunRef } from "../backend/backend";
import type { ActivityQuery, Failure, Language, PatView, RunsQuery, Snapshot, TaskView, Theme, ToolView } from "../backend/types";
import { catalogues, spoken } from "../i18n";
import { Words } from "../text/words";
import { Load } from "./load.svelte";
import { addressOf, placeOf, routeOf, routeTo, routeToChosen, routeToRun, type Chosen, type Page, type Route } from "./route";

export { PLACES, type Place } from "./route";

/** How far back runs are shown. */
export type Since = "any" | "today" | "week" | "month";

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
  route = $state.raw<Route>(routeTo("home"));
  readonly page = $derived(this.route.page);
  /** What the rail marks. */
  readonly place = $derived(placeOf(this.route.page));
  /** The run that is looked at. */
  readonly run = $derived(this.route.run);
  /** What is chosen in the inbox. */
  readonly chosen = $derived(this.route.chosen);
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
  /** Filters of Runs; kept while the window is open. */
  runFilter = $state<Pick<RunsQuery, "state" | "workflowId"> & { since: Since }>({ state: null, workflowId: null, since: "any" });
  /** The run that was looked at before the list came back. */
  lastRun: RunRef | null = null;
  /** Whether the person has the window before them. */
  looks = $state(false);
  /** Whom and what the record has named while the window was open: the filters offer it. */
  readonly seen = { clients: new SvelteSet<string>(), tools: new SvelteSet<string>() };
  /** Where each page was scrolled to. */
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

  /** Asks for the snapshot and listens for the next ones, and for where the tray and notifications lead; returns how to stop. */
  async start(): Promise<() => void> {
    const quiet = () => () => {};
    const stops = await Promise.all([
      this.backend.onSnapshot((snapshot) => (this.snapshot = snapshot)).catch(quiet),
      this.backend.onGo((address) => {
        const route = routeOf(address);
        if (route) this.show(route);
      }).catch(quiet),
    ]);
    await this.refresh();
    return () => stops.forEach((stop) => stop());
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

  /** Whether the tools could not be listed. */
  get toolsFailed(): boolean {
    return Boolean(this.#tools?.failure);
  }

  /** Follows the address: at the start, and when the person goes back or on. */
  takeAddress(): void {
    const route = routeOf(location.hash || "home");
    if (!route) return;
    if (addressOf(route) !== addressOf(this.route)) this.opened = null;
    this.route = route;
  }

  /** Shows a page; "back" leads to where the person was, unless it takes that one's place. */
  show(route: Route, how: "push" | "replace" = "push"): void {
    const from = this.page;
    this.opened = null;
    this.route = route;
    const address = `#${addressOf(route)}`;
    if (location.hash === address) return;
    if (how === "push") history.pushState({ from }, "", address);
    else history.replaceState(history.state, "", address);
  }

  go(page: Exclude<Page, "run">): void {
    this.show(routeTo(page));
  }

  openRun(run: RunRef): void {
    this.show(routeToRun(run));
  }

  /** Opens the inbox, with this chosen. */
  openApproval(chosen: Chosen): void {
    this.show(routeToChosen(chosen));
  }

  /** Leaves an inner page for the place it was opened from, or else for this one. */
  leave(to: Exclude<Page, "run">): void {
    const from: unknown = history.state?.from;
    if (from === to) history.back();
    else this.show(routeTo(to), "replace");
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
