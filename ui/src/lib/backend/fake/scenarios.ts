import type { ClientView, Profile, Settings, Snapshot, TokenView, WatchView } from "../types";
import defaults from "./settings.json";
import { task, tasksOfEveryKind } from "./tasks";
import { groupsOf, scopesNeeded, shortfall } from "./tools";

export const SCENARIOS = [
  "first-run", "full", "empty", "loading", "error", "broken", "paused", "port-taken", "keychain-locked", "no-keychain", "many", "starting",
  "old-token", "ends-soon", "ended", "refused", "no-token", "in-memory", "tasks", "unclear", "cut-off", "unfinished", "shortfall", "stopped",
  "raced", "untold",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export const URL_SERVED = "http://127.0.0.1:8340/mcp";
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export const DAY = 24 * 60;

export const noToken: TokenView = {
  place: "none", lastFour: null, id: null, displayName: null, scopes: [], createdAt: null, addedAt: null, expiresAt: null, trouble: null,
};

export const sandbox = (): Profile => ({
  id: "sandbox", name: "Sandbox", backend: "sandbox", url: "http://127.0.0.1:8341", tenantId: null, projectId: null,
  token: noToken, care: { kind: "never" }, health: { kind: "ok", at: ago(1), latencyMs: 2 },
});

export const acme = (): Profile => ({
  id: "acme", name: "Acme", backend: "production", url: "https://api.agentruntime.io", tenantId: "ten_4f1c", projectId: "prj_shop",
  token: {
    place: "keychain", lastFour: "f3a9", id: "pat_01J9", displayName: "Ana's laptop",
    scopes: ["workflow:read", "workflow:run", "mcp:execute", "mcp:read", "mcp:write"],
    createdAt: ago(DAY * 41), addedAt: ago(DAY * 12), expiresAt: null, trouble: null,
  },
  care: { kind: "remind", days: 90 },
  health: { kind: "ok", at: ago(2), latencyMs: 84 },
});

const refused = (minutes: number): Profile["health"] => ({
  kind: "bad", at: ago(minutes), code: "unauthorized",
  message: "the BFF answered 401. The access token is missing, wrong or revoked: set a working one.",
});

/** Without a token there is nothing to ask the platform with. */
export const bereft = (profile: Profile): Profile => ({
  ...profile, token: noToken,
  health: { kind: "bad", at: ago(0), code: "no_token", message: `the workspace “${profile.name}” has no token. Paste it again.` },
});

const staging = (): Profile => ({
  ...acme(), id: "staging", name: "Staging", backend: "development", url: "https://api.dev.agentruntime.io", tenantId: null, projectId: null,
  token: { ...acme().token, id: "pat_01C1", lastFour: "77c0", displayName: "staging-ci", scopes: ["workflow:read"] },
  health: refused(7),
});

const clients = (): ClientView[] => [
  { id: "1", name: "Claude Code", version: "2.1.330", era: "2026-07-28", since: ago(128), lastCall: ago(1), calls: 214 },
  { id: "2", name: "Cursor", version: "2.4.1", era: "2025-11-25", since: ago(46), lastCall: ago(9), calls: 31 },
  { id: "3", name: "Codex", version: "0.169.0", era: "2025-06-18", since: ago(3), lastCall: null, calls: 0 },
];

/** By default, as `cargo xtask generate` writes them. */
const settings = defaults as Settings;

const unwatched: WatchView = {
  link: { kind: "live" }, active: 0, waiting: 0, firstEnd: null, failures: [], latest: [], questions: [], doNotDisturb: null, approvalsRevision: 0, runsRevision: 0, statesRevision: 0,
};

function full(): Snapshot {
  return {
    server: { kind: "serving", url: URL_SERVED, since: ago(190) },
    profiles: [acme(), staging(), sandbox()],
    activeProfile: "acme",
    groups: groupsOf((group) => !["files", "websocket", "inbound", "llm_keys"].includes(group), false),
    risk: false,
    scopesNeeded: [],
    tasks: [],
    clients: clients(),
    lastHour: { calls: 42, failed: 3, clients: 2 },
    settings: { ...settings, startAtLogin: true, language: "en" },
    settingsSetAside: null,
    sandboxSetAside: null,
    failing: [],
    watch: unwatched,
  };
}

const many = (): Snapshot => ({
  ...full(),
  profiles: Array.from({ length: 14 }, (_, i) => ({
    ...(i % 3 ? acme() : staging()), id: `p${i}`,
    name: i === 4 ? "A workspace whose name is long enough to be cut where there is no room for it" : `Workspace ${i + 1}`,
  })),
  activeProfile: "p1",
  groups: groupsOf(() => true, true),
  risk: true,
  clients: Array.from({ length: 12 }, (_, i) => ({ ...clients()[i % 3]!, id: String(i), name: `${clients()[i % 3]!.name} ${i + 1}` })),
  lastHour: { calls: 12_480, failed: 311, clients: 12 },
});

/** What follows from the rest of a snapshot. */
export function settled(snapshot: Snapshot): Snapshot {
  const { groups, risk, profiles, activeProfile } = snapshot;
  const scopes = profiles.find((profile) => profile.id === activeProfile)?.token.scopes ?? [];
  return {
    ...snapshot,
    scopesNeeded: scopesNeeded(groups, risk),
    groups: groups.map((group) => ({ ...group, shortfall: shortfall(group.id, scopes) })),
  };
}

/** The snapshot a scenario begins with; null where none ever comes. */
export function beginning(scenario: Scenario): Snapshot | null {
  const snapshot = unsettled(scenario);
  return snapshot && settled(snapshot);
}

function unsettled(scenario: Scenario): Snapshot | null {
  const base = full();
  const [first = acme(), ...rest] = base.profiles;
  switch (scenario) {
    case "loading":
    case "broken":
      return null;
    case "full":
      return base;
    case "many":
      return many();
    case "first-run":
    case "no-keychain":
      return { ...base, profiles: [], activeProfile: null, clients: [], lastHour: { calls: 0, failed: 0, clients: 0 } };
    case "empty":
      return {
        ...base, profiles: [sandbox()], activeProfile: "sandbox", clients: [], lastHour: { calls: 0, failed: 0, clients: 0 },
        groups: groupsOf(() => false, false),
      };
    case "starting":
      return { ...base, server: { kind: "starting" }, clients: [] };
    case "paused":
      return { ...base, server: { kind: "paused", url: URL_SERVED }, clients: [] };
    case "port-taken":
      return { ...base, server: { kind: "portTaken", port: 8340, by: "another AgentRuntime", suggestion: 8342 }, clients: [] };
    case "keychain-locked":
      return {
        ...base,
        profiles: [{ ...first, token: { ...first.token, trouble: "locked" }, health: { kind: "unknown" } }, ...rest],
      };
    case "error":
      return {
        ...base, clients: [], lastHour: { calls: 9, failed: 9, clients: 1 }, settingsSetAside: "/home/ana/.config/agentruntime-desktop/settings.broken-2026-11-22.json",
        sandboxSetAside: "/home/ana/.local/share/agentruntime-desktop/sandbox/set-aside/2026-11-22T07-04-11.250Z",
        failing: [{ task: "network", since: ago(4), problem: "it broke off with a fault of ours; the log has the place" }],
        profiles: [
          { ...first, health: { kind: "bad", at: ago(1), code: "unreachable", message: "the BFF at api.agentruntime.io cannot be reached (connection refused). Check the network and the BFF URL, then try again." } },
          ...rest,
        ],
      };
    default:
      return ofTokens(scenario, base, first, rest);
  }
}

/** What is about tokens. */
function ofTokens(scenario: Scenario, base: Snapshot, first: Profile, rest: Profile[]): Snapshot {
  const withToken = (token: Partial<TokenView>, change: Partial<Profile> = {}): Snapshot => ({
    ...base, profiles: [{ ...first, token: { ...first.token, ...token }, ...change }, ...rest],
  });
  switch (scenario) {
    case "old-token":
      return { ...withToken({ createdAt: ago(DAY * 97) }), groups: base.groups.map((group) => ({ ...group, on: group.on && group.id !== "catalog" })) };
    case "ends-soon":
      return withToken({ expiresAt: ago(-DAY * 5 - 60) });
    case "ended":
      return withToken({ expiresAt: ago(DAY * 2) }, { health: refused(3) });
    case "refused":
      return withToken({}, { health: refused(3) });
    case "in-memory":
      return withToken({ place: "memory", trouble: "noService" });
    case "shortfall":
      return withToken({ scopes: ["workflow:read"] });
    case "no-token":
      return { ...base, profiles: [bereft(first), ...rest] };
    case "stopped":
      return {
        ...base, profiles: [bereft(first), ...rest], server: { kind: "paused", url: URL_SERVED }, clients: [],
        tasks: [task("revokeAsked", { code: "unreachable", tries: 2, since: ago(4), nextTry: ago(-1) })],
      };
    case "tasks":
      return { ...base, tasks: tasksOfEveryKind() };
    case "unclear":
      return {
        ...base, tasks: [task("revokeAsked", { code: "token_unclear", tries: 4, since: ago(75), nextTry: ago(-4), patId: null, displayName: "Old laptop" })],
      };
    case "unfinished":
      return { ...base, tasks: [task("rotation", { code: "unreachable", tries: 3, since: ago(9), nextTry: ago(-2) })] };
    default:
      return base;
  }
}
