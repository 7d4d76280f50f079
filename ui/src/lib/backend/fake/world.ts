import type { Failure, Snapshot } from "../types";
import type { Scenario } from "./scenarios";

/** What the parts of the fake know of each other. */
export type World = {
  scenario: Scenario;
  get(): Snapshot | null;
  set(change: Partial<Snapshot>): void;
  /** Something that the snapshot says of runs and approvals has changed. */
  rewatch(): void;
  /** An answer as the scenario has it: there, on its way for ever, or refused. */
  asked<T>(value: () => T, what: string, code?: string): Promise<T>;
};

export const refuse = (code: string, message: string, field: string | null = null): Promise<never> =>
  Promise.reject({ code, message, field } satisfies Failure);
let asking = 0;

/** The time an answer takes. While one is on its way the document says so, for tests that wait until the page has settled. */
export async function wait(ms: number): Promise<void> {
  document.documentElement.dataset["asking"] = String(++asking);
  await new Promise((done) => setTimeout(done, ms));
  document.documentElement.dataset["asking"] = String(--asking);
}
