// The part of the catalogue that is about settings of notifications, and of agents that answer approvals.

export const notifications = {
  title: "Notifications",
  text: "What waits for you also stands in the tray's menu and under Approvals: not every desktop shows buttons in a notification, or keeps one.",
  refused: "The system shows none of them. Allow this app's notifications in the system's settings.",
  approvals: "Something waits for my answer",
  approvalsText: "Says what is asked; simple ones can be answered in the notification.",
  failures: "A run failed",
  finished: "A run has ended",
  finishedText: "Runs started here, followed, or long.",
  // Before a number of minutes, and after it.
  long: "Long: over",
  longMinutes: "min",
  longOf: "From how many minutes on a run is long",
  longBad: (least: number, most: number) => `Give a whole number of minutes, from ${least} to ${most}.`,
  longSave: "Set",
  tokens: "A token needs attention",
  tokensText: "It ends soon, is refused or is due to be rotated.",
  clients: "A new client connects",
  clientsText: "Once for each that was never here before.",

  quiet: "Quiet hours",
  quietText:
    "Notifications wait until they are over. Only two are shown all the same: that an answer you have just given was not taken, and that a token you revoked still works.",
  /** {from}: "22:00". Both by this computer's clock. */
  quietSaid: (from: string, to: string) => `Every day from ${from} to ${to}.`,
  quietOvernight: (from: string, to: string) => `Every night from ${from} to ${to} of the next day.`,
  quietSame: "They begin and end at the same time, so nothing is held back.",
  from: "From",
  to: "To",

  pause: "Do not disturb",
  pauseText: "Holds notifications back for a while. Nothing is lost.",
  /** {when}: "14:03", or "12 Mar, 14:03". */
  pauseOn: (when: string) => `On until ${when}`,
  pauseHour: "For an hour",
  pauseMorning: "Until the morning",
  pauseOff: "Turn off",

  agents: "Agents",
  ask: "Ask me before an agent answers an approval",
  askText: "An agent can approve in your name what a workflow asks of you. With this on, it waits for your decision.",
};
