import type { Approval } from "../backend/types";
import { DAY } from "../text/calendar";

/** When a task's time ends, where that is near or over. */
export function near({ expiresAt }: Pick<Approval, "expiresAt">, now: number): { at: string; over: boolean } | null {
  if (expiresAt === null) return null;
  const left = Date.parse(expiresAt) - now;
  return left < DAY ? { at: expiresAt, over: left <= 0 } : null;
}
