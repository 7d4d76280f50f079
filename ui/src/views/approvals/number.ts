import type { Spoken } from "../../lib/i18n";

const NUMBERS: Record<Spoken, RegExp> = {
  en: /^[+-]?(\d+|\d*\.\d+)$/,
  de: /^[+-]?(\d+|\d*,\d+|\d*\.(?!\d{3}$)\d+)$/,
};

/** Digits with the language's decimal mark, and nothing between thousands: what is written can be entered again. */
export const written = (digits: string, language: Spoken) => (language === "de" ? digits.replace(".", ",") : digits);

/** A number as the language writes it. What could be meant to part thousands is none: 1,240 is not 1.24. */
export function numberOf(text: string, language: Spoken): number | null {
  if (!NUMBERS[language].test(text)) return null;
  const number = Number(text.replace(",", "."));
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : null;
}
