// What a run tells of itself, in order.
import type { EventView, RunState } from "../types";
import type { Fate, Take } from "./film";

type Told = { kind: string; at: number; stepId: string | null; data: unknown };

const ofStep = ({ step, begin, end, bars, outcome, error, skip, result }: Take): Told[] => {
  const told = (kind: string, at: number, data: unknown): Told => ({ kind, at, stepId: step.id, data });
  if (outcome === "skipped") return [told("step_skipped", end, { reason: skip })];
  return [
    told("step_started", begin, { kind: step.kind }),
    ...bars.filter(({ kind }) => kind === "retry").map(({ from, attempt }) => told("step_retry_scheduled", from, { attempt, error: "503: the service is not available just now" })),
    ...bars.filter(({ kind }) => kind === "wait").map(({ from }) => told("human_task_created", from, { title: step.asks })),
    outcome === "failed" ? told("step_failed", end, { error }) : told(`step_${outcome}`, end, outcome === "completed" ? { result } : {}),
  ];
};

export function eventsOf(takes: Take[], fate: Fate, state: RunState, end: number | null, now: number): EventView[] {
  const run = (kind: string, at: number, data: unknown = {}): Told => ({ kind, at, stepId: null, data });
  const all = [
    run("run_started", fate.start),
    ...takes.flatMap(ofStep),
    ...fate.pauses.flatMap(({ from, to }) => [run("run_paused", from), run("run_resumed", to)]),
    ...(fate.stop ? [run(fate.stop.how === "drain" ? "run_draining" : "run_stop_requested", fate.stop.at)] : []),
    ...(end === null ? [] : [run(`run_${state}`, end, state === "failed" ? { code: fate.failure?.code ?? "HUMAN_TASK_FAILED" } : {})]),
  ];
  return all
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at - b.at)
    .map(({ at, ...told }, i) => ({ id: `ev_${i + 1}`, ...told, at: new Date(at).toISOString() }));
}
