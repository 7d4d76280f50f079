// Der Teil der Texte, der von der Liste der Läufe handelt, und von Läufen auf der Startseite und am Rand.

import type { runs as english } from "./en-runs";

const number = new Intl.NumberFormat("de");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

export const runs: typeof english = {
  pages: "Läufe und Auswertung",
  insights: "Auswertung",
  text: "Was deine Workflows tun und getan haben.",
  list: "Läufe, die neuesten zuerst",
  row: (name, state) => `${name}, ${state}`,
  nameless: "Workflow ohne Namen",

  states: {
    queued: "Eingereiht",
    running: "Läuft",
    waiting: "Wartet auf dich",
    paused: "Pausiert",
    draining: "Endet",
    completed: "Abgeschlossen",
    failed: "Fehlgeschlagen",
    stopped: "Beendet",
  },
  progressShort: (done, steps) => `${number.format(done)}/${number.format(steps)}`,
  progress: (done, steps) => `${number.format(done)} von ${many(steps, "Schritt", "Schritten")}`,

  state: "Zustand",
  anyState: "Jeder Zustand",
  active: "Aktiv",
  workflow: "Workflow",
  allWorkflows: "Alle Workflows",
  findWorkflow: "Workflow finden",
  noWorkflow: "So heißt kein Workflow.",
  time: "Begonnen",
  since: { any: "Jederzeit", today: "Heute", week: "Letzte 7 Tage", month: "Letzte 30 Tage" },
  filter: (what, value) => `${what}: ${value}`,
  total: (n) => many(n, "Lauf", "Läufe"),
  fresh: (n) => `${number.format(n)} ${n === 1 ? "neuer" : "neue"}`,

  columnRun: "Lauf",
  columnWhen: "Begonnen",
  columnTook: "Dauer",

  empty: "Noch keine Läufe",
  emptyText: "Sobald ein Workflow läuft, erscheint er hier, mit jedem Schritt. Bitte deine IDE, einen zu starten:",
  emptyAsk: "Sieh dir meine AgentRuntime-Workflows an, starte den einfachsten und sag mir, wie es lief.",
  theAsk: "Satz",
  none: "Kein Lauf passt",
  noneText: "Lockere einen Filter oder lass alle fallen.",
  noneAct: "Alle Filter fallen lassen",
  error: "Die Läufe konnten nicht gelesen werden",
  errorText: "Die Läufe selbst gehen weiter.",

  railActive: (n) => many(n, "Lauf ist aktiv", "Läufe sind aktiv"),
  railFailed: (n) => `${many(n, "Lauf ist", "Läufe sind")} fehlgeschlagen, und du hast es noch nicht gesehen`,

  now: "Läuft gerade",
  all: "Alle Läufe",
  needs: "Braucht dich",
  firstEnds: (n, when) => `${n === 1 ? "Sie endet" : "Die erste endet"} ${when.replace(/\.$/, "")}.`,
  tasksWait: (n) => (n === 1 ? "Eine Aufgabe wartet auf deine Antwort." : `${number.format(n)} Aufgaben warten auf deine Antwort.`),
  questionsWait: (n) =>
    n === 1 ? "Ein Agent fragt, ob er eine Aufgabe für dich beantworten darf." : `Agenten fragen, ob sie ${number.format(n)} Aufgaben für dich beantworten dürfen.`,
  review: "Ansehen",
  allow: "Entscheiden",
  failed: (names) => `Fehlgeschlagen: ${names}.`,
  failedMore: (names, n) => `Fehlgeschlagen: ${names} und ${number.format(n)} weitere.`,
  seen: "Ausblenden",
  away: "Ich höre gerade nichts von deinen Läufen. Sie gehen weiter; was du siehst, kann alt sein.",
  awaySince: "Zuletzt gehört:",
};
