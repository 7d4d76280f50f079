// What is told of a run's steps, in figures.
import type { StepView } from "../../lib/backend/types";
import { endOf } from "./axis";

export const begunOf = (steps: StepView[]): StepView[] => steps.filter(({ spans }) => spans.length > 0);
export const startOf = (step: StepView): number | null => (step.spans[0] ? Date.parse(step.spans[0].from) : null);
const OVER = ["completed", "failed", "cancelled", "skipped"];
export const isOver = ({ state }: StepView): boolean => OVER.includes(state);

/** How long a step has taken, or takes so far. */
export function stepTook(step: StepView, now: number): number | null {
  const start = startOf(step);
  const last = step.spans.at(-1);
  return start === null || !last ? null : Math.max(0, endOf(last.to, now) - start);
}
