// The inbox: what waits, what was entered, and what became of it. It outlives the view, so that nothing entered is lost.
import type { App } from "../../lib/app/app.svelte";
import { routeToChosen } from "../../lib/app/route";
import { asFailure } from "../../lib/backend/failure";
import type { Approval, Failure, QuestionView } from "../../lib/backend/types";
import { Draft } from "./draft.svelte";

/** What the person said last, to be told in a line. */
export type Said = { what: "approved" | "rejected" | "allowed" | "disallowed"; title: string; workflowId: string; runId: string };
/** Why what is looked at waits no more, where it is known. */
export type Gone = "conflict" | "not_found" | "elsewhere";

export class Inbox {
  approvals = $state.raw<Approval[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  said = $state.raw<Said | null>(null);
  /** The task whose answer is on its way. */
  answering = $state.raw<{ taskId: string; approved: boolean } | null>(null);

  /** The question whose answer is on its way. */
  #allowing = $state.raw<QuestionView | null>(null);

  readonly #app: App;
  readonly #drafts = new Map<string, Draft>();
  readonly #seen = new Map<string, Approval>();
  readonly #gone = new Map<string, Gone>();
  /** What was answered: a list that does not know of it yet does not bring it back. */
  readonly #over = new Set<string>();
  #profile: string | null = null;
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
  }

  /** Asks anew; an older answer that arrives later is dropped. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#settle();
    try {
      const approvals = await this.#app.backend.approvals();
      if (asked !== this.#asked) return;
      for (const approval of approvals) this.#seen.set(approval.taskId, approval);
      this.approvals = approvals.filter(({ taskId }) => !this.#over.has(taskId));
      this.failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    }
  }

  /** Another workspace has another inbox. */
  #settle(): void {
    const profile = this.#app.snapshot?.activeProfile ?? null;
    if (this.#profile === profile) return;
    if (this.#profile !== null) {
      this.approvals = null;
      this.said = null;
      this.#seen.clear();
      if (this.#app.chosen?.kind === "task") this.#app.show(routeToChosen(null), "replace");
    }
    this.#profile = profile;
  }

  /** A task, also one that waits no more but was seen. */
  task(id: string): Approval | null {
    return this.approvals?.find((task) => task.taskId === id) ?? this.#seen.get(id) ?? null;
  }

  /** Why a task that is looked at waits no more. */
  gone(id: string): Gone | null {
    if (this.approvals === null || this.answering?.taskId === id) return null;
    if (this.approvals.some((task) => task.taskId === id)) return null;
    return this.#gone.get(id) ?? "elsewhere";
  }

  draft(task: Approval): Draft {
    const known = this.#drafts.get(task.taskId);
    if (known) return known;
    const draft = new Draft(task, this.#app.language);
    this.#drafts.set(task.taskId, draft);
    return draft;
  }

  /** Sends an answer; what was entered stays until it is given. `onanswered` goes on from the task while it is still there. */
  async answer(task: Approval, approved: boolean, result: Record<string, unknown>, onanswered: () => void): Promise<void> {
    if (this.answering) return;
    const { taskId, title, workflowId, runId } = task;
    const draft = this.draft(task);
    draft.failure = null;
    this.answering = { taskId, approved };
    try {
      await this.#app.backend.answerTask({ workflowId, runId, taskId }, approved, result);
      this.said = { what: approved ? "approved" : "rejected", title, workflowId, runId };
      onanswered();
      this.#drop(taskId);
      this.#drafts.delete(taskId);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === "conflict" || failure.code === "not_found") {
        this.#gone.set(taskId, failure.code);
        this.#drop(taskId);
      } else {
        draft.failure = failure;
      }
    }
    this.answering = null;
    void this.load();
  }

  get questions(): QuestionView[] {
    return this.#app.snapshot?.watch.questions ?? [];
  }

  /** A question that is open, or is being answered. */
  question(id: string): QuestionView | null {
    return this.questions.find((question) => question.id === id) ?? (this.#allowing?.id === id ? this.#allowing : null);
  }

  /** Says whether an agent may answer; a failure is the caller's to show. `onanswered` goes on from the question while it is still there. */
  async allow(question: QuestionView, allow: boolean, onanswered: () => void): Promise<void> {
    const { id, approval, workflowId, runId } = question;
    this.#allowing = question;
    try {
      await this.#app.backend.answerQuestion(id, allow);
      const title = approval?.title ?? this.#app.t.approvals.unknownTask;
      this.said = { what: allow ? "allowed" : "disallowed", title, workflowId, runId };
      onanswered();
    } finally {
      this.#allowing = null;
    }
  }

  #drop(taskId: string): void {
    this.#over.add(taskId);
    this.approvals = this.approvals?.filter((task) => task.taskId !== taskId) ?? null;
  }
}

const inboxes = new WeakMap<App, Inbox>();

export function inboxOf(app: App): Inbox {
  const known = inboxes.get(app);
  if (known) return known;
  const inbox = new Inbox(app);
  inboxes.set(app, inbox);
  return inbox;
}
