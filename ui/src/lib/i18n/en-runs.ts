// The part of the texts that is about the list of runs, and about runs on Home and on the rail.

const number = new Intl.NumberFormat("en");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

export const runs = {
  // The switch between the list and the figures.
  pages: "Runs and insights",
  insights: "Insights",
  text: "What your workflows do and have done.",
  list: "Runs, the latest first",
  /** Read by screen readers for a row: a run's name and where it stands. */
  row: (name: string, state: string) => `${name}, ${state}`,
  // A run whose workflow's name is not known.
  nameless: "Unnamed workflow",

  states: {
    queued: "Queued",
    running: "Running",
    waiting: "Waiting for you",
    paused: "Paused",
    draining: "Ending",
    completed: "Completed",
    failed: "Failed",
    stopped: "Stopped",
  },
  /** How many steps have ended, in short and for screen readers. */
  progressShort: (done: number, steps: number) => `${number.format(done)}/${number.format(steps)}`,
  progress: (done: number, steps: number) => `${number.format(done)} of ${many(steps, "step", "steps")}`,

  // The filters. What is not set is called by what it filters.
  state: "State",
  anyState: "Any state",
  active: "Active",
  workflow: "Workflow",
  allWorkflows: "All workflows",
  findWorkflow: "Find a workflow",
  noWorkflow: "No workflow is called that.",
  time: "Began",
  since: { any: "Any time", today: "Today", week: "Last 7 days", month: "Last 30 days" },
  /** {what}: "State"; {value}: "Failed". Names a filter for screen readers. */
  filter: (what: string, value: string) => `${what}: ${value}`,
  total: (n: number) => many(n, "run", "runs"),
  /** A button: so many runs have begun since, and are above what is in sight. */
  fresh: (n: number) => `${number.format(n)} new`,

  columnRun: "Run",
  columnWhen: "Began",
  columnTook: "Took",

  empty: "No runs yet",
  emptyText: "As soon as a workflow runs, it shows here, with every step. Ask your IDE to start one:",
  // What a person says to the agent in their IDE. It is copied as it stands.
  emptyAsk: "Look at my AgentRuntime workflows, run the simplest one and tell me how it went.",
  theAsk: "the sentence",
  none: "No run matches",
  noneText: "Loosen a filter or drop them all.",
  noneAct: "Drop all filters",
  error: "The runs could not be read",
  errorText: "The runs themselves go on.",

  // Behind the name of the place on the rail, for screen readers.
  railActive: (n: number) => many(n, "run is active", "runs are active"),
  railFailed: (n: number) => `${many(n, "run", "runs")} failed that you have not seen`,

  // On Home.
  now: "Running now",
  all: "See all runs",
  needs: "Needs you",
  /** `when` may end with an abbreviation's point. */
  firstEnds: (n: number, when: string) => `${n === 1 ? "It ends" : "The first ends"} ${when.replace(/\.$/, "")}.`,
  tasksWait: (n: number) => (n === 1 ? "A task waits for your answer." : `${number.format(n)} tasks wait for your answer.`),
  questionsWait: (n: number) =>
    n === 1 ? "An agent asks whether it may answer a task for you." : `Agents ask whether they may answer ${number.format(n)} tasks for you.`,
  review: "Review",
  allow: "Decide",
  /** {names}: "Invoice reminders" or "A, B and C". */
  failed: (names: string) => `Failed: ${names}.`,
  failedMore: (names: string, n: number) => `Failed: ${names} and ${number.format(n)} more.`,
  seen: "Dismiss",
  away: "I hear nothing of your runs just now. They go on; what is shown may be old.",
  // Before "3 min. ago".
  awaySince: "Last heard:",
};
