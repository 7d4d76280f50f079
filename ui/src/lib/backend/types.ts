// Generated from the desk's types by `cargo xtask generate`; do not edit.

/**
 * Where the server stands.
 */
export type ServerState = { "kind": "starting" } | { "kind": "serving", 
/**
 * The address for clients, `/mcp` included.
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
 * The port that it is to serve on.
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
 * Why: `cannot_listen` or `server_failed`.
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
 * What the last check of it said.
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
 * After so many days, 1 to 3650, and after as many again.
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
 * What clients call it by.
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
 * The id of its group.
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
 * The JSON schema of its arguments.
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
 * Its version, where it names one.
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
 * A tool call of the last thirty days, without its values.
 */
export type CallView = { 
/**
 * Its number; later calls have larger ones.
 */
id: number, 
/**
 * When it began.
 */
at: string, 
/**
 * Who called: the client's name for itself.
 */
client: string, 
/**
 * Which tool.
 */
tool: string, 
/**
 * The id of the tool's group.
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
 * The most calls, up to 10,000.
 */
limit: number, };

/**
 * Some calls, the latest first.
 */
export type ActivityPage = { 
/**
 * No more than were asked for.
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
 * Tool calls, however they ended.
 */
calls: number, 
/**
 * Those that did not end with `ok`.
 */
failed: number, 
/**
 * How many clients made them, told apart by name.
 */
clients: number, };

/**
 * How the window looks.
 */
export type Theme = "system" | "light" | "dark";

/**
 * The language of window, tray and notifications.
 */
export type Language = "system" | "en" | "de";

/**
 * How much is logged.
 */
export type LogLevel = "error" | "warn" | "info" | "debug";

/**
 * Of what the person is told by notifications.
 */
export type Notifications = { 
/**
 * A task waits for the person, or an agent wants to answer one.
 */
approvals: boolean, 
/**
 * A run failed.
 */
failures: boolean, 
/**
 * A run has ended that the person started here or follows, or that took long.
 */
finished: boolean, 
/**
 * From how many minutes on a run counts as long.
 */
longMinutes: number, 
/**
 * A token wants something.
 */
tokens: boolean, 
/**
 * A client connected that never has before.
 */
clients: boolean, 
/**
 * Hours in which nothing is shown but what the settings page names.
 */
quietHours: QuietHours | null, };

/**
 * Notifications to be changed; what is left out stays.
 */
export type NotificationsChange = { 
/**
 * A task waits for the person, or an agent wants to answer one.
 */
approvals?: boolean, 
/**
 * A run failed.
 */
failures?: boolean, 
/**
 * A run has ended that the person started here or follows, or that took long.
 */
finished?: boolean, 
/**
 * From how many minutes on a run counts as long.
 */
longMinutes?: number, 
/**
 * A token wants something.
 */
tokens?: boolean, 
/**
 * A client connected that never has before.
 */
clients?: boolean, 
/**
 * Hours in which nothing is shown but what the settings page names.
 */
quietHours?: QuietHours | null, };

/**
 * Hours in which notifications wait, by this computer's clock; they may pass midnight.
 */
export type QuietHours = { 
/**
 * From then, as `22:00`.
 */
from: string, 
/**
 * Until then, as `07:00`.
 */
to: string, };

/**
 * What people can set.
 */
export type Settings = { 
/**
 * The server's port on 127.0.0.1. Not every system lets a person's program have one below 1024.
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
 * The language of window, tray and notifications.
 */
language: Language, 
/**
 * How much is logged.
 */
logLevel: LogLevel, 
/**
 * Of what the person is told.
 */
notifications: Notifications, 
/**
 * Whether the person is asked before an agent answers a task in their name.
 */
askBeforeAnswers: boolean, };

/**
 * Settings to be changed; what is left out stays.
 */
export type SettingsChange = { 
/**
 * The server's port on 127.0.0.1. Not every system lets a person's program have one below 1024.
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
 * The language of window, tray and notifications.
 */
language?: Language, 
/**
 * How much is logged.
 */
logLevel?: LogLevel, 
/**
 * Of what the person is told.
 */
notifications?: NotificationsChange, 
/**
 * Whether the person is asked before an agent answers a task in their name.
 */
askBeforeAnswers?: boolean, };

/**
 * What the app is and where it keeps things.
 */
export type About = { 
/**
 * The app's version.
 */
version: string, 
/**
 * The path of the settings file.
 */
configFile: string, 
/**
 * The folder of the sandbox and the activity log.
 */
stateFolder: string, 
/**
 * The folder of the log files.
 */
logFile: string, 
/**
 * Whether starting at login can be offered: not from a build folder.
 */
autostartPossible: boolean, 
/**
 * What the system's keychain is called.
 */
keychain: string, 
/**
 * Whether the system shows none of the app's notifications, as the person has told it; most systems do not say.
 */
notificationsRefused: boolean, };

/**
 * A task of the app's that fails again and again.
 */
export type FailingView = { 
/**
 * Its name, as the log has it.
 */
task: string, 
/**
 * When it first failed.
 */
since: string, 
/**
 * Why it last did.
 */
problem: string, };

/**
 * Everything that views show and that changes by itself.
 */
export type Snapshot = { 
/**
 * Where the server stands.
 */
server: ServerState, 
/**
 * Every workspace, in the order of the settings.
 */
profiles: Array<Profile>, 
/**
 * The one in use.
 */
activeProfile: string | null, 
/**
 * Every tool group, on or off.
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
 * Who is connected, or was a moment ago.
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
settingsSetAside: string | null, 
/**
 * The sandbox's files could not be opened and were set aside here.
 */
sandboxSetAside: string | null, 
/**
 * The app's own tasks that end early however often they are started again.
 */
failing: Array<FailingView>, 
/**
 * What is known of the active workspace's runs.
 */
watch: WatchView, };

/**
 * What is known of runs, in short: what tray, rail and Home show.
 */
export type WatchView = { 
/**
 * How the app hears of runs.
 */
link: LinkView, 
/**
 * How many runs have not ended.
 */
active: number, 
/**
 * How many tasks wait for a person.
 */
waiting: number, 
/**
 * When the first of these tasks ends unanswered, where one does.
 */
firstEnd: string | null, 
/**
 * Runs that failed while the app followed them and that nobody has looked at, the latest first, at most ten.
 */
failures: Array<RunRow>, 
/**
 * The latest runs that have not ended, at most five.
 */
latest: Array<RunRow>, 
/**
 * What an agent wants to answer in the person's name.
 */
questions: Array<QuestionView>, 
/**
 * Until when notifications are held back, where the person asked for that.
 */
doNotDisturb: string | null, 
/**
 * Counts changes of the tasks that wait: whoever shows them asks again.
 */
approvalsRevision: number, 
/**
 * Counts runs that came or went: whoever shows a list asks again.
 */
runsRevision: number, 
/**
 * Counts changes of where active runs stand: a list of one state asks again.
 */
statesRevision: number, };

/**
 * How the app hears of runs just now.
 */
export type LinkView = { "kind": "none" } | { "kind": "starting" } | { "kind": "live" } | { "kind": "away", 
/**
 * Since when.
 */
since: string, 
/**
 * Why, as a stable code.
 */
code: string, };

/**
 * Where a run stands. The platform's words (BFF API, "Runs, events, tasks") in fewer.
 */
export type RunState = "queued" | "running" | "waiting" | "paused" | "draining" | "completed" | "failed" | "stopped";

/**
 * A run as a line in a list.
 */
export type RunRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its workflow.
 */
workflowId: string, 
/**
 * The workflow's name, where it is known.
 */
workflowName: string | null, 
/**
 * Where it stands.
 */
state: RunState, 
/**
 * How many of its tasks wait for a person.
 */
waiting: number, 
/**
 * How many of its steps have ended, where it is known.
 */
stepsDone: number | null, 
/**
 * How many steps it has, where it is known.
 */
steps: number | null, 
/**
 * When it began, by the platform's clock, where it says so.
 */
startedAt: string | null, 
/**
 * When it ended, by the platform's clock; nothing before.
 */
endedAt: string | null, 
/**
 * Why it failed, as the platform's code.
 */
failureCode: string | null, 
/**
 * Why it failed, in the platform's words.
 */
error: string | null, 
/**
 * Whether a client of this app started it.
 */
startedHere: boolean, 
/**
 * Whether the person asked to hear of its end.
 */
followed: boolean, };

/**
 * Which runs are asked for, the latest first.
 */
export type RunsQuery = { 
/**
 * Only runs in this state. `Running` means every run that has not ended.
 */
state: RunState | null, 
/**
 * Only runs of this workflow.
 */
workflowId: string | null, 
/**
 * Only runs that began at this time or later.
 */
since: string | null, 
/**
 * Rows to pass over.
 */
offset: number, 
/**
 * The most rows, up to 100.
 */
limit: number, };

/**
 * A page of runs, the latest first.
 */
export type RunsPage = { 
/**
 * No more than were asked for.
 */
runs: Array<RunRow>, 
/**
 * How many the query names in all.
 */
total: number, };

/**
 * A workflow to choose.
 */
export type WorkflowChoice = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, };

/**
 * One run with its steps, events and tasks.
 */
export type RunDetail = { 
/**
 * The run.
 */
run: RunRow, 
/**
 * Its steps: those that have begun in the order they did, then the others in the order of the graph.
 */
steps: Array<StepView>, 
/**
 * The step that failed first, where one did.
 */
failedStep: string | null, 
/**
 * What happened, in order.
 */
events: Array<EventView>, 
/**
 * Whether there were more events than are shown.
 */
moreEvents: boolean, 
/**
 * What it was started with.
 */
input: unknown, 
/**
 * The workflow's JSON schema for the input, where it has one.
 */
inputSchema: unknown, 
/**
 * Its variables: the input, and each step's input and result.
 */
context: unknown, 
/**
 * Its tasks that wait for a person.
 */
approvals: Array<Approval>, 
/**
 * Where the Console shows it; nothing for the sandbox.
 */
consoleUrl: string | null, 
/**
 * The platform's time just now, by this computer's clock: what bars that last are drawn up to.
 */
now: string, };

/**
 * A step of a run.
 */
export type StepView = { 
/**
 * Its id in the graph.
 */
id: string, 
/**
 * Its name for people; its id where it has none.
 */
name: string, 
/**
 * `lua_script`, `human_task`, `mcp_call`, …
 */
kind: string | null, 
/**
 * The steps it waits for.
 */
dependsOn: Array<string>, 
/**
 * Where it stands.
 */
state: StepState, 
/**
 * Tries so far, the one under way included.
 */
attempts: number, 
/**
 * The pieces of its bar, in order.
 */
spans: Array<StepSpan>, 
/**
 * Why it failed.
 */
error: string | null, 
/**
 * Why it was passed over: `blocked`, `out_of_scope`, `step_disabled`, or what the platform says.
 */
skipReason: string | null, 
/**
 * What it was given; nothing before it begins.
 */
input: unknown, 
/**
 * What came of it.
 */
result: unknown, };

/**
 * Where a step stands.
 */
export type StepState = "pending" | "running" | "retrying" | "waiting" | "completed" | "failed" | "cancelled" | "skipped";

/**
 * A piece of a step's bar.
 */
export type StepSpan = { 
/**
 * What it did.
 */
kind: SpanKind, 
/**
 * From when.
 */
from: string, 
/**
 * Until when; nothing while it lasts.
 */
to: string | null, 
/**
 * Which try it belongs to, from 1.
 */
attempt: number, };

/**
 * What a step did for a while: a piece of its bar.
 */
export type SpanKind = "work" | "wait" | "retry";

/**
 * Something that happened in a run.
 */
export type EventView = { 
/**
 * Its id.
 */
id: string, 
/**
 * `run_started`, `step_completed`, …
 */
kind: string, 
/**
 * The step, where it is about one.
 */
stepId: string | null, 
/**
 * When, by the platform's clock, where it says so.
 */
at: string | null, 
/**
 * What is told of it.
 */
data: unknown, };

/**
 * What may be asked of a run that has not ended.
 */
export type RunCommand = "pause" | "resume" | "drain" | "stop";

/**
 * Which run: an id is one within its workflow only.
 */
export type RunRef = { 
/**
 * Its workflow.
 */
workflowId: string, 
/**
 * Its id.
 */
runId: string, };

/**
 * A task that waits for a person (BFF API, "Runs, events, tasks").
 */
export type Approval = { 
/**
 * The task's id, which an answer names.
 */
taskId: string, 
/**
 * The id of the run that waits.
 */
runId: string, 
/**
 * The id of the run's workflow.
 */
workflowId: string, 
/**
 * The workflow's name, where it is known.
 */
workflowName: string | null, 
/**
 * The id of the step that asks, where it is told.
 */
stepId: string | null, 
/**
 * `approval`, or what else the workflow calls it.
 */
taskType: string | null, 
/**
 * What is asked; the step's or the task's id where nobody gave it a title.
 */
title: string, 
/**
 * And in more words.
 */
description: string | null, 
/**
 * The whole payload but title, description and fields.
 */
details: Record<string, unknown>, 
/**
 * What the person may fill in.
 */
fields: Array<TaskField>, 
/**
 * Since when it waits.
 */
createdAt: string | null, 
/**
 * When it is too late to answer, where there is such a time.
 */
expiresAt: string | null, };

/**
 * A field that the person may fill in. What they enter goes into the step's result under its name.
 */
export type TaskField = { 
/**
 * Its name in the result.
 */
name: string, 
/**
 * What people read.
 */
label: string, 
/**
 * How it is filled in.
 */
kind: FieldKind, 
/**
 * Whether an approval needs it.
 */
required: boolean, 
/**
 * What to choose from.
 */
choices: Array<ChoiceView>, 
/**
 * What stands there at first.
 */
value: unknown, 
/**
 * A word on what is meant.
 */
help: string | null, };

/**
 * How a field of a task is filled in.
 */
export type FieldKind = "text" | "longText" | "number" | "boolean" | "choice" | "date";

/**
 * One of some values.
 */
export type ChoiceView = { 
/**
 * What goes into the step's result when it is chosen.
 */
value: unknown, 
/**
 * What people read.
 */
label: string, };

/**
 * An agent wants to answer a task (`tasks_complete`), and the person is asked first.
 */
export type QuestionView = { 
/**
 * Tells it from the others.
 */
id: string, 
/**
 * Who asks: the client's name for itself.
 */
client: string, 
/**
 * Whether it wants to approve or to reject.
 */
approve: boolean, 
/**
 * The task's id, as the agent gave it.
 */
taskId: string, 
/**
 * The run's id, as the agent gave it.
 */
runId: string, 
/**
 * The workflow's id, as the agent gave it.
 */
workflowId: string, 
/**
 * The task, where it is known to wait.
 */
approval: Approval | null, 
/**
 * What the agent wants to put into the step's result.
 */
result: Record<string, unknown> | null, 
/**
 * Since when it waits.
 */
askedAt: string, 
/**
 * When the agent stops waiting.
 */
until: string, };

/**
 * For how long notifications are held back.
 */
export type QuietFor = "hour" | "morning";

/**
 * How runs went. What a deployment does not tell is absent and named in `missing`.
 */
export type Insights = { 
/**
 * Runs that have not ended.
 */
live: number | null, 
/**
 * The part of ended runs that ended well, 0 to 1; nothing with fewer than three.
 */
successRate: number | null, 
/**
 * Runs that have ended.
 */
ended: number | null, 
/**
 * Credits used within the window.
 */
credits: number | null, 
/**
 * How long a point lasts.
 */
granularity: Granularity, 
/**
 * Runs over time, without gaps.
 */
runs: Array<RunsPoint>, 
/**
 * Credits over time, without gaps.
 */
usage: Array<UsagePoint>, 
/**
 * What could not be had: `live`, `successRate`, `credits`, `runs`, `usage`.
 */
missing: Array<string>, };

/**
 * How far back (BFF API: analytics, `window`).
 */
export type InsightsWindow = "week" | "month" | "all";

/**
 * How long a point of a series lasts.
 */
export type Granularity = "day" | "week";

/**
 * Runs that began in a span of time.
 */
export type RunsPoint = { 
/**
 * Its beginning.
 */
from: string, 
/**
 * Those that ended well.
 */
completed: number, 
/**
 * Those that failed.
 */
failed: number, 
/**
 * Those that were stopped.
 */
stopped: number, 
/**
 * All, those that have not ended included.
 */
started: number, };

/**
 * What was paid for in a span of time.
 */
export type UsagePoint = { 
/**
 * Its beginning.
 */
from: string, 
/**
 * Credits, in whole ones and their parts; the platform counts millionths.
 */
credits: number, 
/**
 * Steps, where they are told.
 */
steps: number | null, };

/**
 * Something that was begun with a token and has not ended.
 */
export type TaskView = { 
/**
 * What it is tried again or dismissed by.
 */
id: string, 
/**
 * What it is to come to.
 */
kind: TaskKind, 
/**
 * The workspace's id; it may have been removed since.
 */
profile: string, 
/**
 * The workspace's name; nothing where it was removed.
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
 * When it was begun.
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
 * Its id at the platform, which is no secret.
 */
id: string, 
/**
 * Its name at the platform.
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
 * What the emergency stop did.
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
 * The IDE's name.
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
 * What goes into the file, the dialog or the terminal.
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
 * What to branch on; `docs/ERRORS.md` lists the codes.
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

/**
 * What the page may call.
 */
export type Command =
  | "snapshot"
  | "tools"
  | "ide_entries"
  | "about"
  | "set_group"
  | "set_risk"
  | "pause"
  | "retry_server"
  | "add_profile"
  | "rename_profile"
  | "remove_profile"
  | "switch_profile"
  | "check_profile"
  | "account_tokens"
  | "rotate_token"
  | "revoke_token"
  | "revoke_other_token"
  | "replace_token"
  | "set_care"
  | "retry_task"
  | "task_tokens"
  | "dismiss_task"
  | "identify_task"
  | "panic"
  | "activity"
  | "clear_activity"
  | "export_activity"
  | "runs"
  | "workflows"
  | "run"
  | "command_run"
  | "start_run"
  | "follow_run"
  | "seen_failures"
  | "approvals"
  | "answer_task"
  | "answer_question"
  | "insights"
  | "do_not_disturb"
  | "update_settings"
  | "copy_text"
  | "open_link"
  | "quit";

/**
 * Between what the numbers lie that people give, both ends included.
 */
export const bounds = {
  port: { least: 1024, most: 65535 },
  longMinutes: { least: 1, most: 1440 },
  careDays: { least: 1, most: 3650 },
} as const;
