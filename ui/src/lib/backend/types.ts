// Generated from the shell's types; do not edit.

/** Where the server stands. */
export type ServerState =
  | { kind: "starting" }
  | { kind: "serving"; url: string; since: string }
  | { kind: "paused"; url: string }
  | { kind: "portTaken"; port: number; by: string | null; suggestion: number }
  | { kind: "failed"; code: string; message: string };

/** What stands behind a workspace. */
export type BackendKind = "production" | "development" | "custom" | "sandbox";

/** Where a workspace's token is. */
export type TokenPlace = "keychain" | "memory" | "none";

/** Why a token cannot be had just now. */
export type KeychainTrouble = "noService" | "locked" | "denied" | "vanished" | "missing" | "tooLarge" | "slow";

/** What the last check of a workspace said. */
export type Health =
  | { kind: "unknown" }
  | { kind: "checking" }
  | { kind: "ok"; at: string; latencyMs: number }
  | { kind: "bad"; at: string; code: string; message: string };

/** A workspace: a BFF and a token for it. */
export type Profile = {
  id: string;
  name: string;
  backend: BackendKind;
  url: string;
  tenantId: string | null;
  projectId: string | null;
  token: TokenView;
  health: Health;
};

/** A token as people see it; never its text. */
export type TokenView = {
  place: TokenPlace;
  lastFour: string | null;
  id: string | null;
  displayName: string | null;
  scopes: string[];
  createdAt: string | null;
  addedAt: string | null;
  trouble: KeychainTrouble | null;
};

/** A tool group and its switch. */
export type GroupView = {
  id: string;
  on: boolean;
  sensitive: boolean;
  tools: number;
  riskTools: number;
  /** Tokens its listed tools cost a model's context. */
  tokens: number;
};

/** A tool as the catalogue declares it. */
export type ToolView = {
  name: string;
  title: string;
  description: string;
  group: string;
  risk: boolean;
  readOnly: boolean;
  scopes: string[];
  routes: string[];
  schema: unknown;
  tokens: number;
};

/** A client that is connected now, or was a moment ago. */
export type ClientView = {
  id: string;
  name: string;
  version: string | null;
  era: string;
  since: string;
  lastCall: string | null;
  calls: number;
};

/** One tool call. */
export type CallView = {
  id: number;
  at: string;
  client: string;
  tool: string;
  group: string;
  target: string | null;
  arguments: string[];
  code: string;
  durationMs: number;
};

export type ActivityQuery = {
  text: string | null;
  tool: string | null;
  client: string | null;
  failedOnly: boolean;
  before: number | null;
  limit: number;
};

export type ActivityPage = { calls: CallView[]; total: number; more: boolean };

export type HourView = { calls: number; failed: number; clients: number };

export type Theme = "system" | "light" | "dark";
export type Language = "system" | "en" | "de";
export type LogLevel = "error" | "warn" | "info" | "debug";

export type Settings = {
  port: number;
  startAtLogin: boolean;
  theme: Theme;
  language: Language;
  logLevel: LogLevel;
};

export type SettingsChange = Partial<Settings>;

export type About = {
  version: string;
  configFile: string;
  stateFolder: string;
  logFile: string;
  autostartPossible: boolean;
  keychain: string;
};

/** Everything that views show and that changes by itself. */
export type Snapshot = {
  server: ServerState;
  profiles: Profile[];
  activeProfile: string | null;
  groups: GroupView[];
  risk: boolean;
  clients: ClientView[];
  lastHour: HourView;
  settings: Settings;
  /** A settings file that could not be read was set aside here. */
  settingsSetAside: string | null;
};

export type NewProfile = {
  name: string;
  backend: BackendKind;
  url: string | null;
  tenantId: string | null;
  projectId: string | null;
  token: string | null;
  keep: "keychain" | "memory";
};

/** How an IDE is pointed at the server, without a token. */
export type IdeEntry = {
  id: string;
  name: string;
  file: string | null;
  format: "json" | "toml" | "command";
  content: string;
  deepLink: string | null;
};

/** Why a command failed. Branch on the code, show the message. */
export type Failure = { code: string; message: string; field: string | null };
