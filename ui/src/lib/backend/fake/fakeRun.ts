import type { RunRef } from "../backend";
import type { Approval, RunCommand, RunDetail, RunRow } from "../types";
import { eventsOf } from "./events";
import { play, seen, standing, type Answer, type Fate, type Take } from "./film";
import type { Plan } from "./plans";

const ENDED = ["completed", "failed", "skipped", "cancelled"];
const iso = (at: number) => new Date(at).toISOString();

/** One run: its plan, and what becomes of it. */
export class FakeRun {
  readonly plan: Plan;
  readonly id: string;
  readonly input: unknown;
  startedHere: boolean;
  followed = false;
  #fate: Fate;
  #takes: Take[];

  constructor(plan: Plan, id: string, fate: Partial<Fate> & { start: number }, input: unknown = { region: "EU", limit: 1000, dryRun: false }, startedHere = false) {
    this.plan = plan;
    this.id = id;
    this.input = input;
    this.startedHere = startedHere;
    this.#fate = { pace: 1, failure: null, answers: new Map(), pauses: [], stop: null, ...fate };
    this.#takes = play(plan, this.#fate);
  }

  get ref(): RunRef {
    return { workflowId: this.plan.id, runId: this.id };
  }

  get start(): number {
    return this.#fate.start;
  }

  #change(fate: Partial<Fate>): void {
    this.#fate = { ...this.#fate, ...fate };
    this.#takes = play(this.plan, this.#fate);
  }

  command(command: RunCommand, now: number): void {
    const { pauses } = this.#fate;
    if (command === "pause") this.#change({ pauses: [...pauses, { from: now, to: Number.POSITIVE_INFINITY }] });
    else if (command === "resume") this.#change({ pauses: pauses.map((pause) => ({ ...pause, to: Math.min(pause.to, now) })) });
    else this.#change({ stop: { at: now, how: command } });
  }

  answer(stepId: string, answer: Answer): void {
    this.#change({ answers: new Map([...this.#fate.answers, [stepId, answer]]) });
  }

  /** The steps at which it waits for a person now. */
  waits(now: number): Take[] {
    return this.#takes.filter((take) => take.step.asks && take.begin <= now && take.end > now);
  }

  row(now: number): RunRow {
    const { state: stands, end } = standing(this.#takes, this.#fate, now);
    const waiting = this.waits(now).length;
    const state = stands === "running" && waiting > 0 ? "waiting" : stands;
    const failure = state === "failed" ? this.#failure() : null;
    return {
      id: this.id, workflowId: this.plan.id, workflowName: this.plan.name, state,
      waiting,
      stepsDone: this.#takes.filter((take) => take.end <= now && ENDED.includes(take.outcome)).length,
      steps: this.#takes.length,
      startedAt: state === "queued" ? null : iso(this.start), endedAt: end === null ? null : iso(end),
      failureCode: failure?.code ?? null, error: failure?.error ?? null,
      startedHere: this.startedHere, followed: this.followed,
    };
  }

  #failure() {
    return this.#fate.failure ?? { code: "HUMAN_TASK_FAILED", error: "A person rejected the task." };
  }

  /** What tells whether something has changed that people can see. */
  mark(now: number): string {
    return JSON.stringify([this.row(now), this.#takes.map((take) => take.bars.filter(({ from }) => from <= now).length)]);
  }

  detail(now: number, approvals: Approval[], consoleUrl: string | null): RunDetail {
    const run = this.row(now);
    const steps = this.#takes.map((take) => seen(take, { ...Object(this.input), step: take.step.id }, now));
    const first = (id: string) => this.#takes.find((take) => take.step.id === id)?.begin ?? 0;
    const begun = steps.filter(({ spans }) => spans.length > 0).sort((a, b) => first(a.id) - first(b.id));
    return {
      run,
      steps: [...begun, ...steps.filter(({ spans }) => spans.length === 0)],
      failedStep: steps.find(({ state }) => state === "failed")?.id ?? null,
      events: eventsOf(this.#takes, this.#fate, run.state, run.endedAt === null ? null : Date.parse(run.endedAt), now),
      moreEvents: false,
      input: this.input, inputSchema: this.plan.schema,
      context: { input: this.input, steps: Object.fromEntries(begun.map(({ id, input, result }) => [id, { input, result }])) },
      approvals, consoleUrl, now: iso(now),
    };
  }
}
