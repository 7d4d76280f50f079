// The part of the catalogue that is about tasks that wait for a person, and about agents that want to answer them.

const number = new Intl.NumberFormat("en");

export const approvals = {
  title: "Approvals",
  text: "Runs that wait for your decision, what ends soon first.",
  list: "What waits for you",
  back: "Approvals",
  error: "What waits could not be listed",
  errorText: "Runs go on waiting; nothing is answered without you.",
  stale: "This list may be old",
  empty: "Nothing waits for you",
  emptyText: "When a run comes to a step that needs your decision, it stands here with everything you need to decide.",
  emptyAct: "See runs",

  // {when}: "in 3 hr.", "in 40 min.". The time after which an answer comes too late.
  ends: (when: string) => `ends ${when}`,
  ended: (when: string) => `ended ${when}`,
  endsHint: "After this an answer comes too late",
  // Before how long ago: "asked 2 min. ago".
  asked: "asked",
  // A link to the run that waits.
  run: "See the run",

  details: "What it is about",
  json: "As JSON",
  theJson: "the JSON",
  // How a value reads that is empty, to screen readers; a dash is seen. Then those that have no text of their own.
  none: "empty",
  yes: "Yes",
  no: "No",
  more: (characters: number) => `Show all ${number.format(characters)} characters`,
  moreItems: (n: number) => `Show all ${number.format(n)}`,
  less: "Show less",

  answer: "Your answer",
  required: "required",
  // A choice that is not made yet.
  unchosen: "Choose",
  note: "Note",
  noteHint: "Optional. It goes along with either answer.",
  calendar: (label: string) => `Calendar for ${label}`,
  openCalendar: "Open the calendar",
  previousMonth: "Previous month",
  nextMonth: "Next month",
  clear: (label: string) => `Empty ${label}`,
  what: "Approve, and the run goes on with what you entered. Reject, and the workflow decides what comes next.",
  approve: "Approve",
  reject: "Reject",
  // Beside the buttons: keys that approve while the form has the focus.
  keys: "Ctrl Enter approves",
  approving: "Approving",
  rejecting: "Rejecting",
  approved: "Approved:",
  rejected: "Rejected:",
  wrong: {
    empty: "This is required.",
    choose: "Choose one.",
    number: "Give a number, such as 12.5.",
    date: "Give a whole date.",
  },
  failed: "Your answer was not sent",
  // Only where it is not known whether it came through.
  failedMaybe: "It is not known whether your answer came through",
  failedSafe: "What you entered is still here.",

  // Below the title, when what is looked at waits no more. None of these blames anyone.
  gone: {
    conflict: "Somebody else has answered this already",
    conflictText: "Their answer counts; yours was not sent.",
    not_found: "The run has ended",
    not_foundText: "It needs no answer any more; yours was not sent.",
    elsewhere: "This no longer waits for you",
    elsewhereText: "Somebody else has answered it, or its run has ended.",
    question: "The agent waits no more",
    questionText: "Nothing was sent.",
  },
  goneEntries: "What you entered was not sent.",
  goneNext: "Next one",
  goneBack: "Back to the list",

  // {client}: "Claude Code 2.1". What stands below is the task's title.
  asksApprove: (client: string) => `${client} wants to approve:`,
  asksReject: (client: string) => `${client} wants to reject:`,
  unknownTask: "An answered or unknown task",
  sends: "It would send",
  sendsNothing: "It would send the answer and nothing else.",
  // What the agent may do: it answers the task, in the person's name.
  letApprove: "Let it approve",
  letReject: "Let it reject",
  disallow: "Do not let it",
  allowing: "Answering",
  allowed: "Allowed:",
  disallowed: "Not allowed:",
  questionFailed: "That did not reach the agent",
  questionGone: "The agent waits no more. Nothing was sent.",
  // How long an agent waits yet. {span}: "1 min 20 s".
  waitsFor: (span: string) => `${span} left`,
  waitsNoMore: "waits no more",
  minutes: (n: number) => `${number.format(n)} min`,
  seconds: (n: number) => `${number.format(n)} s`,
  why: "You are asked because agents would answer in your name.",
  setting: "Change this in Settings",
  alsoAsked: (client: string) => `${client} asks to answer this too.`,
  toQuestion: "See what it asks",
};
