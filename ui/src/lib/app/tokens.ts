// What a token wants of the person, and what is left of what was begun with one.
import type { Profile, TaskView } from "../backend/types";
import { DAY, MINUTE } from "../text/calendar";
import { bereft } from "./standing";

const WEEK = 7 * DAY;
/** After so many tries in vain, the person is offered to see to it themselves. */
const MANY = 5;

/** What a token wants, the most urgent first. */
export type Need =
  | { kind: "none" | "refused" }
  | { kind: "ended" | "ends"; at: string }
  /** Since the platform made it, or else since it was given to this app. */
  | { kind: "old"; since: string };

export function need(profile: Profile, now: number): Need | null {
  const { token, care, health } = profile;
  if (profile.backend === "sandbox") return null;
  if (bereft(profile)) return { kind: "none" };
  const left = token.expiresAt === null ? null : Date.parse(token.expiresAt) - now;
  if (token.expiresAt !== null && left !== null && left <= 0) return { kind: "ended", at: token.expiresAt };
  if (health.kind === "bad" && health.code === "unauthorized") return { kind: "refused" };
  if (token.expiresAt !== null && left !== null && left <= WEEK) return { kind: "ends", at: token.expiresAt };
  const since = token.createdAt ?? token.addedAt;
  // As the shell counts: whoever was told of it finds it here.
  return care.kind === "remind" && since !== null && now - Date.parse(since) >= care.days * DAY ? { kind: "old", since } : null;
}

/** Whether a token can be rotated: one that works, and whose successor would be kept. */
export function rotatable(profile: Profile, now: number): boolean {
  const wanted = need(profile, now)?.kind;
  return profile.token.place === "keychain" && profile.token.trouble !== "missing" && wanted !== "refused" && wanted !== "ended";
}

/** Whether people should hear of it: it met something, or it takes long. */
export function notable(task: TaskView, now: number): boolean {
  return task.code !== null || now - Date.parse(task.since) > MINUTE;
}

const BY_HAND = ["no_token", "token_unclear", "forbidden", "unauthorized", "token_still_works", "keychain_missing"];

/** Whether the person can bring it to an end, in the Console. A rotation is no token to be revoked. */
export function byHand(task: TaskView): boolean {
  return task.kind !== "rotation" && task.code !== null && (BY_HAND.includes(task.code) || task.tries >= MANY);
}

/** The scopes of those a token has that are needed, where they are fewer; else nothing. */
export function fewer(has: string[], needed: string[]): string[] | null {
  const kept = has.filter((scope) => needed.includes(scope));
  return kept.length > 0 && kept.length < has.length ? kept : null;
}
