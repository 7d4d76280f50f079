// Parts of the app that fail again and again, as Home says it.

/** What each task does for the person, by the name it has in the log. Said as the name of a part: "Notifications". */
const parts: Record<string, string> = {
  activity: "The record of tool calls",
  calls: "Noticing what agents do to runs",
  clients: "Noticing who connects",
  failing: "Noticing which parts fail",
  follower: "Following runs",
  health: "Checking that the workspace answers",
  "log level": "How much the log says",
  network: "Noticing that the network changed",
  notices: "Notifications",
  power: "Sparing the battery",
  preferences: "Putting your settings into effect",
  refusals: "Noticing that a token is refused",
  rotation: "Watching how old tokens get",
  runs: "Telling you of runs",
  sandbox: "The sandbox",
  "sandbox's news": "Noticing how the sandbox is",
  server: "The server for your IDEs",
  settings: "Reading the settings file",
  settling: "Finishing what was begun with tokens",
  "start at login": "Starting at login",
  tray: "The icon in the tray",
  workspace: "Keeping to the workspace in use",
};

export const failing = {
  title: "Part of the app keeps failing",
  text: "It is tried again by itself. If this stays, restart the app.",
  /** One that has no words yet. {task}: its name in the log. */
  part: (task: string) => (Object.hasOwn(parts, task) ? parts[task]! : `Another part (${task})`),
  // Followed by a time of day, or a day.
  since: "failing since",
};
