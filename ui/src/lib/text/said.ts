import type { Failure } from "../backend/types";
import type { Catalogue } from "../i18n";

/** A failure as people read it: the sentence, and what is folded away behind it. */
export type Said = { text: string; detail: string | null };

/** What went wrong, in the window's language where the code is known; else as it was told, which is in English. */
export function said(t: Catalogue, failure: Pick<Failure, "code" | "message">): Said {
  const own = Object.hasOwn(t.failures, failure.code) ? t.failures[failure.code] : undefined;
  if (!own) return { text: failure.message || t.problem.unknown, detail: null };
  return { text: own, detail: failure.message || null };
}

/** What is wrong with one field: our sentence for it, where what was given does not fit. */
export function saidOfField(t: Catalogue, failure: Failure): string {
  const own = failure.code === "invalid_profile" && failure.field ? t.form.wrong[failure.field] : undefined;
  return own ?? said(t, failure).text;
}

/** Why something about a token is not done yet, by its code. */
export function why(t: Catalogue, code: string): string {
  const own = Object.hasOwn(t.tokens.why, code) ? t.tokens.why[code] : undefined;
  return own ?? said(t, { code, message: "" }).text;
}

/** A token as it is called in a sentence. */
export function named(t: Catalogue, name: string | null): string {
  return name ? t.tokens.named(name) : t.tokens.taskNameless;
}
