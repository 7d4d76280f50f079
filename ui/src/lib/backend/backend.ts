import type {
  About, ActivityPage, ActivityQuery, Approval, CallView, Care, Command, IdeEntry, Insights, InsightsWindow, Keep, NewProfile, Outcome,
  PanicDone, PatView, Profile, QuietFor, RunCommand, RunDetail, RunRef, RunRow, RunsPage, RunsQuery, SettingsChange, Snapshot, ToolView,
  WorkflowChoice,
} from "./types";

export type { RunRef };

/** A command's name as that of a method: `set_group` is `setGroup`. */
export type MethodOf<Name extends string> =
  Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<MethodOf<Tail>>}` : Name;

/** A method for each command of the shell: one that `Backend` does not describe yet is still asked of whoever implements it. */
type Commands = Record<MethodOf<Command>, (...given: never[]) => Promise<unknown>>;

/** What the page asks of the shell. There is a real one (Tauri) and a fake one (a plain browser). Rejections are `Failure`s. */
export interface Backend extends Commands {
  snapshot(): Promise<Snapshot>;
  /** Calls back at every change; returns how to stop. */
  onSnapshot(heard: (snapshot: Snapshot) => void): Promise<() => void>;
  onCall(heard: (call: CallView) => void): Promise<() => void>;
  /** Calls back with the runs that changed or are new, a few times a second at most. */
  onRuns(heard: (changed: RunRow[]) => void): Promise<() => void>;
  /** Calls back when the tray or a notification leads somewhere, with a place as it stands in the address: `run/wf/run_1`. */
  onGo(heard: (place: string) => void): Promise<() => void>;
  tools(): Promise<ToolView[]>;
  ideEntries(): Promise<IdeEntry[]>;
  about(): Promise<About>;

  setGroup(group: string, on: boolean): Promise<void>;
  setRisk(on: boolean): Promise<void>;
  pause(paused: boolean): Promise<void>;
  retryServer(): Promise<void>;

  addProfile(profile: NewProfile): Promise<Profile>;
  renameProfile(id: string, name: string): Promise<void>;
  removeProfile(id: string): Promise<void>;
  switchProfile(id: string): Promise<void>;
  checkProfile(id: string): Promise<void>;

  /** The tokens of a workspace's account. */
  accountTokens(id: string): Promise<PatView[]>;
  /** Those among which the one is that a task is about; also where the workspace has none any more. */
  taskTokens(task: string): Promise<PatView[]>;
  /** Gives a workspace a new token in place of its old one. `own` says which one that is, where a person had to; `scopes` are the new one's, or those of the old one. */
  rotateToken(id: string, own: string | null, scopes: string[] | null): Promise<Outcome>;
  /** Revokes a workspace's token. `atOnce`: here before the platform has heard of it; it is asked until it has done it. */
  revokeToken(id: string, own: string | null, atOnce: boolean): Promise<Outcome>;
  /** Revokes another one of the account's tokens. */
  revokeOtherToken(id: string, patId: string): Promise<void>;
  /** Gives a workspace a token that a person pasted; the old one stays valid at the platform. */
  replaceToken(id: string, token: string, keep: Keep): Promise<void>;
  setCare(id: string, care: Care): Promise<void>;
  retryTask(task: string): Promise<void>;
  /** Ends a task because a person has seen to the token themselves. */
  dismissTask(task: string): Promise<void>;
  /** Says which of the account's tokens a task is about, and tries it again. */
  identifyTask(task: string, patId: string): Promise<void>;
  /** Pauses serving, turns risk off, takes the token in use out of use and has it revoked. */
  panic(): Promise<PanicDone>;

  activity(query: ActivityQuery): Promise<ActivityPage>;
  clearActivity(): Promise<void>;
  /** Writes the calls the query names to a file the person chooses; its path, or null if they chose none. */
  exportActivity(query: ActivityQuery, format: "csv" | "json"): Promise<string | null>;

  runs(query: RunsQuery): Promise<RunsPage>;
  /** The workflows that runs can be of, by name. */
  workflows(): Promise<WorkflowChoice[]>;
  /** One run, whole. Whoever asks is told of its changes by `onRuns` within a second, for a minute. */
  run(run: RunRef): Promise<RunDetail>;
  commandRun(run: RunRef, command: RunCommand): Promise<void>;
  /** Starts the workflow's published version with this input; the new run's id. */
  startRun(workflowId: string, input: unknown): Promise<string>;
  /** Whether the person wants to hear of the run's end. */
  followRun(run: RunRef, on: boolean): Promise<void>;
  /** These runs, which failed, have been looked at. */
  seenFailures(runs: RunRef[]): Promise<void>;
  /** What waits for the person, the oldest first. */
  approvals(): Promise<Approval[]>;
  /** Answers a task. `result` goes into the step's result; a note stands in it as `note`. */
  answerTask(task: RunRef & { taskId: string }, approved: boolean, result: Record<string, unknown>): Promise<void>;
  /** Says whether an agent may answer a task in the person's name. */
  answerQuestion(id: string, allow: boolean): Promise<void>;
  insights(window: InsightsWindow): Promise<Insights>;
  /** Holds notifications back for so long; not any more with null. */
  doNotDisturb(quiet: QuietFor | null): Promise<void>;

  updateSettings(change: SettingsChange): Promise<void>;
  copyText(text: string): Promise<void>;
  openLink(url: string): Promise<void>;
  /** Ends the app, where it cannot go on. */
  quit(): Promise<void>;
}
