import type { Catalogue } from "./en";

const parts: Record<string, string> = {
  activity: "Die Aufzeichnung der Aufrufe",
  calls: "Bemerken, was Agenten mit Läufen tun",
  clients: "Bemerken, wer sich verbindet",
  failing: "Bemerken, welche Teile ausfallen",
  follower: "Läufe verfolgen",
  health: "Prüfen, ob der Arbeitsbereich antwortet",
  "log level": "Wie viel im Protokoll steht",
  network: "Bemerken, dass sich das Netz geändert hat",
  notices: "Mitteilungen",
  power: "Den Akku schonen",
  preferences: "Deine Einstellungen wirksam machen",
  refusals: "Bemerken, dass ein Token abgelehnt wird",
  rotation: "Auf das Alter der Token achten",
  runs: "Dir von Läufen berichten",
  sandbox: "Die Sandbox",
  "sandbox's news": "Bemerken, wie es der Sandbox geht",
  server: "Der Server für deine IDEs",
  settings: "Die Einstellungsdatei lesen",
  settling: "Beenden, was mit Token begonnen wurde",
  "start at login": "Bei der Anmeldung starten",
  tray: "Das Symbol in der Leiste",
  workspace: "Beim gewählten Arbeitsbereich bleiben",
};

export const failing: Catalogue["failing"] = {
  title: "Ein Teil der App fällt immer wieder aus",
  text: "Er wird von selbst neu gestartet. Bleibt es dabei, starte die App neu.",
  part: (task) => (Object.hasOwn(parts, task) ? parts[task]! : `Ein anderer Teil (${task})`),
  since: "fällt aus seit",
};
