import type { Failure } from "./types";

function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}

/** Whatever was thrown, as a failure that can be shown. */
export function asFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return { code: thrown.code, message: thrown.message, field: thrown.field ?? null };
  return { code: "unknown", message: typeof thrown === "string" ? thrown : "", field: null };
}

/** Whether a token could not be stored because there is no keychain: the person then chooses. */
export function noKeychain(failure: Failure): boolean {
  return /(^|_)no_(service|keychain)$/.test(failure.code);
}
