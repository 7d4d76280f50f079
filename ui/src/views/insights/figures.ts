// Figures as people read them, and what follows from a series.
import { sum } from "d3-array";

import type { Granularity, Insights, RunsPoint } from "../../lib/backend/types";
import type { Spoken } from "../../lib/i18n";

/** Figures and days as one language writes them. */
export class Figures {
  readonly #locale: string;
  readonly #percent: Intl.NumberFormat;

  constructor(language: Spoken) {
    this.#locale = language === "en" ? "en-GB" : "de";
    this.#percent = new Intl.NumberFormat(this.#locale, { style: "percent", maximumFractionDigits: 1 });
  }

  /** "94.3%". What is not all is never rounded to all. */
  percent(rate: number): string {
    return this.#percent.format(Math.floor(rate * 1000) / 1000);
  }

  /** "1,204", "12.4", "0.0031": as many figures as tell something. */
  credits(credits: number): string {
    const small = Math.abs(credits) < 1;
    const digits = Math.abs(credits) >= 100 ? 0 : 1;
    const precision = small ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.#locale, precision).format(credits);
  }

  /** A point of time under a chart. The platform counts in days of UTC. */
  tick(iso: string, granularity: Granularity, few: boolean): string {
    const parts: Intl.DateTimeFormatOptions =
      few && granularity === "day" ? { weekday: "short", day: "numeric" } : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(this.#locale, { ...parts, timeZone: "UTC" }).format(new Date(iso));
  }

  /** The same in whole: "Thu, 12 Nov 2026". */
  whole(iso: string): string {
    const day: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
    return new Intl.DateTimeFormat(this.#locale, { ...day, timeZone: "UTC" }).format(new Date(iso));
  }
}

export const endedIn = ({ completed, failed, stopped }: RunsPoint) => completed + failed + stopped;

/** The part of the ended runs that completed; nothing where none ended. */
export function rateOf(point: RunsPoint): number | null {
  const ended = endedIn(point);
  return ended === 0 ? null : point.completed / ended;
}

/** Whether there is nothing to be seen. */
export function nothing({ live, ended, credits, runs, usage }: Insights): boolean {
  return !live && !ended && !credits && sum(runs, (point) => point.started) === 0 && sum(usage, (point) => point.credits) === 0;
}
