// The part of the catalogue that is about how runs went: figures and charts.

const number = new Intl.NumberFormat("en");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

export const insights = {
  text: "How your runs went.",
  window: "How far back",
  windows: { week: "7 days", month: "30 days", all: "All time" },
  refresh: "Refresh",
  error: "The figures could not be read",
  errorText: "Runs are not touched by this.",
  stale: "These figures are old: new ones could not be read",
  empty: "No runs in this time",
  emptyText: "As soon as runs end, figures and charts stand here.",
  emptyAll: "Look at all time",
  emptyRuns: "See runs",

  // Under the figures, each a word or two.
  live: "running now",
  rate: "ended well",
  ended: (n: number): string => (n === 1 ? "run ended" : "runs ended"),
  credits: "credits used",
  // Of a dash in place of a figure, on hover and for screen readers.
  untold: "Not reported by this platform",
  needsThree: "success rate, once three runs have ended",

  runs: "Runs",
  runsUntold: "This deployment does not tell how runs went over time.",
  completed: "completed",
  failed: "failed",
  stopped: "stopped",
  going: "still going",
  // Of a day on which nothing happened.
  noRuns: "no runs",
  success: "Success rate",
  successText: "The part of ended runs that completed.",
  successFew: "Shown once three runs have ended.",
  // {rate}: "61%". Beside the lowest point of a line.
  lowest: (rate: string) => `lowest ${rate}`,
  noneEnded: "no run ended",
  usage: "Credits",
  usageUntold: "This deployment does not tell what was used over time.",
  usageText: (credits: string) => `${credits} credits`,
  steps: "Steps",
  usageSteps: (n: number) => many(n, "step", "steps"),

  // {title}: "Runs". Names a chart's control for screen readers: arrows move along the time.
  along: (title: string) => `${title}, over time`,
  table: "Show as table",
  /** Names the table for screen readers. */
  tableOf: (title: string) => `${title}, table`,
  // Heads the first column: a day, or the beginning of a week.
  day: "Day",
  week: "Week from",
  weekFrom: (day: string) => `Week from ${day}`,
};
