import type { Language } from "../backend/types";
import { de } from "./de";
import { en, type Catalogue } from "./en";

export type { Catalogue };
export type Spoken = "en" | "de";

export const catalogues: Record<Spoken, Catalogue> = { en, de };

/** The language to speak, given what the person chose and what their system prefers. */
export function spoken(chosen: Language, preferred: readonly string[]): Spoken {
  if (chosen !== "system") return chosen;
  for (const tag of preferred) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === "en" || language === "de") return language;
  }
  return "en";
}
