// The runs of the fake: they go on while they are looked at.
import type { Backend, RunRef } from "../backend";
import type { Approval, RunRow, RunsQuery, WatchView } from "../types";
import type { Approvals } from "./approvals";
import { FakeRun } from "./fakeRun";
import { past, unseen } from "./past";
import { PLANS } from "./plans";
import { refuse, wait, type World } from "./world";

type Part = Pick<Backend, "runs" | "workflows" | "run" | "commandRun" | "startRun" | "followRun" | "seenFailures" | "onRuns">;
const ENDED = ["completed", "failed", "stopped"];
const BEAT = 250;

export class Runs {
  readonly #world: World;
  readonly #approvals: Approvals;
  readonly #hearing = new Set<(changed: RunRow[]) => void>();
  readonly #marks = new Map<FakeRun, string>();
  #all: FakeRun[];
  /** Those that have not ended. */
  #live: FakeRun[];
  #failures: string[];
  #revision = 0;
  /** Where the active runs stand, and how often that has changed. */
  #stood = "";
  #states = 0;
  #made = 0;

  constructor(world: World, approvals: Approvals) {
    this.#world = world;
    this.#approvals = approvals;
    const now = Date.now();
    this.#all = past(world.scenario, approvals.all(), now);
    this.#live = this.#all.filter((run) => !ENDED.includes(run.row(now).state));
    this.#failures = unseen(world.scenario);
    for (const run of this.#live) this.#marks.set(run, run.mark(now));
    setInterval(() => this.#beat(), BEAT);
    // Tests let somebody else answer for a run, and start so many, by events of the window.
    window.addEventListener("fake-answer", (event) => {
      const now = Date.now();
      for (const run of this.#live.filter(({ id }) => id === (event as CustomEvent).detail)) for (const { step } of run.waits(now)) run.answer(step.id, { at: now, approved: true, result: {} });
      this.#beat();
    });
    window.addEventListener("fake-runs", (event) => {
      for (let i = 0; i < Number((event as CustomEvent).detail); i++) this.#start("wf_2f71c0de", {}, false);
    });
  }

  #find({ workflowId, runId }: RunRef): FakeRun | undefined {
    return this.#all.find((run) => run.id === runId && run.plan.id === workflowId);
  }

  /** Tells of what has changed since the last time. */
  #beat(): void {
    const now = Date.now();
    const changed = this.#live.filter((run) => run.mark(now) !== this.#marks.get(run));
    if (changed.length === 0) return;
    const rows = changed.map((run) => run.row(now));
    for (const run of changed) this.#marks.set(run, run.mark(now));
    const ended = changed.filter((_, i) => ENDED.includes(rows[i]?.state ?? ""));
    for (const run of changed) this.#ask(run, now);
    if (ended.length > 0) {
      this.#live = this.#live.filter((run) => !ended.includes(run));
      this.#failures.unshift(...rows.filter(({ state }) => state === "failed").map(({ id }) => id));
      this.#revision += 1;
      for (const run of ended) this.#approvals.dropOf(run.ref);
    }
    const stood = this.#live.map((run) => `${run.id} ${run.row(now).state}`).join();
    if (stood !== this.#stood) this.#states += 1;
    this.#stood = stood;
    for (const heard of this.#hearing) heard(rows);
    this.#world.rewatch();
  }

  /** A run that has come to a person's step puts its task into the inbox. */
  #ask(run: FakeRun, now: number): void {
    const known = this.#approvals.of(run.ref).map(({ stepId }) => stepId);
    for (const { step, begin } of run.waits(now).filter((take) => !known.includes(take.step.id))) {
      this.#approvals.add({
        taskId: `task_${run.id}_${step.id}`, ...run.ref, workflowName: run.plan.name, stepId: step.id, taskType: "approval", title: step.asks ?? step.name,
        description: null, details: { input: run.input }, fields: [], createdAt: new Date(begin).toISOString(), expiresAt: null,
      } satisfies Approval);
    }
  }

  answered(task: RunRef & { taskId: string }, approved: boolean, result: Record<string, unknown>): void {
    const now = Date.now();
    const run = this.#find(task);
    const step = run?.waits(now)[0]?.step.id;
    if (run && step) run.answer(step, { at: now, approved, result });
    this.#beat();
  }

  known(): Pick<WatchView, "link" | "active" | "failures" | "latest" | "runsRevision" | "statesRevision"> {
    const now = Date.now();
    const cutOff = ["error", "cut-off"].includes(this.#world.scenario);
    const failures = this.#failures.flatMap((id) => this.#all.find((run) => run.id === id)?.row(now) ?? []);
    return {
      link: cutOff ? { kind: "away", since: new Date(now - 180_000).toISOString(), code: "unreachable" } : { kind: "live" },
      active: this.#live.length, failures: failures.slice(0, 10), latest: this.#live.slice(0, 5).map((run) => run.row(now)), runsRevision: this.#revision, statesRevision: this.#states,
    };
  }

  #start(workflowId: string, input: unknown, here: boolean): FakeRun {
    const plan = PLANS.find(({ id }) => id === workflowId) ?? this.#all.find((run) => run.plan.id === workflowId)?.plan ?? PLANS[0]!;
    const run = new FakeRun(plan, `run_01KB8NEW${String(this.#made++).padStart(4, "0")}`, { start: Date.now() }, input, here);
    this.#all = [run, ...this.#all];
    this.#live = [run, ...this.#live];
    this.#revision += 1;
    this.#beat();
    return run;
  }

  #page({ state, workflowId, since, offset, limit }: RunsQuery) {
    const now = Date.now();
    const from = since ? Date.parse(since) : 0;
    const fits = (run: FakeRun) => {
      if ((workflowId && run.plan.id !== workflowId) || run.start < from) return false;
      const is = state && run.row(now).state;
      return !state || (state === "running" ? !ENDED.includes(is ?? "") : is === state);
    };
    const all = state || workflowId || since ? this.#all.filter(fits) : this.#all;
    return { runs: all.slice(offset, offset + limit).map((run) => run.row(now)), total: all.length };
  }

  shell(): Part {
    const { asked } = this.#world;
    const withRun = async (ref: RunRef, work: (run: FakeRun) => void) => {
      await wait(150);
      const run = this.#find(ref);
      if (!run) return refuse("not_found", "the BFF answered 404: no such run.");
      if (this.#world.scenario === "cut-off") return refuse("unreachable", "the BFF at api.agentruntime.io cannot be reached (connection refused).");
      work(run);
      this.#beat();
    };
    return {
      onRuns: async (heard) => (this.#hearing.add(heard), () => this.#hearing.delete(heard)),
      runs: async (query) => (await wait(60), asked(() => this.#page(query), "The list of runs", "unreachable")),
      workflows: () => asked(() => [...new Map(this.#all.map(({ plan }) => [plan.id, { id: plan.id, name: plan.name }])).values()], "The list of workflows", "unreachable"),
      run: async (ref) => {
        await wait(60);
        const run = this.#find(ref);
        const { scenario } = this.#world;
        const url = `https://console.agentruntime.io/workflows/${ref.workflowId}/runs/${ref.runId}`;
        if (!run && scenario !== "loading" && scenario !== "error") return refuse("not_found", "the BFF answered 404: no such run.");
        return asked(() => run!.detail(Date.now(), this.#approvals.of(ref), url), "The run", "unreachable");
      },
      commandRun: (ref, command) => withRun(ref, (run) => run.command(command, Date.now())),
      startRun: async (workflowId, input) => (await wait(200), this.#start(workflowId, input, true).id),
      followRun: (ref, on) => withRun(ref, (run) => void (run.followed = on)),
      seenFailures: async (seen) => {
        this.#failures = this.#failures.filter((id) => !seen.some(({ runId }) => runId === id));
        this.#world.rewatch();
      },
    };
  }
}
