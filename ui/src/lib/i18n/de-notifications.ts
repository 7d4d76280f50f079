// Der Teil der Texte über Benachrichtigungen, und über Agenten, die Freigaben beantworten.

import type { notifications as english } from "./en-notifications";

export const notifications: typeof english = {
  title: "Benachrichtigungen",
  text: "Was auf dich wartet, steht auch im Menü des Infobereichs und unter Freigaben: Nicht jeder Desktop zeigt Knöpfe in einer Benachrichtigung oder behält sie.",
  refused: "Das System zeigt keine davon. Erlaube die Benachrichtigungen dieser App in den Einstellungen des Systems.",
  approvals: "Etwas wartet auf meine Antwort",
  approvalsText: "Sagt, worum es geht; Einfaches beantwortest du gleich dort.",
  failures: "Ein Lauf ist fehlgeschlagen",
  finished: "Ein Lauf ist beendet",
  finishedText: "Von hier gestartete, verfolgte und lange Läufe.",
  long: "Lang: über",
  longMinutes: "Min.",
  longOf: "Ab wie vielen Minuten ein Lauf lang ist",
  longBad: (least, most) => `Gib eine ganze Zahl von Minuten an, von ${least} bis ${most}.`,
  longSave: "Setzen",
  tokens: "Ein Token braucht dich",
  tokensText: "Es endet bald, wird abgelehnt oder ist zu erneuern.",
  clients: "Ein neuer Client verbindet sich",
  clientsText: "Einmal für jeden, der noch nie hier war.",

  quiet: "Ruhezeit",
  quietText:
    "Benachrichtigungen warten, bis sie vorbei ist. Nur zwei kommen trotzdem: dass deine eben gegebene Antwort nicht angenommen wurde, und dass ein widerrufenes Token noch gilt.",
  quietSaid: (from, to) => `Jeden Tag von ${from} bis ${to} Uhr.`,
  quietOvernight: (from, to) => `Jede Nacht von ${from} bis ${to} Uhr am nächsten Tag.`,
  quietSame: "Sie beginnt und endet zur selben Zeit, also wird nichts zurückgehalten.",
  from: "Von",
  to: "Bis",

  pause: "Nicht stören",
  pauseText: "Hält Benachrichtigungen eine Weile zurück. Nichts geht verloren.",
  pauseOn: (when) => `An bis ${when}`,
  pauseHour: "Für eine Stunde",
  pauseMorning: "Bis zum Morgen",
  pauseOff: "Ausschalten",

  agents: "Agenten",
  ask: "Mich fragen, bevor ein Agent eine Freigabe beantwortet",
  askText: "Ein Agent kann in deinem Namen freigeben, was ein Workflow von dir will. Ist dies an, wartet er auf deine Entscheidung.",
};
