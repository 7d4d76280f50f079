// The part of the texts that is about one run.

const number = new Intl.NumberFormat("en");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

/** Why a run failed: a few words for a list, what happened, and what to do. */
type Why = { short: string; what: string; remedy: string };

export const run = {
  back: "Runs",
  theId: "the run's id",
  started: "Began",
  /** {span}: "1m 24s". */
  took: (span: string) => `took ${span}`,
  soFar: (span: string) => `${span} so far`,
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
  follow: "Tell me when it ends",
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
  // Beside the fold that holds the platform's own words.
  theirs: "The platform's words",
  showStep: "Show the step",
  failures: {
    MCP_TOOL_FAILED: {
      short: "A tool call failed",
      what: "A tool that the step called did not do its work.",
      remedy: "See below what it answered. Once the tool works again, run the workflow again.",
    },
    LLM_REQUEST_FAILED: {
      short: "The model did not answer",
      what: "The language model did not answer as it should.",
      remedy: "Often it was too busy: run it again in a few minutes. If that does not help, check the model and its key in the workflow.",
    },
    INSUFFICIENT_CREDITS: {
      short: "Credits have run out",
      what: "The project has too few credits left for this step.",
      remedy: "Add credits in the Console, then run it again.",
    },
    RUN_STALLED_OR_TIMED_OUT: {
      short: "It took too long",
      what: "Nothing more came from the run, so the platform ended it.",
      remedy: "Look at the last step that began: something it waits for did not come. Then run it again.",
    },
    DRAIN_TIMEOUT: {
      short: "It did not end in time when stopped",
      what: "The run was to stop once its current steps had ended, and they took too long.",
      remedy: "Nothing need be done, unless a step was in the middle of something: look at those that were cut off.",
    },
    RUN_STOPPED: {
      short: "Somebody stopped it",
      what: "The run was stopped before it was done.",
      remedy: "Run it again if it was stopped by mistake.",
    },
    HUMAN_TASK_FAILED: {
      short: "A task was rejected or ran out of time",
      what: "A task for a person was rejected, or nobody answered it in time.",
      remedy: "If that was not meant, run it again and answer the task.",
    },
    UPSTREAM_ERROR: {
      short: "The step reported an error",
      what: "The step itself, or a service that it talks to, reported an error.",
      remedy: "Mend what it names, then run it again.",
    },
    DEPENDENCY_UNAVAILABLE: {
      short: "Something it needs is not running",
      what: "Something that the step needs cannot be reached: a connector, a store, a model.",
      remedy: "Start it or connect it in the Console, then run it again.",
    },
  } as Record<string, Why>,
  unknownFailure: {
    short: "It failed",
    what: "The platform gives a reason that I do not know.",
    remedy: "Its own words say more. Once the cause is gone, run it again.",
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
  // A switch: whether long waits are drawn as long as they were.
  shorten: "Shorten long waits",
  notBegunYet: "Not begun",
  passedOver: "Passed over",
  // The kinds of a step's bar.
  spans: { work: "Working", wait: "Waiting for a person", retry: "Before the next try" },
  legend: "What the bars mean",
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
    skipped: "Passed over",
  },
  // Why a step was passed over, by the platform's word; what is not here is shown as it is.
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
    step_skipped: "Passed over",
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
  foldAll: "Fold",
  unfoldAll: "Unfold",
  // How many entries an object or a list holds.
  entries: (n: number) => many(n, "entry", "entries"),
  copyValue: "Copy value",
  copyPath: "Copy path",
  showAll: (n: number) => `Show all ${number.format(n)} lines`,
  wholeText: (n: number) => `Show all ${number.format(n)} characters`,
};
