// What runs and their steps look like wherever they are shown.
import type { RunRef } from "../backend/backend";
import type { RunRow, RunState, StepState } from "../backend/types";
import type { Catalogue } from "../i18n";
import type { App } from "./app.svelte";
import type { State } from "./standing";

export function runShape({ state }: Pick<RunRow, "state">): State {
  switch (state) {
    case "running":
    case "draining":
      return "running";
    case "waiting":
      return "waiting";
    case "paused":
      return "paused";
    case "completed":
      return "serving";
    case "failed":
      return "failed";
    case "queued":
    case "stopped":
      return "off";
  }
}

export function stepShape(state: StepState): State {
  switch (state) {
    case "running":
    case "retrying":
      return "running";
    case "waiting":
      return "waiting";
    case "completed":
      return "serving";
    case "failed":
      return "failed";
    case "pending":
    case "cancelled":
    case "skipped":
      return "off";
  }
}

export const ended = (state: RunState): boolean => ["completed", "failed", "stopped"].includes(state);

export const refOf = ({ workflowId, id }: RunRow): RunRef => ({ workflowId, runId: id });
export const isOf = (row: RunRow, ref: RunRef): boolean => row.id === ref.runId && row.workflowId === ref.workflowId;

export const nameOf = (t: Catalogue, row: RunRow): string => row.workflowName ?? t.runs.nameless;

/** How long a run has taken, or takes so far; nothing where it has not begun. */
export function tookOf(row: RunRow, now: number): number | null {
  if (row.startedAt === null) return null;
  return Math.max(0, (row.endedAt === null ? now : Date.parse(row.endedAt)) - Date.parse(row.startedAt));
}

/** A span in words; of what has only just begun, no more than that. */
export const tookWords = ({ t, words }: Pick<App, "t" | "words">, ms: number, over: boolean): string => (!over && ms < 1000 ? t.run.underSecond : words.took(ms));

/** Why a run failed, in a few words: ours where the code is known. */
export function whyFailed(t: Catalogue, row: RunRow): string | null {
  if (row.state !== "failed") return null;
  const known = Object.hasOwn(t.run.failures, row.failureCode ?? "") ? t.run.failures[row.failureCode ?? ""] : undefined;
  return known?.short ?? row.error ?? t.run.unknownFailure.short;
}
