// What waits for the person.
import type { Backend, RunRef } from "../backend";
import type { Approval, QuestionView, WatchView } from "../types";
import { asked, inbox } from "./inbox";
import { refuse, wait, type World } from "./world";

type Part = Pick<Backend, "approvals" | "answerTask" | "answerQuestion">;
export type Answered = (task: RunRef & { taskId: string }, approved: boolean, result: Record<string, unknown>) => void;

/** Where somebody else is always quicker: how the platform says so. */
const RACED: Record<string, string> = { task_01KB6X5D2C: "conflict", task_01KB71T6PZ: "not_found" };

export class Approvals {
  readonly #world: World;
  readonly #answered: Answered;
  #waiting: Approval[];
  #questions: QuestionView[];
  #revision = 0;

  /** `answered` lets the task's run go on. */
  constructor(world: World, answered: Answered) {
    this.#world = world;
    this.#answered = answered;
    this.#waiting = inbox(world.scenario);
    this.#questions = asked(world.scenario);
    for (const { id, until } of this.#questions) setTimeout(() => this.#dropQuestion(id), Date.parse(until) - Date.now());
    // Tests let somebody else answer by an event of the window.
    window.addEventListener("fake-answered", (event) => this.#drop(String((event as CustomEvent).detail)));
  }

  /** Every task that waits: each has a run that waits for it. */
  all(): Approval[] {
    return this.#waiting;
  }

  of(run: RunRef): Approval[] {
    return this.#waiting.filter((task) => task.runId === run.runId && task.workflowId === run.workflowId);
  }

  /** A run has come to a task. */
  add(task: Approval): void {
    this.#waiting = [...this.#waiting, task];
    this.#change();
  }

  /** A run has ended: nobody need answer its tasks. */
  dropOf(run: RunRef): void {
    const gone = this.of(run);
    if (gone.length === 0) return;
    this.#waiting = this.#waiting.filter((task) => !gone.includes(task));
    this.#change();
  }

  #drop(taskId: string): void {
    this.#waiting = this.#waiting.filter((task) => task.taskId !== taskId);
    this.#questions = this.#questions.filter((question) => question.taskId !== taskId);
    this.#change();
  }

  #dropQuestion(id: string): void {
    this.#questions = this.#questions.filter((question) => question.id !== id);
    this.#change();
  }

  #change(): void {
    this.#revision += 1;
    this.#world.rewatch();
  }

  /** Its part of what the snapshot knows. */
  known(): Pick<WatchView, "waiting" | "firstEnd" | "questions" | "approvalsRevision"> {
    const ends = this.#waiting.flatMap(({ expiresAt }) => expiresAt ?? []).filter((end) => Date.parse(end) > Date.now());
    return { waiting: this.#waiting.length, firstEnd: ends.sort()[0] ?? null, questions: this.#questions, approvalsRevision: this.#revision };
  }

  async #answer(ref: RunRef & { taskId: string }, approved: boolean, result: Record<string, unknown>): Promise<void> {
    await wait(400);
    const { scenario } = this.#world;
    if (scenario === "cut-off") return refuse("unreachable", "the BFF at api.agentruntime.io cannot be reached (connection refused).");
    const raced = scenario === "raced" ? RACED[ref.taskId] : undefined;
    if (raced || !this.#waiting.some((task) => task.taskId === ref.taskId)) {
      this.#drop(ref.taskId);
      return refuse(raced ?? "conflict", "the BFF answered that this task waits no more.");
    }
    document.documentElement.dataset["answered"] = JSON.stringify({ ...ref, approved, result });
    this.#drop(ref.taskId);
    this.#answered(ref, approved, result);
  }

  shell(): Part {
    return {
      approvals: () => this.#world.asked(() => this.#waiting, "The list of tasks", "unreachable"),
      answerTask: (task, approved, result) => this.#answer(task, approved, result),
      answerQuestion: async (id, allow) => {
        await wait(200);
        const question = this.#questions.find((known) => known.id === id);
        if (!question) return refuse("question_gone", "The agent waits no longer for this decision; nothing was sent.");
        this.#dropQuestion(id);
        document.documentElement.dataset["allowed"] = JSON.stringify({ id, allow });
        if (allow) await this.#answer(question, question.approve, question.result ?? {});
      },
    };
  }
}
