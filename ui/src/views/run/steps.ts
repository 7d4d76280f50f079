// What is told of a run's steps, in figures and in words.
import { ended } from "../../lib/app/runs";
import type { RunDetail, StepView } from "../../lib/backend/types";
import type { Catalogue } from "../../lib/i18n";
import { endOf, type Range } from "./axis";

export const begunOf = (steps: StepView[]): StepView[] => steps.filter(({ spans }) => spans.length > 0);
export const startOf = (step: StepView): number | null => (step.spans[0] ? Date.parse(step.spans[0].from) : null);
/** More steps than this are counted instead of named. */
const FEW = 2;
const OVER = ["completed", "failed", "cancelled", "skipped"];
export const isOver = ({ state }: StepView): boolean => OVER.includes(state);

/** From when to when a run lasted, or lasts so far. */
export function extentOf({ run, steps, now: told }: RunDetail, now: number): Range {
  const from = Math.min(Date.parse(run.startedAt ?? told), ...begunOf(steps).map((step) => startOf(step) ?? now));
  return { from, to: ended(run.state) ? Math.max(from + 1, Date.parse(run.endedAt ?? told)) : now };
}

/** How long a step has taken, or takes so far. */
export function stepTook(step: StepView, now: number): number | null {
  const start = startOf(step);
  const last = step.spans.at(-1);
  return start === null || !last ? null : Math.max(0, endOf(last.to, now) - start);
}

/** When the first step failed, in a run that failed. */
export function failedAt({ run, steps, failedStep }: RunDetail): number | null {
  const at = run.state === "failed" ? (steps.find(({ id }) => id === failedStep)?.spans.at(-1)?.to ?? run.endedAt) : null;
  return at === null ? null : Date.parse(at);
}

/** Steps that were not run, and will not be. */
export const neverRun = ({ run, steps }: RunDetail): StepView[] =>
  steps.filter(({ spans, state }) => spans.length === 0 && (state === "skipped" || ended(run.state)));

/** A longer line is read in the step's own panel. */
const LONGEST = 240;

/** Whether an error is said whole by its first line. */
export const oneLine = (text: string | null): boolean => text !== null && text.trim() === headline(text);

/** The first line of an error, as far as it fits a sentence. */
export function headline(text: string | null): string {
  const line = firstLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

export const firstLine = (text: string | null): string => text?.trim().split("\n")[0]?.trim() ?? "";

const asksPerson = ({ kind, spans }: StepView): boolean => kind === "human_task" || spans.some((span) => span.kind === "wait");

type Fate = keyof Catalogue["run"]["fates"];

/** What became of a task for a person; nothing for other steps, and while it waits. */
export function fateOf(step: StepView): Fate | null {
  if (!asksPerson(step) || step.spans.length === 0) return null;
  const { approved } = Object(step.result) as { approved?: unknown };
  if (typeof approved === "boolean" && isOver(step)) return approved ? "approved" : "rejected";
  return step.state === "cancelled" ? "withdrawn" : step.state === "failed" ? "unanswered" : null;
}

/** Where a step stands, in a word. */
export function stateWord(t: Catalogue, step: StepView): string {
  const fate = fateOf(step);
  return fate ? t.run.fates[fate] : t.run.states[step.state];
}

/** Why a step was not run; the step that failed is named. */
export function whySkipped(t: Catalogue, step: StepView, steps: StepView[]): string | null {
  const failed = step.state === "skipped" && step.skipReason === "blocked" ? (failedBefore(step, steps) ?? steps.find(({ state }) => state === "failed")) : null;
  if (failed) return t.run.didFail(failed.name);
  if (step.skipReason === null) return null;
  return (Object.hasOwn(t.run.skips, step.skipReason) ? t.run.skips[step.skipReason] : undefined) ?? step.skipReason;
}

/** The nearest failed step that a step waits for, be it through others. */
function failedBefore(step: StepView, steps: StepView[]): StepView | null {
  const seen = new Set([step.id]);
  const queue = [...step.dependsOn];
  for (const id of queue) {
    const before = steps.find((other) => other.id === id);
    if (!before || seen.has(id)) continue;
    if (before.state === "failed") return before;
    seen.add(id);
    queue.push(...before.dependsOn);
  }
  return null;
}

/** How far a run had come when it failed, and what became of its other steps. */
export function restWords(t: Catalogue, list: (names: string[]) => string, detail: RunDetail): string {
  const { steps } = detail;
  const told = steps.filter(({ skipReason }) => !["step_disabled", "out_of_scope"].includes(skipReason ?? ""));
  const cut = told.filter(({ state }) => state === "cancelled");
  const parts = [
    [cut.filter((step) => fateOf(step) === "withdrawn"), t.run.withdrew],
    [cut.filter((step) => fateOf(step) !== "withdrawn"), t.run.wasCut],
    [neverRun({ ...detail, steps: told }), t.run.didNotRun],
  ] as const;
  const rest = parts
    .filter(([those]) => those.length > 0)
    .map(([those, say]) => say(those.length > FEW ? t.run.manySteps(those.length) : list(those.map(({ name }) => t.run.quoted(name))), those.length))
    .join("; ");
  const done = steps.filter(({ state }) => state === "completed").length;
  return [t.run.completedOf(done, told.length), rest && `${rest}.`].filter(Boolean).join(" ");
}
