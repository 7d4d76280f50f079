import type {
  About, ActivityPage, ActivityQuery, CallView, IdeEntry, NewProfile, Profile, SettingsChange, Snapshot, ToolView,
} from "./types";

/** What the page asks of the shell. There is a real one (Tauri) and a fake one (a plain browser). Rejections are `Failure`s. */
export interface Backend {
  snapshot(): Promise<Snapshot>;
  /** Calls back at every change; returns how to stop. */
  onSnapshot(heard: (snapshot: Snapshot) => void): Promise<() => void>;
  onCall(heard: (call: CallView) => void): Promise<() => void>;
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

  activity(query: ActivityQuery): Promise<ActivityPage>;
  clearActivity(): Promise<void>;
  /** Writes the calls the query names to a file the person chooses; its path, or null if they chose none. */
  exportActivity(query: ActivityQuery, format: "csv" | "json"): Promise<string | null>;

  updateSettings(change: SettingsChange): Promise<void>;
  copyText(text: string): Promise<void>;
  openLink(url: string): Promise<void>;
  /** Ends the app, where it cannot go on. */
  quit(): Promise<void>;
}
