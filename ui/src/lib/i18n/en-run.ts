// The part of the texts that is about one run.

const number = new Intl.NumberFormat("en");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

/** Why a run failed: a few words for a list, what happened, and what to do. The step's own words stand above it. */
type Why = { short: string; what: string; remedy: string };

export const run = {
  back: "Runs",
  theId: "the run's id",
  started: "Began",
  /** {span}: "1m 24s". */
  took: (span: string) => `took ${span}`,
  soFar: (span: string) => `${span} so far`,
  // How long something takes that has only just begun.
  underSecond: "< 1s",
  // The title while the run's name is not known.
  nameless: "Run",
  startedHere: "started from here",
  notBegun: "has not begun",

  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  // What else can be done with the run, besides pausing and stopping.
  again: "Run again",
  link: "Copy link",
  linkHint: "Copy the link to the Console",
  linkCopied: "Link copied",
  // A switch.
  follow: "Notify me at the end",
  // A button that opens a menu with what else can be done.
  more: "More",
  drain: "Stop when the current steps end",
  drainText: "What is under way ends well; nothing new begins.",
  stopNow: "Stop now",
  stopNowText: "What is under way is cut off.",
  stopTitle: (name: string) => `Stop ${name} now?`,
  stopText: "What is lost cannot be brought back:",
  /** {names}: the steps that are under way, by name. */
  stopCuts: (names: string) => `What these steps are doing just now: ${names}`,
  stopWaits: (names: string) => `These tasks are withdrawn from you: ${names}`,
  stopNever: (n: number) => `${many(n, "step that has not begun is", "steps that have not begun are")} never run`,
  stopStays: "Steps that have ended keep their results.",
  stopAct: "Stop run",
  paused: "Steps under way end; nothing new begins until you resume.",
  draining: "Steps under way end, then the run is over.",

  waitsTitle: "A task waits for you",
  review: "Review",

  failedTitle: (step: string | null) => (step ? `“${step}” failed` : "The run failed"),
  /** Why another step was skipped. */
  didFail: (step: string) => `“${step}” failed`,
  /** {done}: how many steps have completed; what follows tells of the others. */
  completedOf: (done: number, all: number) => `${number.format(done)} of ${many(all, "step", "steps")} completed.`,
  /** A step's name within a sentence. */
  quoted: (name: string) => `“${name}”`,
  /** What became of other steps; {names} is “A”, “A” and “B”, or "3 steps". */
  manySteps: (n: number) => many(n, "step", "steps"),
  withdrew: (names: string, n: number) => `${names} ${n === 1 ? "was" : "were"} withdrawn`,
  wasCut: (names: string, n: number) => `${names} ${n === 1 ? "was" : "were"} cut off`,
  didNotRun: (names: string, _n: number) => `${names} did not run`,
  // Beside the fold that holds the platform's own words.
  theirs: "The platform's words",
  showStep: "Show the step",
  failures: {
    MCP_TOOL_FAILED: {
      short: "A tool call failed",
      what: "A tool it called did not work.",
      remedy: "Once it works again, run this again.",
    },
    LLM_REQUEST_FAILED: {
      short: "The model did not answer",
      what: "The language model did not answer as it should.",
      remedy: "Often it is too busy: run this again in a few minutes. If that does not help, check the model and its key.",
    },
    INSUFFICIENT_CREDITS: {
      short: "Credits have run out",
      what: "The project has too few credits left for this step.",
      remedy: "Add credits in the Console, then run this again.",
    },
    RUN_STALLED_OR_TIMED_OUT: {
      short: "It took too long",
      what: "Nothing more came from the run, so the platform ended it.",
      remedy: "See what the last step waited for, then run this again.",
    },
    DRAIN_TIMEOUT: {
      short: "It did not end in time when stopped",
      what: "It was to stop once its current steps had ended, and they took too long.",
      remedy: "Look at the steps that were cut off: one may have been in the middle of something.",
    },
    RUN_STOPPED: {
      short: "Somebody stopped it",
      what: "The run was stopped before it was done.",
      remedy: "If that was a mistake, run this again.",
    },
    HUMAN_TASK_FAILED: {
      short: "A task was rejected or ran out of time",
      what: "A task for a person was rejected, or nobody answered it in time.",
      remedy: "If that was not meant, run this again and answer the task.",
    },
    UPSTREAM_ERROR: {
      short: "The step reported an error",
      what: "The step, or a service it talks to, reported this.",
      remedy: "Mend what it names, then run this again.",
    },
    DEPENDENCY_UNAVAILABLE: {
      short: "Something it needs is not running",
      what: "Something it needs cannot be reached: a connector, a store, a model.",
      remedy: "Start or connect it in the Console, then run this again.",
    },
  } as Record<string, Why>,
  unknownFailure: {
    short: "It failed",
    what: "I know no more than that.",
    remedy: "Once the cause is gone, run this again.",
  } as Why,

  missing: "This run is not there",
  missingText: "It may have been deleted, or it belongs to another workspace.",
  missingAct: "See all runs",
  error: "The run could not be read",
  errorText: "The run itself goes on.",
  stale: "What you see may be old: asking again did not work.",
  noSteps: "Nothing has happened yet. The steps show here as they begin.",

  picture: "Picture",
  timeline: "Timeline",
  graph: "Graph",
  timelineLabel: "Steps in the order they began",
  graphLabel: "Steps and what they wait for",
  now: "Now",
  // A long time in which nothing was done; it is drawn short.
  folded: (span: string) => `${span} without work, drawn short`,
  /** {span}: "8h", rounded. */
  about: (span: string) => `≈ ${span}`,
  // A switch: whether long waits are drawn as long as they were.
  shorten: "Shorten long waits",
  notBegunYet: "Not begun",
  /** On the empty track of a step that was not run; {why}: "“Price the west” failed", "switched off in the workflow". */
  skippedFor: (why: string) => `Skipped: ${why}`,
  // The kinds of a step's bar.
  spans: { work: "Working", vain: "Failed try", wait: "Waiting for a person", retry: "Before the next try" },
  // Read by screen readers for a step that was ended from outside.
  cutAfter: (span: string) => `Cut off after ${span}`,
  zoom: "Zoom",
  zoomIn: "Larger",
  zoomOut: "Smaller",
  // A button: as much of the graph as can be read is shown.
  zoomFit: "Fit",
  showSteps: (n: number) => `Show all ${number.format(n)} steps`,
  /** {n}: which try. */
  attempt: (n: number) => `Try ${number.format(n)}`,

  steps: "Steps",
  events: "Events",
  input: "Input",
  context: "Context",
  parts: "Parts of the run",
  step: "Step",
  stepState: "State",
  tries: "Tries",
  began: "Began",
  stepTook: "Took",
  kind: "Kind",
  result: "Result",
  // Before the names of the steps that a step comes after.
  dependsOn: "After",
  stepError: "Why it failed",
  lastError: "Why it was tried again",
  closeStep: "Close step",
  noInput: "Nothing",
  noEvents: "Nothing is told of it yet.",
  moreEvents: "There were more events. The Console shows them all.",
  states: {
    pending: "Not begun",
    running: "Running",
    retrying: "Trying again",
    waiting: "Waiting for you",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cut off",
    skipped: "Skipped",
  },
  // What became of a task for a person.
  fates: { approved: "Approved", rejected: "Rejected", withdrawn: "Withdrawn", unanswered: "Nobody answered" },
  // Why a step was skipped, by the platform's word; what is not here is shown as it is.
  skips: {
    blocked: "what it waits for did not end well",
    out_of_scope: "not part of this run",
    step_disabled: "switched off in the workflow",
    run_stopped: "the run was stopped",
  } as Record<string, string>,

  // What a workflow is made of, as people call it; what is not here is shown as it is.
  kinds: {
    lua_script: "Script",
    human_task: "Task for a person",
    mcp_call: "Tool call",
    llm_call: "Model",
  } as Record<string, string>,
  // What happened in a run; what is not here is shown as it is.
  eventKinds: {
    run_started: "Run began",
    run_completed: "Run completed",
    run_failed: "Run failed",
    run_stopped: "Run stopped",
    run_cancelled: "Run stopped",
    run_rejected: "Run turned away",
    run_paused: "Run paused",
    run_resumed: "Run resumed",
    run_draining: "Run is ending",
    run_stop_requested: "Stop asked for",
    step_started: "Began",
    step_completed: "Completed",
    step_failed: "Failed",
    step_cancelled: "Cut off",
    step_skipped: "Skipped",
    step_retry_scheduled: "Tries again",
    human_task_created: "Asks a person",
    human_task_completed: "A person answered",
  } as Record<string, string>,

  againTitle: (name: string) => `Run ${name} again`,
  againText: "It starts anew with this input, in the workflow's published version.",
  // Two ways of filling in the input.
  fields: "Fields",
  json: "JSON",
  inputAs: "Fill in as",
  inputJson: "Input as JSON",
  notJson: "This is no valid JSON yet.",
  // Beside a field that must be filled in.
  needed: "needed",
  start: "Start run",

  // A tree of JSON.
  search: "Search",
  searchHint: "Name or value",
  matches: (n: number) => many(n, "match", "matches"),
  noMatch: "No match",
  tree: (what: string) => `${what} as a tree`,
  // How many entries an object or a list holds.
  entries: (n: number) => many(n, "entry", "entries"),
  copyValue: "Copy value",
  copyPath: "Copy path",
  showAll: (n: number) => `Show all ${number.format(n)} lines`,
  wholeText: (n: number) => `Show all ${number.format(n)} characters`,
};
