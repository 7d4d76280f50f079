// A backend for a plain browser that really reacts. It never reaches the shipped page.
import type { Backend } from "../backend";
import type { CallView, NewProfile, Profile, Snapshot } from "../types";
import { Accounts } from "./accounts";
import { Approvals } from "./approvals";
import { callAt, chosen, pastCalls } from "./calls";
import { ideEntries } from "./ides";
import { insightsOf } from "./insights";
import { Runs } from "./runs";
import { ago, beginning, sandbox, settled, URL_SERVED, type Scenario } from "./scenarios";
import { groupsOf, tools } from "./tools";
import { refuse, wait, type World } from "./world";

const never = <T>() => new Promise<T>(() => {});
const COUNTS: Partial<Record<Scenario, number>> = { "first-run": 0, "no-keychain": 0, empty: 0, many: 5000 };

export class Fake {
  readonly #hearing = new Set<(snapshot: Snapshot) => void>();
  readonly #hearingCalls = new Set<(call: CallView) => void>();
  #snapshot: Snapshot | null;
  #calls: CallView[];

  readonly #scenario: Scenario;
  readonly #accounts: Accounts;
  readonly #approvals: Approvals;
  readonly #runs: Runs;

  constructor(scenario: Scenario, change: Partial<Snapshot["settings"]>) {
    this.#scenario = scenario;
    this.#snapshot = beginning(scenario);
    if (this.#snapshot) this.#snapshot = { ...this.#snapshot, settings: { ...this.#snapshot.settings, ...change } };
    const world: World = {
      scenario, get: () => this.#snapshot, set: (part) => this.#set(part), rewatch: () => this.#set({}), asked: this.#asked,
    };
    this.#accounts = new Accounts(scenario, world);
    this.#approvals = new Approvals(world, (task, approved, result) => this.#runs.answered(task, approved, result));
    this.#runs = new Runs(world, this.#approvals);
    this.#set({});
    this.#calls = pastCalls(COUNTS[scenario] ?? 240, Date.now());
    if (scenario === "full") setInterval(() => this.#call(), 6000);
  }

  #set(change: Partial<Snapshot>): void {
    if (!this.#snapshot) return;
    const watch = { ...this.#snapshot.watch, ...this.#runs.known(), ...this.#approvals.known() };
    this.#snapshot = settled({ ...this.#snapshot, watch, ...change });
    for (const heard of this.#hearing) heard(this.#snapshot);
  }

  #asked = <T>(value: () => T, what: string, code = "internal"): Promise<T> => {
    if (this.#scenario === "loading") return never();
    return this.#scenario === "error" ? refuse(code, `${what} did not answer in time.`) : Promise.resolve(value());
  };

  #call(): void {
    const call = callAt((this.#calls[0]?.id ?? 0) + 1, Date.now());
    this.#calls = [call, ...this.#calls];
    for (const heard of this.#hearingCalls) heard(call);
    const hour = this.#snapshot?.lastHour;
    if (hour) this.#set({ lastHour: { ...hour, calls: hour.calls + 1, failed: hour.failed + Number(call.code !== "ok") } });
  }

  #switches(on: (group: string) => boolean, risk: boolean): void {
    this.#set({ groups: groupsOf(on, risk), risk });
  }

  #isOn = (group: string) => this.#snapshot?.groups.find((known) => known.id === group)?.on ?? false;

  #profile(id: string, change: Partial<Profile>): void {
    const profiles = this.#snapshot?.profiles ?? [];
    this.#set({ profiles: profiles.map((profile) => (profile.id === id ? { ...profile, ...change } : profile)) });
  }

  async #add(wanted: NewProfile): Promise<Profile> {
    await wait(500);
    if (wanted.token && !wanted.token.startsWith("pat_")) {
      return refuse("invalid_profile", "token: has characters that no token has", "token");
    }
    if (this.#scenario === "no-keychain" && wanted.token && wanted.keep === "keychain") {
      return refuse("keychain_no_service", "no keychain can be reached (no session bus)");
    }
    const base = sandbox();
    const profile: Profile = {
      ...base, ...wanted, id: `p${Date.now()}`, url: wanted.url ?? (wanted.backend === "sandbox" ? base.url : "https://api.agentruntime.io"),
      token: wanted.token
        ? { place: wanted.keep, lastFour: wanted.token.slice(-4), id: "pat_new", displayName: "New token", scopes: ["workflow:read"], createdAt: ago(3), addedAt: ago(0), expiresAt: null, trouble: null }
        : base.token,
      health: { kind: "ok", at: ago(0), latencyMs: 61 },
    };
    this.#set({ profiles: [...(this.#snapshot?.profiles ?? []), profile], activeProfile: profile.id });
    return profile;
  }

  /** The backend as the page knows it. */
  shell(): Backend {
    const asked = this.#asked;
    return {
      ...this.#accounts.shell(),
      ...this.#runs.shell(),
      ...this.#approvals.shell(),
      insights: (window) => asked(() => insightsOf(this.#scenario, window), "The figures", "unreachable"),
      doNotDisturb: async (quiet) => {
        // As in the shell: in the small hours it is the same day's.
        const now = new Date();
        const morning = now.setHours(now.getHours() < 5 ? 8 : 32, 0, 0, 0);
        const until = quiet && (quiet === "hour" ? ago(-60) : new Date(morning).toISOString());
        const { watch } = this.#snapshot ?? {};
        if (watch) this.#set({ watch: { ...watch, doNotDisturb: until } });
      },
      // Tests lead somewhere as a notification does: by an event of the window.
      onGo: async (heard) => {
        const go = (event: Event) => heard(String((event as CustomEvent).detail));
        window.addEventListener("fake-go", go);
        return () => window.removeEventListener("fake-go", go);
      },
      snapshot: () =>
        this.#snapshot ? Promise.resolve(this.#snapshot)
        : this.#scenario === "broken" ? refuse("ipc", "The app's core does not answer.")
        : never(),
      onSnapshot: async (heard) => (this.#hearing.add(heard), () => this.#hearing.delete(heard)),
      onCall: async (heard) => (this.#hearingCalls.add(heard), () => this.#hearingCalls.delete(heard)),
      tools: () => asked(() => tools, "The catalogue"),
      ideEntries: () => asked(() => ideEntries(this.#url()), "The list of IDEs"),
      about: () => asked(() => this.#about(), "The app"),

      setGroup: async (group, on) => this.#switches((id) => (id === group ? on : this.#isOn(id)), this.#snapshot?.risk ?? false),
      setRisk: async (on) => this.#switches(this.#isOn, on),
      pause: async (paused) =>
        this.#set({ server: paused ? { kind: "paused", url: this.#url() } : { kind: "serving", url: this.#url(), since: ago(0) } }),
      retryServer: async () => this.#set({ server: { kind: "serving", url: URL_SERVED, since: ago(0) } }),

      addProfile: (wanted) => this.#add(wanted),
      renameProfile: async (id, name) => this.#profile(id, { name }),
      removeProfile: async (id) => {
        const profiles = this.#snapshot?.profiles.filter((profile) => profile.id !== id) ?? [];
        const active = this.#snapshot?.activeProfile;
        this.#set({ profiles, activeProfile: active === id ? null : (active ?? null) });
      },
      switchProfile: async (id) => this.#set({ activeProfile: id }),
      checkProfile: async (id) => {
        this.#profile(id, { health: { kind: "checking" } });
        await wait(600);
        const token = this.#snapshot?.profiles.find((profile) => profile.id === id)?.token;
        if (token) this.#profile(id, { token: { ...token, trouble: null }, health: { kind: "ok", at: ago(0), latencyMs: 72 } });
      },

      activity: (query) =>
        asked(() => {
          const all = chosen(this.#calls, query);
          const rest = all.filter((call) => query.before === null || call.id < query.before);
          return { calls: rest.slice(0, query.limit), total: all.length, more: rest.length > query.limit };
        }, "The record of calls", "activity_log"),
      clearActivity: async () => void (this.#calls = []),
      exportActivity: async (_, format) => `/home/ana/agentruntime-activity.${format}`,

      updateSettings: async (change) => {
        const snapshot = this.#snapshot;
        if (!snapshot) return;
        const notifications = { ...snapshot.settings.notifications, ...change.notifications };
        const settings = { ...snapshot.settings, ...change, notifications };
        const url = `http://127.0.0.1:${settings.port}/mcp`;
        this.#set(change.port ? { settings, server: { kind: "serving", url, since: ago(0) } } : { settings });
      },
      copyText: async (text) => void (document.documentElement.dataset["copied"] = text),
      openLink: async (url) => void (document.documentElement.dataset["opened"] = url),
      quit: async () => void (document.documentElement.dataset["quit"] = "yes"),
    };
  }

  #url(): string {
    const server = this.#snapshot?.server;
    return server && "url" in server ? server.url : URL_SERVED;
  }

  #about() {
    return {
      version: "0.1.0",
      configFile: "/home/ana/.config/agentruntime-desktop/settings.json",
      stateFolder: "/home/ana/.local/share/agentruntime-desktop",
      logFile: "/home/ana/.local/state/agentruntime-desktop/app.log",
      autostartPossible: true,
      keychain: "Secret Service (GNOME Keyring)",
      notificationsRefused: false,
    };
  }
}
