// Moments at which what tells times goes wrong first, in the zones where they are.
import { parseZonedDateTime } from "@internationalized/date";
import { expect, vi } from "vitest";

/** Midnight, the days on which clocks are changed, the day that most years lack, a zone that is not whole hours away, and a day that begins at one. */
export const MOMENTS = [
  "2026-11-27T23:59:50[Europe/Berlin]",
  "2026-11-28T00:00:10[Europe/Berlin]",
  "2027-03-28T00:00:10[Europe/Berlin]",
  "2027-03-28T03:00:10[Europe/Berlin]",
  "2027-03-28T23:59:50[Europe/Berlin]",
  "2026-10-25T00:00:10[Europe/Berlin]",
  // The second time round.
  "2026-10-25T02:00:10+01:00[Europe/Berlin]",
  "2026-10-25T23:59:50[Europe/Berlin]",
  "2027-03-14T03:00:10[America/New_York]",
  "2026-11-01T01:00:10-05:00[America/New_York]",
  "2026-11-01T23:59:50[America/New_York]",
  "2026-09-06T01:00:10[America/Santiago]",
  "2028-02-29T00:00:10[Europe/Berlin]",
  "2028-02-29T23:59:50[America/New_York]",
  "2028-03-01T00:00:10[Asia/Kathmandu]",
  "2026-12-31T23:59:50[Asia/Kathmandu]",
  "2027-01-01T00:00:10[Asia/Kathmandu]",
] as const;

/** As far from midnight as can be: an hour more or less, as after a change of the clock, makes no other day. */
export const NOON = "2026-12-09T12:00:00[Europe/Berlin]";

export const LANGUAGES = ["en", "de"] as const;

/** "2026-11-28T00:00:10[Europe/Berlin]" as a time and a zone. */
export function momentOf(written: string): { time: number; zone: string } {
  const moment = parseZonedDateTime(written);
  return { time: moment.toDate().getTime(), zone: moment.timeZone };
}

/** Lets this process stand at a moment in its zone, until it leaves. */
export function standAt(written: string): number {
  const { time, zone } = momentOf(written);
  vi.stubEnv("TZ", zone);
  vi.useFakeTimers({ toFake: ["Date"], now: time });
  // Where a zone could not be taken, every test in it would be one in the computer's own.
  const parts = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium" }).format(time);
  expect(parts.replace(" ", "T")).toBe(written.slice(0, 19));
  return time;
}

/** Back to the present, and to the computer's own zone. */
export function leave(): void {
  vi.useRealTimers();
  vi.unstubAllEnvs();
}
