import type { Spoken } from "../i18n";
import { DAY, daysBetween, HOUR, MINUTE, shownTwice } from "./calendar";
import { Times, type Write } from "./times";

/** What lies farther away is told with its year. */
const FAR = 180 * DAY;

type Part = "day" | "hour" | "minute" | "second";
/** As short as can be, for figures beside figures. */
const UNITS: Record<Spoken, Record<Part, string>> = {
  en: { day: "d", hour: "h", minute: "m", second: "s" },
  de: { day: "\u00a0d", hour: "\u00a0h", minute: "\u00a0min", second: "\u00a0s" },
};

/** Of what began less than a minute ago. */
const NOW: Record<Spoken, string> = { en: "just now", de: "gerade eben" };

/** Times, spans and figures as one language writes them. */
export class Words {
  /** With the whole day. */
  readonly exactly: Times;
  readonly #now: string;
  readonly #near: Intl.RelativeTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #hour: Intl.DateTimeFormat;
  readonly #zone: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #list: Intl.ListFormat;
  readonly #number: Intl.NumberFormat;
  readonly #ms: Intl.NumberFormat;
  readonly #seconds: Intl.NumberFormat;
  readonly #units: Record<Part, string>;
  readonly #fine: Intl.NumberFormat;

  constructor(language: Spoken) {
    const locale = language === "en" ? ["en-GB", "en"] : [language];
    this.#now = NOW[language];
    this.#near = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
    this.#clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    this.#hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.#zone = new Intl.DateTimeFormat(locale, { timeZoneName: "short" });
    this.#date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
    this.#short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
    this.#list = new Intl.ListFormat(locale, { type: "conjunction" });
    this.#number = new Intl.NumberFormat(language);
    this.#ms = new Intl.NumberFormat(language, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
    this.#seconds = new Intl.NumberFormat(language, { style: "unit", unit: "second", maximumFractionDigits: 1 });
    this.#units = UNITS[language];
    this.#fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.exactly = this.#times((at) => this.#date.format(at));
  }

  number(n: number): string {
    return this.#number.format(n);
  }

  /** "2 min ago", "yesterday". */
  ago(iso: string, now: number): string {
    const at = Date.parse(iso);
    const passed = Math.max(0, now - at);
    if (passed < MINUTE) return this.#now;
    if (passed < HOUR) return this.#near.format(-Math.floor(passed / MINUTE), "minute");
    const days = passed < DAY ? 0 : daysBetween(at, now);
    return days > 0 ? this.#near.format(-days, "day") : this.#near.format(-Math.floor(passed / HOUR), "hour");
  }

  /** "in 4 min.", "in 5 days"; what is over is said as in `ago`. */
  until(iso: string, now: number): string {
    const at = Date.parse(iso);
    const left = at - now;
    if (left < 0) return this.ago(iso, now);
    const minutes = Math.max(1, Math.ceil(left / MINUTE));
    if (minutes < 60) return this.#near.format(minutes, "minute");
    const days = left < DAY ? 0 : daysBetween(now, at);
    return days > 0 ? this.#near.format(days, "day") : this.#near.format(Math.round(left / HOUR), "hour");
  }

  /** "Cursor, Codex and Zed". */
  list(names: string[]): string {
    return this.#list.format(names);
  }

  /** "12 Mar 2027". */
  day(iso: string): string {
    return this.#date.format(new Date(iso));
  }

  /** How the times of one thing are written that lasted so long that its clock came round, or did not. */
  times(cameRound: boolean): Times {
    return this.#times(cameRound ? (at) => this.date(at) : null);
  }

  #times(day: Write["day"]): Times {
    return new Times({ clock: (at) => this.#clock.format(at), zone: (at) => this.#zoneOf(at), day });
  }

  /** Which day it was, where it is not today: "yesterday", "12 Mar", "12 Mar 2025". */
  otherDay(iso: string, now: number): string | null {
    const at = Date.parse(iso);
    // The page's own clock stands still for some seconds at a time.
    const days = Math.abs(at - now) < MINUTE && at > now ? 0 : daysBetween(now, at);
    if (days === 0) return null;
    if (Math.abs(days) === 1) return this.#near.format(days, "day");
    return (Math.abs(at - now) > FAR ? this.#date : this.#short).format(at);
  }

  /** "14:03:07". */
  clock(iso: string): string {
    return this.time(Date.parse(iso), "second");
  }

  /** "14:03" today, "yesterday, 14:03", "12 Mar, 14:03". */
  hour(iso: string, now: number): string {
    const hour = this.time(Date.parse(iso), "minute");
    const day = this.otherDay(iso, now);
    return day === null ? hour : `${day}, ${hour}`;
  }

  /** "14:03:07", or "14:03" where whole minutes are told. In the hour in which the clock shows each time twice, of which zone: "02:30:00 CET". */
  time(at: number, unit: "second" | "minute"): string {
    const zone = this.#zoneOf(at);
    const time = (unit === "second" ? this.#clock : this.#hour).format(at);
    return zone === null ? time : `${time} ${zone}`;
  }

  #zoneOf(at: number): string | null {
    if (!shownTwice(at)) return null;
    return this.#zone.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? null;
  }

  /** "24 Nov". */
  date(at: number): string {
    return this.#short.format(at);
  }

  /** "24 Nov 2026, 14:03:07". */
  exact(iso: string): string {
    return this.exactly.at(iso);
  }

  /** "84 ms", "2.4s", "3m 20s", "9h 4m", "2d 3h": the two parts that tell most. */
  took(ms: number): string {
    if (ms < 1000) return this.#ms.format(Math.max(0, ms));
    if (ms < 9950) return this.#fine.format(ms / 1000) + this.#units.second;
    const of = (unit: Part, n: number) => (n > 0 ? `${n}${this.#units[unit]}` : "");
    const seconds = Math.round(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    const two =
      days > 0 ? [of("day", days), of("hour", hours % 24)]
      : hours > 0 ? [of("hour", hours), of("minute", minutes % 60)]
      : [of("minute", minutes), of("second", seconds % 60)];
    return two.filter(Boolean).join(" ");
  }

  span(ms: number): string {
    return ms < 1000 ? this.#ms.format(ms) : this.#seconds.format(ms / 1000);
  }
}

/** An id shortened in the middle, where its start and its end tell most. */
export function middle(id: string, most = 22): string {
  if (id.length <= most) return id;
  const half = Math.floor((most - 1) / 2);
  return `${id.slice(0, half)}…${id.slice(-half)}`;
}
