// Generated from the shell's types by `cargo xtask generate`; do not edit.

/**
 * Where the server stands.
 */
export type ServerState = { "kind": "starting" } | { "kind": "serving", 
/**
 * Where.
 */
url: string, 
/**
 * Since when.
 */
since: string, } | { "kind": "paused", 
/**
 * Where it will serve again.
 */
url: string, } | { "kind": "portTaken", 
/**
 * The port.
 */
port: number, 
/**
 * Whose it looks to be, where that can be told.
 */
by: string | null, 
/**
 * A port that is free.
 */
suggestion: number, } | { "kind": "failed", 
/**
 * Why, as a stable code.
 */
code: string, 
/**
 * Why, for people.
 */
message: string, };

/**
 * What stands behind a workspace.
 */
export type BackendKind = "production" | "development" | "custom" | "sandbox";

/**
 * Where a workspace's token is.
 */
export type TokenPlace = "keychain" | "memory" | "none";

/**
 * Why a token cannot be had just now.
 */
export type KeychainTrouble = "noService" | "locked" | "denied" | "vanished" | "missing" | "tooLarge" | "slow";

/**
 * What the last check of a workspace said.
 */
export type Health = { "kind": "unknown" } | { "kind": "checking" } | { "kind": "ok", 
/**
 * When it was checked.
 */
at: string, 
/**
 * How long the answer took, in milliseconds.
 */
latencyMs: number, } | { "kind": "bad", 
/**
 * When it was checked.
 */
at: string, 
/**
 * Why, as a stable code.
 */
code: string, 
/**
 * Why, for people.
 */
message: string, };

/**
 * A workspace: a BFF and a token for it.
 */
export type Profile = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * What stands behind it.
 */
backend: BackendKind, 
/**
 * Where that is.
 */
url: string, 
/**
 * Sent as `X-Tenant-Id` where the deployment asks for it.
 */
tenantId: string | null, 
/**
 * Sent as `X-Project-Id` where the deployment asks for it.
 */
projectId: string | null, 
/**
 * Its token.
 */
token: TokenView, 
/**
 * What becomes of the token as it ages.
 */
care: Care, 
/**
 * Whether it works.
 */
health: Health, };

/**
 * A token as people see it; never its text.
 */
export type TokenView = { 
/**
 * Where it is.
 */
place: TokenPlace, 
/**
 * Its last four characters.
 */
lastFour: string | null, 
/**
 * Its id on the platform.
 */
id: string | null, 
/**
 * Its name on the platform.
 */
displayName: string | null, 
/**
 * What it may do.
 */
scopes: Array<string>, 
/**
 * When it was made.
 */
createdAt: string | null, 
/**
 * When it was given to this app.
 */
addedAt: string | null, 
/**
 * When it ends by itself, where it does.
 */
expiresAt: string | null, 
/**
 * Why it cannot be had just now.
 */
trouble: KeychainTrouble | null, };

/**
 * What becomes of a token as it ages.
 */
export type Care = { "kind": "remind", 
/**
 * After so many days, 1 to 3650.
 */
days: number, } | { "kind": "rotate", 
/**
 * After so many days, 1 to 3650.
 */
days: number, } | { "kind": "never" };

/**
 * A tool group and its switch.
 */
export type GroupView = { 
/**
 * Its name on the page of Platform MCP.
 */
id: string, 
/**
 * Whether it is on.
 */
on: boolean, 
/**
 * Whether it has tools that return or change secrets.
 */
sensitive: boolean, 
/**
 * How many of its tools need no risk.
 */
tools: number, 
/**
 * How many need it.
 */
riskTools: number, 
/**
 * Tokens that its listed tools cost a model's context.
 */
tokens: number, 
/**
 * What the active workspace's token cannot do of it.
 */
shortfall: ShortfallView | null, };

/**
 * What the active workspace's token cannot do of a group.
 */
export type ShortfallView = { 
/**
 * The scopes it lacks.
 */
missing: Array<string>, 
/**
 * The tools that are not listed for want of them.
 */
tools: Array<string>, 
/**
 * Whether nothing is left of the group.
 */
whole: boolean, };

/**
 * A tool as the catalogue declares it.
 */
export type ToolView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its title for people.
 */
title: string, 
/**
 * What a model reads of it.
 */
description: string, 
/**
 * Its group.
 */
group: string, 
/**
 * Whether it returns or changes secrets.
 */
risk: boolean, 
/**
 * Whether it changes nothing.
 */
readOnly: boolean, 
/**
 * The scopes it needs.
 */
scopes: Array<string>, 
/**
 * The requests it makes.
 */
routes: Array<string>, 
/**
 * Its input schema.
 */
schema: unknown, 
/**
 * Tokens that it costs a model's context.
 */
tokens: number, };

/**
 * A client that is connected now, or was a moment ago.
 */
export type ClientView = { 
/**
 * Tells it from the others.
 */
id: string, 
/**
 * Its name for itself.
 */
name: string, 
/**
 * Its version.
 */
version: string | null, 
/**
 * The protocol version it speaks.
 */
era: string, 
/**
 * When it was first heard of.
 */
since: string, 
/**
 * When it last called a tool.
 */
lastCall: string | null, 
/**
 * How many tools it has called.
 */
calls: number, };

/**
 * One tool call.
 */
export type CallView = { 
/**
 * Its number.
 */
id: number, 
/**
 * When it began.
 */
at: string, 
/**
 * Who called.
 */
client: string, 
/**
 * Which tool.
 */
tool: string, 
/**
 * The tool's group.
 */
group: string, 
/**
 * What it was about.
 */
target: string | null, 
/**
 * The names of its arguments.
 */
arguments: Array<string>, 
/**
 * `ok`, or the error's code.
 */
code: string, 
/**
 * How long it took.
 */
durationMs: number, };

/**
 * Which calls are asked for.
 */
export type ActivityQuery = { 
/**
 * Only calls with this text somewhere in them.
 */
text: string | null, 
/**
 * Only calls of this tool.
 */
tool: string | null, 
/**
 * Only calls of this client.
 */
client: string | null, 
/**
 * Only calls that failed.
 */
failedOnly: boolean, 
/**
 * Only calls before this number.
 */
before: number | null, 
/**
 * The most calls.
 */
limit: number, };

/**
 * Some calls, the latest first.
 */
export type ActivityPage = { 
/**
 * The calls.
 */
calls: Array<CallView>, 
/**
 * How many the query names in all.
 */
total: number, 
/**
 * Whether there are more.
 */
more: boolean, };

/**
 * What happened in the last hour.
 */
export type HourView = { 
/**
 * Calls.
 */
calls: number, 
/**
 * Calls that failed.
 */
failed: number, 
/**
 * Clients that called.
 */
clients: number, };

/**
 * How the window looks.
 */
export type Theme = "system" | "light" | "dark";

/**
 * The window's language.
 */
export type Language = "system" | "en" | "de";

/**
 * How much is logged.
 */
export type LogLevel = "error" | "warn" | "info" | "debug";

/**
 * What people can set.
 */
export type Settings = { 
/**
 * The server's port.
 */
port: number, 
/**
 * Whether the app starts when the person logs in.
 */
startAtLogin: boolean, 
/**
 * How the window looks.
 */
theme: Theme, 
/**
 * The window's language.
 */
language: Language, 
/**
 * How much is logged.
 */
logLevel: LogLevel, };

/**
 * Settings to be changed; what is left out stays.
 */
export type SettingsChange = { 
/**
 * The server's port.
 */
port?: number, 
/**
 * Whether the app starts when the person logs in.
 */
startAtLogin?: boolean, 
/**
 * How the window looks.
 */
theme?: Theme, 
/**
 * The window's language.
 */
language?: Language, 
/**
 * How much is logged.
 */
logLevel?: LogLevel, };

/**
 * What the app is and where it keeps things.
 */
export type About = { 
/**
 * The app's version.
 */
version: string, 
/**
 * The settings file.
 */
configFile: string, 
/**
 * The folder of the sandbox and the activity log.
 */
stateFolder: string, 
/**
 * The log.
 */
logFile: string, 
/**
 * Whether starting at login can be offered: not from a build folder.
 */
autostartPossible: boolean, 
/**
 * The keychain's name.
 */
keychain: string, };

/**
 * Everything that views show and that changes by itself.
 */
export type Snapshot = { 
/**
 * Where the server stands.
 */
server: ServerState, 
/**
 * The workspaces.
 */
profiles: Array<Profile>, 
/**
 * The one in use.
 */
activeProfile: string | null, 
/**
 * The tool groups.
 */
groups: Array<GroupView>, 
/**
 * Whether tools that return or change secrets are on.
 */
risk: boolean, 
/**
 * The scopes that the switched-on tools need, and those without which a token could not be rotated.
 */
scopesNeeded: Array<string>, 
/**
 * What was begun with tokens and has not ended.
 */
tasks: Array<TaskView>, 
/**
 * Who is connected.
 */
clients: Array<ClientView>, 
/**
 * What happened of late.
 */
lastHour: HourView, 
/**
 * What people can set.
 */
settings: Settings, 
/**
 * A settings file that could not be read was set aside here.
 */
settingsSetAside: string | null, };

/**
 * Something that was begun with a token and has not ended.
 */
export type TaskView = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it is.
 */
kind: TaskKind, 
/**
 * The workspace's id; it may have been removed since.
 */
profile: string, 
/**
 * The workspace's name.
 */
profileName: string | null, 
/**
 * The token's id at the platform.
 */
patId: string | null, 
/**
 * The token's name at the platform.
 */
displayName: string | null, 
/**
 * Since when.
 */
since: string, 
/**
 * What stood in the way when it was last tried, as a stable code; absent while it is under way.
 */
code: string | null, 
/**
 * How many times it was tried.
 */
tries: number, 
/**
 * When it is tried again by itself.
 */
nextTry: string | null, };

/**
 * What was begun with a token.
 */
export type TaskKind = "rotation" | "revokeOld" | "revokeSuccessor" | "revokeAsked";

/**
 * A token of the account, as the platform lists it; never its text.
 */
export type PatView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
displayName: string | null, 
/**
 * What it may do; empty where the platform does not say.
 */
scopes: Array<string>, 
/**
 * When it was made.
 */
createdAt: string | null, 
/**
 * When it was last used, where the platform says.
 */
lastUsedAt: string | null, 
/**
 * When it ends by itself, where it does.
 */
expiresAt: string | null, 
/**
 * Whether it is the one the workspace uses; absent where that cannot be told.
 */
own: boolean | null, };

/**
 * What came of a rotation or a revocation.
 */
export type Outcome = { 
/**
 * Why a token lives still that should not, as a stable code; absent where nothing is left to do.
 */
left: string | null, };

/**
 * What the panic button did.
 */
export type PanicDone = { 
/**
 * The workspace whose token was taken out of use; absent where none was in use.
 */
workspace: string | null, 
/**
 * Why the token lives still at the platform, as a stable code; absent where it is dead.
 */
left: string | null, 
/**
 * Why the token is in use still, as a stable code; absent where it is not.
 */
notRevoked: string | null, 
/**
 * Why risk will be on again at the next start, as a stable code; absent where it will not.
 */
riskLeft: string | null, };

/**
 * A workspace to be added.
 */
export type NewProfile = { 
/**
 * Its name for people.
 */
name: string, 
/**
 * What stands behind it.
 */
backend: BackendKind, 
/**
 * Where that is, for a custom one.
 */
url: string | null, 
/**
 * Sent as `X-Tenant-Id`.
 */
tenantId: string | null, 
/**
 * Sent as `X-Project-Id`.
 */
projectId: string | null, 
/**
 * The pasted token; the sandbox needs none.
 */
token: string | null, 
/**
 * Where to keep it.
 */
keep: Keep, };

/**
 * Where a token is to be kept.
 */
export type Keep = "keychain" | "memory";

/**
 * How an IDE is pointed at the server, without a token.
 */
export type IdeEntry = { 
/**
 * Tells it from the others.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The file the entry goes to; none where it is a command or a dialog.
 */
file: string | null, 
/**
 * What the content is.
 */
format: EntryFormat, 
/**
 * The entry.
 */
content: string, 
/**
 * A link that the IDE opens to add the server.
 */
deepLink: string | null, };

/**
 * What an entry is written in.
 */
export type EntryFormat = "json" | "toml" | "command";

/**
 * Why a command failed. Branch on the code, show the message.
 */
export type Failure = { 
/**
 * The stable code.
 */
code: string, 
/**
 * What happened and what to do.
 */
message: string, 
/**
 * The field it is about.
 */
field: string | null, };
