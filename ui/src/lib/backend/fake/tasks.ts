import type { TaskKind, TaskView } from "../types";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** A thing that was begun with Acme's token. */
export const task = (kind: TaskKind, change: Partial<TaskView>): TaskView => ({
  id: `task_${kind}_${change.code ?? "new"}`, kind, profile: "acme", profileName: "Acme", patId: "pat_01H2", displayName: "Ana's laptop",
  since: ago(0), code: null, tries: 1, nextTry: null, ...change,
});

/** One of each kind and of each way on; the last is under way and nobody need see it. */
export const tasksOfEveryKind = (): TaskView[] => [
  task("rotation", { code: "unreachable", tries: 3, since: ago(9), nextTry: ago(-2) }),
  task("revokeOld", { code: "forbidden", tries: 5, since: ago(190), nextTry: ago(-8), displayName: "Old laptop" }),
  task("revokeSuccessor", { since: ago(6), displayName: "Ana's laptop" }),
  task("revokeAsked", {
    code: "no_token", tries: 7, since: ago(60 * 26), nextTry: ago(-41), profile: "gone", profileName: null, displayName: "demo",
  }),
  task("revokeAsked", {
    code: "token_unclear", tries: 4, since: ago(75), nextTry: ago(-4), patId: null, profile: "staging", profileName: "Staging", displayName: null,
  }),
  task("revokeOld", { id: "task_fresh" }),
];
