// What needs no browser: where times stand on the axis, JSON as lines, a schema as fields, and when a run is asked for again.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { App } from "../src/lib/app/app.svelte";
import { tookWords } from "../src/lib/app/runs";
import { addressOf, placeOf as railOf, routeOf } from "../src/lib/app/route";
import type { Backend } from "../src/lib/backend/backend";
import { FakeRun } from "../src/lib/backend/fake/fakeRun";
import { orders } from "../src/lib/backend/fake/plans";
import type { RunRow, RunsPage, RunsQuery, StepView } from "../src/lib/backend/types";
import { catalogues } from "../src/lib/i18n";
import { Words } from "../src/lib/text/words";
import { axisOf, busyTimes, foldsOf, placedLabels, placeOf, roomy } from "../src/views/run/axis";
import { fieldsOf, inputOf } from "../src/views/run/fields";
import { found, linesOf, marked, pathText } from "../src/views/run/json/tree";
import { drawn, fitting } from "../src/views/run/layout";
import { OpenRun } from "../src/views/run/open.svelte";
import { fateOf, restWords, whySkipped } from "../src/views/run/steps";
import { Book } from "../src/views/runs/book.svelte";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.parse("2026-11-24T20:00:00Z");

describe("an address", () => {
  test("leads where it was made for, whatever an id holds", () => {
    for (const address of ["home", "insights", "run/wf%2F1/run%20%231", "approvals", "approvals/task_1", "approvals/question/q%2F2"]) {
      const route = routeOf(`#${address}`);
      expect(route && addressOf(route)).toBe(address);
    }
    expect(routeOf("run/wf%2F1/run%20%231")?.run).toEqual({ workflowId: "wf/1", runId: "run #1" });
    expect(["", "nowhere", "run", "run/a", "run/a/b/c", "home/x", "%E0%A4%A"].map(routeOf)).toEqual(Array(7).fill(null));
    expect([railOf("run"), railOf("insights"), railOf("tools")]).toEqual(["runs", "runs", "tools"]);
  });
});

describe("the axis", () => {
  const step = (from: number, to: number | null, kind: "work" | "wait" | "retry" = "work"): StepView => ({
    id: `${from}`, name: "", kind: null, dependsOn: [], state: "completed", attempts: 1, error: null, skipReason: null, input: null, result: null,
    spans: [{ kind, from: new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString(), attempt: 1 }],
  });

  test("a night's wait is folded, and the work has nearly all the room", () => {
    const end = START + 9 * HOUR;
    const steps = [step(START, START + 20 * MINUTE), step(START + 20 * MINUTE, end - 20 * MINUTE, "wait"), step(end - 20 * MINUTE, end)];
    const busy = busyTimes(steps, end);
    expect(busy).toHaveLength(2);
    const folds = foldsOf(busy, START, end);
    expect(folds).toHaveLength(1);
    const axis = axisOf(START, end, folds, 600);
    expect(placeOf(axis, START + 20 * MINUTE)).toBeGreaterThan(0.4);
    expect(placeOf(axis, end - 20 * MINUTE)).toBeLessThan(0.6);
    expect([placeOf(axis, START), placeOf(axis, end)]).toEqual([0, 1]);
    // Without the fold, the work is a twentieth.
    expect(placeOf(axisOf(START, end, [], 600), START + 20 * MINUTE)).toBeLessThan(0.05);
    const inFold = axis.ticks.filter(({ at }) => axis.folds.some(({ left, right }) => at > left && at < right));
    expect(inFold).toEqual([]);
  });

  test("what is not that long is drawn as it was; several nights are folded each", () => {
    const short = [step(START, START + 10_000), step(START + 30_000, START + 40_000)];
    expect(foldsOf(busyTimes(short, START), START, START + 40_000)).toEqual([]);
    const nights = [0, 1, 2, 3].map((night) => step(START + night * 15 * HOUR, START + night * 15 * HOUR + 10 * MINUTE));
    const end = START + 45 * HOUR + 10 * MINUTE;
    const folds = foldsOf(busyTimes(nights, end), START, end);
    expect(folds).toHaveLength(3);
    const axis = axisOf(START, end, folds, 600);
    expect(axis.pieces.filter(({ folded }) => !folded).reduce((sum, { left, right }) => sum + right - left, 0)).toBeGreaterThan(0.59);
  });

  test("ticks are few, apart and of a fitting kind, from milliseconds to days", () => {
    for (const [long, unit] of [[240, "elapsed"], [90_000, "elapsed"], [5 * MINUTE, "second"], [30 * MINUTE, "minute"], [9 * HOUR, "minute"], [20 * 24 * HOUR, "day"]] as const) {
      const { ticks } = axisOf(START, START + long, [], 600);
      expect(ticks.length, String(long)).toBeGreaterThanOrEqual(2);
      expect(ticks.length, String(long)).toBeLessThanOrEqual(12);
      expect(ticks.every((tick, i) => i === 0 || tick.at - (ticks[i - 1]?.at ?? 0) >= 75 / 600), String(long)).toBe(true);
      expect(ticks[0]?.unit, String(long)).toBe(unit);
    }
  });

  test("labels never lie on each other, wherever they are moved to; now comes first, then folds, then times", () => {
    const labels = [
      { kind: "now", x: 338, text: "Now" }, { kind: "fold", x: 285, text: "≈ 26m" }, { kind: "fold", x: 150, text: "≈ 8h" },
      { kind: "tick", x: 2, text: "17:22:00" }, { kind: "tick", x: 55, text: "17:22:30" }, { kind: "tick", x: 165, text: "17:30:00" }, { kind: "tick", x: 236, text: "17:31:00" },
    ] as const;
    const placed = placedLabels([...labels], 348);
    expect(placed.map(({ text }) => text)).toEqual(["Now", "≈ 8h", "17:22:00", "17:31:00"]);
    const row = placed.map(({ left, wide }) => [left, left + wide] as const).sort(([a], [b]) => a - b);
    expect(row.every(([left], i) => i === 0 || left > (row[i - 1]?.[1] ?? 0))).toBe(true);
    expect([row[0]?.[0], row.at(-1)?.[1]]).toEqual([0, 348]);
  });

  test("a step that lasts is drawn up to now; the axis' end keeps still for a while", () => {
    expect(busyTimes([step(START, null)], START + 5000)).toEqual([{ from: START, to: START + 5000 }]);
    const end = roomy(START, START + 60_000);
    expect(end).toBeGreaterThan(START + 60_000);
    expect(roomy(START, START + 61_000)).toBe(end);
  });
});

describe("steps in words", () => {
  const en = catalogues.en;
  const step = (id: string, more: Partial<StepView> = {}): StepView => ({
    id, name: id.toUpperCase(), kind: "mcp_call", dependsOn: [], state: "completed", attempts: 1, error: null, skipReason: null, input: null, result: null,
    spans: [{ kind: "work", from: "2026-11-24T20:00:00Z", to: "2026-11-24T20:00:09Z", attempt: 1 }], ...more,
  });
  const skipped = (id: string, dependsOn: string[], skipReason = "blocked") => step(id, { state: "skipped", spans: [], skipReason, dependsOn });

  test("a task for a person ends in one of four ways", () => {
    const task = (more: Partial<StepView>) => fateOf(step("a", { kind: "human_task", ...more }));
    expect([task({ result: { approved: true } }), task({ result: { approved: false } }), task({ state: "failed", result: { approved: false } })]).toEqual(["approved", "rejected", "rejected"]);
    expect([task({ state: "cancelled" }), task({ state: "failed" }), task({ state: "waiting" }), task({}), fateOf(step("b", { result: { approved: true } }))]).toEqual(["withdrawn", "unanswered", null, null, null]);
  });

  test("what was skipped names the step that failed, however far before it; what was never to run is not counted", () => {
    const steps = [step("a"), step("b", { state: "failed" }), step("c", { state: "cancelled" }), skipped("d", ["b"]), skipped("e", ["d"]), skipped("f", ["a"], "step_disabled")];
    expect(steps.slice(3).map((one) => whySkipped(en, one, steps))).toEqual(["“B” failed", "“B” failed", "switched off in the workflow"]);
    const run = new FakeRun(orders, "run_1", { start: 0 }).detail(0, [], null);
    const words = new Words("en");
    const rest = (all: StepView[]) => restWords(en, (names) => words.list(names), { ...run, run: { ...run.run, state: "failed" }, steps: all });
    expect(rest(steps)).toBe("1 of 5 steps completed. “C” was cut off; “D” and “E” did not run.");
    expect(rest([...steps, skipped("g", ["e"])])).toBe("1 of 6 steps completed. “C” was cut off; 3 steps did not run.");
    expect(rest([step("a", { state: "failed" })])).toBe("0 of 1 step completed.");
  });

  test("what has just begun takes no milliseconds", () => {
    const app = { t: en, words: new Words("en") };
    expect([tookWords(app, 427, false), tookWords(app, 427, true), tookWords(app, 4000, false)]).toEqual(["< 1s", "427 ms", "4s"]);
  });
});

test("a graph is drawn as large as fits, as far as it can be read", () => {
  expect([fitting(500, 700), fitting(875, 700), fitting(2000, 700)]).toEqual([1, 0.8, 0.7]);
  const chain = Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, dependsOn: i > 0 ? [`${i - 1}`] : [] }) as unknown as StepView);
  expect(drawn(chain, "right").width).toBeLessThanOrEqual(700);
});

test("how long something took, in both languages", () => {
  const [en, de] = [new Words("en"), new Words("de")];
  expect([84, 2400, 10_000, 59_960, 200_000, 9 * HOUR + 4 * MINUTE, 51 * HOUR].map((ms) => en.took(ms))).toEqual(["84 ms", "2.4s", "10s", "1m", "3m 20s", "9h 4m", "2d 3h"]);
  expect([2400, 200_000].map((ms) => de.took(ms).replaceAll("\u00a0", " "))).toEqual(["2,4 s", "3 min 20 s"]);
});

describe("JSON", () => {
  const value = { a: { "b c": [1, { d: "needle" }] }, "x/y": null, n: 3 };

  test("lines of what is unfolded, up to so many", () => {
    const shut = linesOf(value, () => false, 10);
    expect(shut.lines.map(({ key, kind, count }) => [key, kind, count])).toEqual([["a", "object", 1], ["x/y", "null", 0], ["n", "number", 0]]);
    const open = linesOf(value, () => true, 3);
    expect([open.lines.length, open.total]).toEqual([3, 7]);
    expect(linesOf("text", () => true, 10).lines.map(({ text }) => text)).toEqual(["text"]);
  });

  test("a search says what to mark and what to unfold", () => {
    const { hits, opens } = found(value, "NEEDLE");
    expect([...hits]).toEqual(["/a/b c/1/d"]);
    expect([...opens].sort()).toEqual(["", "/a", "/a/b c", "/a/b c/1"]);
    expect([...found(value, "x/y").hits]).toEqual(["/x~1y"]);
    expect(found(value, "").hits.size).toBe(0);
    expect(pathText(["a", "b c", 1, "d"])).toBe('a["b c"][1].d');
    expect(marked("aXbx", "x")).toEqual([{ text: "a", hit: false }, { text: "X", hit: true }, { text: "b", hit: false }, { text: "x", hit: true }]);
  });
});

test("a plain schema becomes fields, another does not; what they do not name stays", () => {
  const schema = {
    type: "object", required: ["name"],
    properties: { name: { type: "string", title: "Name" }, size: { type: "integer" }, kind: { enum: ["a", "b"] }, on: { type: "boolean" } },
  };
  const fields = fieldsOf(schema, { name: "x", size: 2, more: [1] });
  expect(fields?.map(({ name, label, kind, required, value }) => [name, label, kind, required, value])).toEqual([
    ["name", "Name", "text", true, "x"], ["size", "size", "number", false, 2], ["kind", "kind", "choice", false, null], ["on", "on", "boolean", false, null],
  ]);
  expect(inputOf(fields ?? [], { name: "y", size: null }, { name: "x", size: 2, more: [1] })).toEqual({ name: "y", more: [1] });
  expect(fieldsOf({ type: "object", properties: { deep: { type: "object" } } }, {})).toBeNull();
  expect(fieldsOf(schema, { size: "two" })).toBeNull();
  expect([fieldsOf(null, {}), fieldsOf({ type: "array" }, []), fieldsOf({ type: "object", properties: {} }, {})]).toEqual([null, null, null]);
});

describe("asking", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("navigator", { languages: ["en"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("a run that goes on changing is asked for less and less often, at last once a second; a quiet one once a minute; one that ended, never", async () => {
    let asked = 0;
    let run = new FakeRun(orders, "run_1", { start: Date.now() - 1000 });
    const app = new App({ run: async () => (asked++, run.detail(Date.now(), [], null)) } as unknown as Backend);
    const open = new OpenRun(app, run.ref);
    await open.load();
    expect(asked).toBe(1);
    const times: number[] = [];
    const begun = Date.now();
    for (let i = 0; i < 200; i++) {
      open.hear([run.row(Date.now())]);
      const seen = asked;
      await vi.advanceTimersByTimeAsync(25);
      if (asked > seen) times.push(Date.now() - begun);
    }
    // The first look was a quarter of a second before the second one.
    expect(times).toEqual([250, 750, 1750, 2750, 3750, 4750]);
    await vi.advanceTimersByTimeAsync(3000);
    const rested = asked;
    open.hear([run.row(Date.now())]);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked - rested, "after a rest it is asked at once").toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    const before = asked;
    await vi.advanceTimersByTimeAsync(3 * MINUTE + 500);
    expect(asked - before).toBe(3);
    run = new FakeRun(orders, "run_1", { start: Date.now() - 24 * HOUR });
    open.hear([run.row(Date.now())]);
    await vi.advanceTimersByTimeAsync(500);
    expect(open.active).toBe(false);
    const ended = asked;
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(asked).toBe(ended);
    // Another run's change is no reason, nor is any after the page was left.
    open.hear([{ ...run.row(Date.now()), id: "run_2" }]);
    open.close();
    open.hear([run.row(Date.now())]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toBe(ended);
  });

  test("the list: pages by where they stand, rows moved by what came, answers that are too late dropped", async () => {
    const row = (n: number): RunRow => ({
      id: `run_${n}`, workflowId: "wf", workflowName: "W", state: "completed", waiting: 0, stepsDone: 1, steps: 1, startedAt: null, endedAt: null, failureCode: null,
      error: null, startedHere: false, followed: false,
    });
    let all = Array.from({ length: 1000 }, (_, i) => row(1000 - i));
    const asked: number[] = [];
    let slow = false;
    const runs = async ({ offset, limit, state }: RunsQuery): Promise<RunsPage> => {
      asked.push(offset);
      const matching = state ? all.slice(0, 1) : all;
      if (slow) await new Promise((done) => setTimeout(done, 500));
      return { runs: matching.slice(offset, offset + limit), total: matching.length };
    };
    const app = new App({ runs } as unknown as Backend);
    const book = new Book(app);
    await book.load();
    expect([book.total, book.row(0)?.id, book.row(150)]).toEqual([1000, "run_1000", undefined]);
    book.want(620, 650);
    await vi.advanceTimersByTimeAsync(200);
    expect(book.row(640)?.id).toBe("run_360");
    expect(asked).toEqual([0, 500, 600]);
    const moves: number[] = [];
    book.onshift = (by) => void moves.push(by);
    all = [row(1003), row(1002), row(1001), ...all];
    await book.follow();
    await vi.advanceTimersByTimeAsync(200);
    expect([moves, book.total, book.row(0)?.id, book.row(643)?.id]).toEqual([[3], 1003, "run_1003", "run_360"]);
    book.patch([{ ...row(1001), state: "failed" }, row(5000)]);
    expect([book.row(2)?.state, book.total]).toEqual(["failed", 1003]);
    all = all.slice(2);
    await book.follow();
    expect([moves, book.row(0)?.id]).toEqual([[3, -2], "run_1001"]);
    // The filter changes while an answer is on its way.
    slow = true;
    const old = book.load();
    slow = false;
    app.runFilter.state = "failed";
    await book.load();
    await vi.advanceTimersByTimeAsync(1000);
    await old;
    expect(book.total).toBe(1);
  });
});
