// Plays a plan: what each step did and does, up to a moment.
import type { RunState, StepSpan, StepState, StepView } from "../types";
import type { Plan, PlanStep } from "./plans";

export type Answer = { at: number; approved: boolean; result: Record<string, unknown> };
/** What becomes of a run, so far as it is known. */
export type Fate = {
  start: number;
  /** How much slower or faster than planned. */
  pace: number;
  failure: { step: string; code: string; error: string } | null;
  answers: Map<string, Answer>;
  pauses: { from: number; to: number }[];
  stop: { at: number; how: "drain" | "stop" } | null;
};
type Bar = { kind: StepSpan["kind"]; from: number; to: number; attempt: number };
export type Take = { step: PlanStep; begin: number; end: number; bars: Bar[]; outcome: StepState; error: string | null; skip: string | null; result: unknown };

const NEVER = Number.POSITIVE_INFINITY;
const BETWEEN = 4;

export function play(plan: Plan, fate: Fate): Take[] {
  const takes = new Map<string, Take>();
  for (const step of plan.steps) takes.set(step.id, one(step, step.after.flatMap((id) => takes.get(id) ?? []), fate));
  // The first failure ends the run: what is under way is cut off.
  const failed = fate.failure ? takes.get(fate.failure.step) : undefined;
  if (failed?.outcome !== "failed") return [...takes.values()];
  return [...takes.values()].map((take) =>
    take.begin >= failed.end && take.outcome !== "skipped" ? past(take.step, "blocked", failed.end) : cut(take, { ...fate, stop: { at: failed.end, how: "stop" } }),
  );
}

const past = (step: PlanStep, skip: string, at: number): Take => ({ step, begin: NEVER, end: at, bars: [], outcome: "skipped", error: null, skip, result: null });

function one(step: PlanStep, before: Take[], fate: Fate): Take {
  const ready = Math.max(fate.start, ...before.map(({ end }) => end));
  if (step.disabled) return past(step, "step_disabled", ready);
  if (before.some(({ outcome, skip }) => outcome !== "completed" && skip !== "step_disabled" && Number.isFinite(ready))) return past(step, "blocked", ready);
  let begin = ready + BETWEEN * fate.pace;
  for (const { from, to } of fate.pauses) if (begin >= from && begin < to) begin = to;
  if (fate.stop && begin >= fate.stop.at) return past(step, "run_stopped", fate.stop.at);
  return cut({ ...whole(step, begin, fate), step }, fate);
}

function whole(step: PlanStep, begin: number, fate: Fate): Take {
  const bars: Bar[] = [];
  let at = begin;
  const add = (kind: Bar["kind"], ms: number, attempt: number) => {
    bars.push({ kind, from: at, to: at + ms, attempt });
    at += ms;
  };
  const take = (outcome: StepState, error: string | null, result: unknown): Take => ({ step, begin, end: at, bars, outcome, error, skip: null, result });
  if (step.asks) {
    const answer = fate.answers.get(step.id);
    add("wait", answer ? Math.max(0, answer.at - at) : NEVER, 1);
    if (!answer) return take("waiting", null, null);
    return answer.approved ? take("completed", null, { approved: true, ...answer.result }) : take("failed", "A person rejected the task.", { approved: false, ...answer.result });
  }
  const { times = 0, works = 0, gap = 0 } = step.fails ?? {};
  for (let i = 1; i <= times; i++) {
    add("work", works * fate.pace, i);
    add("retry", gap * i * fate.pace, i);
  }
  add("work", step.takes * fate.pace, times + 1);
  const failed = fate.failure?.step === step.id ? fate.failure : null;
  return failed ? take("failed", failed.error, null) : take("completed", null, step.result ?? { ok: true });
}

/** "Stop" ends at once what is under way; nobody need answer a task of a run that is drained. */
function cut(take: Take, { stop }: Fate): Take {
  if (!stop || take.end <= stop.at || (stop.how === "drain" && take.outcome !== "waiting")) return take;
  const bars = take.bars.filter(({ from }) => from < stop.at).map((bar) => ({ ...bar, to: Math.min(bar.to, stop.at) }));
  return { ...take, bars, end: stop.at, outcome: "cancelled", error: null, result: null };
}

const iso = (at: number) => new Date(at).toISOString();

/** A step as it is seen at a moment. */
export function seen(take: Take, input: unknown, now: number): StepView {
  const { step, begin, end, bars } = take;
  const begun = bars.filter(({ from }) => from <= now);
  const over = end <= now;
  const last = begun.at(-1);
  const state: StepState =
    over ? take.outcome
    : begin > now ? "pending"
    : last?.kind === "wait" ? "waiting"
    : last?.kind === "retry" ? "retrying"
    : "running";
  return {
    id: step.id, name: step.name, kind: step.kind, dependsOn: step.after, state,
    attempts: last?.attempt ?? 0,
    spans: begun.map(({ kind, from, to, attempt }) => ({ kind, from: iso(from), to: to <= now ? iso(to) : null, attempt })),
    error: over ? take.error : last && last.attempt > 1 ? "503: the service is not available just now" : null,
    skipReason: over ? take.skip : null,
    input: begin <= now ? input : null,
    result: over ? take.result : null,
  };
}

/** Where the run stands at a moment, and when it ended. */
export function standing(takes: Take[], fate: Fate, now: number): { state: RunState; end: number | null } {
  const end = Math.max(fate.start, ...takes.map((take) => take.end));
  if (end <= now) {
    if (fate.stop && takes.some(({ outcome, skip }) => outcome === "cancelled" || skip === "run_stopped")) return { state: "stopped", end };
    return { state: takes.some(({ outcome }) => outcome === "failed") ? "failed" : "completed", end };
  }
  if (fate.start > now) return { state: "queued", end: null };
  if (fate.stop) return { state: "draining", end: null };
  if (fate.pauses.some(({ from, to }) => from <= now && now < to)) return { state: "paused", end: null };
  const states = takes.map((take) => seen(take, null, now).state);
  const busy = states.some((state) => state === "running" || state === "retrying");
  return { state: !busy && states.includes("waiting") ? "waiting" : "running", end: null };
}
