// Der Teil der Texte darüber, wie Läufe ausgingen: Zahlen und Schaubilder.

import type { insights as english } from "./en-insights";

const number = new Intl.NumberFormat("de");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

export const insights: typeof english = {
  text: "Wie deine Läufe ausgingen.",
  window: "Wie weit zurück",
  windows: { week: "7 Tage", month: "30 Tage", all: "Gesamt" },
  refresh: "Neu laden",
  error: "Die Zahlen ließen sich nicht lesen",
  errorText: "Die Läufe berührt das nicht.",
  stale: "Diese Zahlen sind alt: Neue ließen sich nicht lesen",
  empty: "Keine Läufe in dieser Zeit",
  emptyText: "Sobald Läufe enden, stehen hier Zahlen und Schaubilder.",
  emptyAll: "Alles ansehen",
  emptyRuns: "Läufe ansehen",

  live: "laufen jetzt",
  rate: "gut ausgegangen",
  ended: (n) => (n === 1 ? "Lauf zu Ende" : "Läufe zu Ende"),
  credits: "Credits verbraucht",
  untold: "Von dieser Plattform nicht mitgeteilt",
  needsThree: "Erfolgsquote, sobald drei Läufe zu Ende sind",

  runs: "Läufe",
  runsUntold: "Diese Installation teilt nicht mit, wie Läufe über die Zeit ausgingen.",
  completed: "abgeschlossen",
  failed: "fehlgeschlagen",
  stopped: "beendet",
  going: "noch unterwegs",
  noRuns: "keine Läufe",
  success: "Erfolgsquote",
  successText: "Wie viele der Läufe, die zu Ende sind, abgeschlossen wurden.",
  successFew: "Wird gezeigt, sobald drei Läufe zu Ende sind.",
  lowest: (rate) => `am tiefsten ${rate}`,
  noneEnded: "kein Lauf zu Ende",
  usage: "Credits",
  usageUntold: "Diese Installation teilt nicht mit, was über die Zeit verbraucht wurde.",
  usageText: (credits) => `${credits} Credits`,
  steps: "Schritte",
  usageSteps: (n) => many(n, "Schritt", "Schritte"),

  along: (title) => `${title} im Lauf der Zeit`,
  table: "Als Tabelle zeigen",
  tableOf: (title) => `${title}, Tabelle`,
  day: "Tag",
  week: "Woche ab",
  weekFrom: (day) => `Woche ab ${day}`,
};
