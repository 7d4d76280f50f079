// Days and clocks where the person is. A day is not always 24 hours long, nor does a clock show every time once.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** So long a day usually is; what is told in days is counted with `daysBetween`. */
export const DAY = 24 * HOUR;
/** No clock is put forward or back within so short a time of another change. */
const NEAR = 3 * HOUR;

/** What the clock on the wall shows at a moment, as milliseconds. */
const wall = (at: number): number => at - new Date(at).getTimezoneOffset() * MINUTE;

/** The day of the calendar, counted from a fixed one. */
export const dayOf = (at: number): number => Math.floor(wall(at) / DAY);

/** How many midnights are passed on the way. */
export const daysBetween = (from: number, to: number): number => dayOf(to) - dayOf(from);

/** Whether a clock that begins at one moment has come round by another, so that what it shows could be either of two times. */
export const comesRound = (from: number, to: number): boolean => wall(to) - wall(from) >= DAY;

/** Whether the clock shows this time once more, because it is put back. */
export function shownTwice(at: number): boolean {
  const back = wall(at - NEAR) + 2 * NEAR - wall(at + NEAR);
  return back > 0 && (wall(at + back) === wall(at) || wall(at - back) === wall(at));
}
