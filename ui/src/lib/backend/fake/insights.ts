// How runs went: a month with a bad Thursday in it, the same each time.
import type { Granularity, Insights, InsightsWindow, RunsPoint, UsagePoint } from "../types";
import type { Scenario } from "./scenarios";

const DAY = 24 * 3600_000;
const SPANS: Record<InsightsWindow, { granularity: Granularity; points: number; ms: number }> = {
  week: { granularity: "day", points: 7, ms: DAY },
  month: { granularity: "day", points: 30, ms: DAY },
  all: { granularity: "week", points: 26, ms: 7 * DAY },
};
/** How many days ago things went wrong. */
const BAD = 11;

function pointAt(i: number, points: number, ms: number): RunsPoint {
  const from = Math.floor(Date.now() / DAY) * DAY - (points - 1 - i) * ms;
  const back = points - 1 - i;
  const weekend = ms === DAY && [0, 6].includes(new Date(from).getUTCDay());
  const scale = ms / DAY;
  const base = Math.round((weekend && back !== BAD && back !== BAD - 1 ? 2 : 9 + ((i * 7) % 6) + i / 4) * (scale === 1 ? 1 : 5));
  const bad = ms === DAY ? (back === BAD ? 0.55 : back === BAD - 1 ? 0.25 : 0) : back === 1 ? 0.16 : 0;
  const failed = Math.round(base * bad) + Number((i * 5) % 4 === 0 && !weekend);
  const stopped = Number((i * 3) % 7 === 0) * (scale === 1 ? 1 : 3);
  const running = back === 0 ? 3 : 0;
  return { from: new Date(from).toISOString(), completed: Math.max(0, base - failed), failed, stopped, started: Math.max(base, failed) + stopped + running };
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

function nothing(window: InsightsWindow): Insights {
  const { granularity, points, ms } = SPANS[window];
  const runs = Array.from({ length: points }, (_, i) => ({ from: pointAt(i, points, ms).from, completed: 0, failed: 0, stopped: 0, started: 0 }));
  return {
    live: 0, successRate: null, ended: 0, credits: 0, granularity, runs, usage: runs.map(({ from }) => ({ from, credits: 0, steps: 0 })), missing: [],
  };
}

export function insightsOf(scenario: Scenario, window: InsightsWindow): Insights {
  if (scenario === "empty") return nothing(window);
  const { granularity, points, ms } = SPANS[window];
  const runs = Array.from({ length: points }, (_, i) => pointAt(i, points, ms));
  const usage: UsagePoint[] = runs.map(({ from, started }, i) => ({ from, credits: Math.round((started * (3.2 + (i % 5) / 4)) * 10) / 10, steps: started * 6 }));
  const ended = sum(runs.map((point) => point.completed + point.failed + point.stopped));
  const well = sum(runs.map((point) => point.completed));
  const whole: Insights = {
    live: 8, successRate: well / ended, ended,
    credits: Math.round(sum(usage.map((point) => point.credits)) * 10) / 10, granularity, runs, usage, missing: [],
  };
  if (scenario !== "untold") return whole;
  const few = runs.map((point, i) => ({ ...point, completed: Number(i === 1), failed: Number(i === 4), stopped: 0, started: Number([1, 4].includes(i)) }));
  return { ...whole, live: null, credits: null, usage: [], successRate: null, ended: 2, runs: few, missing: ["live", "credits", "usage"] };
}
