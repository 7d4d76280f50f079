// What stands in the inbox's list.
import type { Chosen } from "../../lib/app/route";
import type { Approval, QuestionView } from "../../lib/backend/types";
import { near } from "../../lib/app/near";

export type Entry = { kind: "question"; id: string; question: QuestionView } | { kind: "task"; id: string; task: Approval };

/** Agents' questions first, since an agent waits for seconds; then tasks, what ends soon before the oldest. */
export function entriesOf(questions: QuestionView[], tasks: Approval[], now: number): Entry[] {
  return [
    ...questions.map((question): Entry => ({ kind: "question", id: question.id, question })),
    ...[...tasks].sort((one, other) => urgency(one, now) - urgency(other, now)).map((task): Entry => ({ kind: "task", id: task.taskId, task })),
  ];
}

/** When it ends, where that is near; what is over already, or ends some day, is as urgent as all else. */
function urgency(task: Approval, now: number): number {
  const ends = near(task, now);
  return ends && !ends.over ? Date.parse(ends.at) : Number.MAX_SAFE_INTEGER;
}

export const same = (one: Chosen | null, other: Chosen | null) => one?.kind === other?.kind && one?.id === other?.id;

/** Finds an entry's row on the page. */
export const rowOf = ({ kind, id }: Chosen) => `[data-${kind === "task" ? "task" : "ask"}="${CSS.escape(id)}"]`;
