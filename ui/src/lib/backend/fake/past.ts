// Runs that a scenario begins with: some that are told by name, and as many others as it takes.
import type { Approval } from "../types";
import { FakeRun } from "./fakeRun";
import { play, type Fate } from "./film";
import { approval, closing, contract, DAYS, NIGHT, offers, orders, ping, places, reminders, translation, type Plan } from "./plans";
import type { Scenario } from "./scenarios";

const MINUTE = 60_000;
const NO_STOP = { pauses: [], stop: null, failure: null };

type Failure = NonNullable<Fate["failure"]>;
const FAILURES: Failure[] = [
  { step: "post_crm", code: "MCP_TOOL_FAILED", error: "crm.notes_create answered 503 after 3 tries: upstream connect error or disconnect/reset before headers. reset reason: connection timeout" },
  { step: "write", code: "LLM_REQUEST_FAILED", error: "model acme-large: 429 Too Many Requests (requests per minute)" },
  { step: "write", code: "INSUFFICIENT_CREDITS", error: "the project's balance is 0.00 credits; 1.20 are needed" },
  { step: "send", code: "RUN_STALLED_OR_TIMED_OUT", error: "no step reported for 15m0s" },
  { step: "find_due", code: "UPSTREAM_ERROR", error: "erp.acme.example: 502 Bad Gateway" },
  { step: "archive", code: "DEPENDENCY_UNAVAILABLE", error: "connector instance ci_44 is not running" },
  { step: "sort", code: "LUA_RUNTIME_ERROR", error: "sort.lua:14: attempt to index a nil value (field 'customer')" },
];

/** The run that a task waits in: it has come there when the task was made. */
export function runOf(task: Approval, now: number): FakeRun {
  const plan = approval(task.workflowId, task.workflowName ?? task.workflowId, task.stepId ?? "approve", task.title);
  const made = task.createdAt ? Date.parse(task.createdAt) : now;
  const reached = play(plan, { start: 0, pace: 1, answers: new Map(), ...NO_STOP }).find(({ step }) => step.asks)?.begin ?? 0;
  return new FakeRun(plan, task.runId, { start: made - reached }, { release: "Spring release", reviewer: "ana@acme.example" });
}

function told(now: number): FakeRun[] {
  const since = (minutes: number) => now - minutes * MINUTE;
  const failure = (i: number) => ({ failure: FAILURES[i] ?? null });
  const signed = (start: number) => new Map([["sign", { at: start + NIGHT, approved: true, result: { note: "AC-390 is settled by hand." } }]]);
  const read = (start: number) => new Map([["legal", { at: start + DAYS, approved: true, result: {} }]]);
  const evening = since(16 * 60);
  const paused = new FakeRun(translation, "run_01KB7HM2PA4D", { start: since(26), pace: 0.5 }, { catalogue: "spring" });
  paused.command("pause", since(25.8));
  const stopped = new FakeRun(orders, "run_01KB6ST0PP3D", { start: since(300) });
  stopped.command("stop", since(299));
  const draining = new FakeRun(orders, "run_01KB7DR41NNG", { start: since(2.2) });
  draining.command("drain", since(0.8));
  return [
    new FakeRun(orders, "run_01KB7R0NN1NG", { start: since(1.4) }, undefined, true),
    draining,
    paused,
    new FakeRun(reminders, "run_01KB7FA11EDX", { start: since(12), ...failure(0) }, { olderThanDays: 30, cc: "ledger@acme.example" }),
    new FakeRun(ping, "run_01KB7P1NG000", { start: since(7) }, {}),
    new FakeRun(closing, "run_01KB5C105ED9", { start: evening, answers: signed(evening) }, { month: "October", reviewers: ["ana@acme.example", "lena@acme.example"], dryRun: false }),
    new FakeRun(contract, "run_01KAZC0NTR4C", { start: since(4100), answers: read(since(4100)) }, { supplier: "Nordsee Freight" }),
    new FakeRun(translation, "run_01KB7TH1RTY0", { start: since(55) }, { catalogue: "spring" }),
    stopped,
    new FakeRun(offers, "run_01KB5W1THDRW", { start: since(640), failure: { step: "west", code: "UPSTREAM_ERROR", error: "order 7 has no price" } }, { quarter: 4 }),
    new FakeRun(places, "run_01KB5MANY60S", { start: since(700), failure: { step: "p50", code: "LLM_REQUEST_FAILED", error: "model acme-large: 429 Too Many Requests (requests per minute)" } }, {}),
    ...FAILURES.slice(1).map((_, i) => new FakeRun(reminders, `run_01KB4FA1L${i}0Q`, { start: since(400 + i * 310), ...failure(i + 1) })),
  ];
}

const mixed = (n: number) => Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) >>> 0;
const ALL: Plan[] = [orders, reminders, ping, translation];

/** The n-th of many runs: the same each time. */
function other(n: number, start: number): FakeRun {
  const dice = mixed(n * 7919 + 11);
  const plan = ALL[dice % ALL.length] ?? ping;
  const failure = plan === reminders && dice % 3 === 0 ? (FAILURES[dice % FAILURES.length] ?? null) : null;
  const run = new FakeRun(plan, `run_${(0x01000000 + n).toString(36).toUpperCase()}${dice.toString(36).toUpperCase().padStart(7, "0")}`, { start, failure, pace: 0.3 + (dice % 10) / 20 });
  if (plan !== ping && dice % 29 === 0) run.command("stop", start + 9000);
  return run;
}

/** The runs, the latest first. */
export function past(scenario: Scenario, tasks: Approval[], now: number): FakeRun[] {
  if (["first-run", "no-keychain", "empty"].includes(scenario)) return [];
  const named = [...told(now), ...tasks.map((task) => runOf(task, now))];
  const count = scenario === "many" ? 10_000 - named.length : 24;
  const gap = scenario === "many" ? 9 * MINUTE : 200 * MINUTE;
  const others = Array.from({ length: count }, (_, i) => other(count - i, now - 40 * MINUTE - (i + 1) * gap));
  return [...named, ...others].sort((a, b) => b.start - a.start);
}

/** Runs that failed while nobody looked. */
export const unseen = (scenario: Scenario): string[] => (["full", "error"].includes(scenario) ? ["run_01KB7FA11EDX"] : []);
