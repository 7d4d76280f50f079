import type { Spoken } from "../i18n";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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
  readonly #now: string;
  readonly #near: Intl.RelativeTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #hour: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #exact: Intl.DateTimeFormat;
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
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.#exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
    this.#date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
    this.#short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
    this.#list = new Intl.ListFormat(locale, { type: "conjunction" });
    this.#number = new Intl.NumberFormat(language);
    this.#ms = new Intl.NumberFormat(language, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
    this.#seconds = new Intl.NumberFormat(language, { style: "unit", unit: "second", maximumFractionDigits: 1 });
    this.#units = UNITS[language];
    this.#fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  }

  number(n: number): string {
    return this.#number.format(n);
  }

  /** "2 min ago". */
  ago(iso: string, now: number): string {
    const passed = Math.max(0, now - Date.parse(iso));
    if (passed < MINUTE) return this.#now;
    if (passed < HOUR) return this.#near.format(-Math.floor(passed / MINUTE), "minute");
    if (passed < DAY) return this.#near.format(-Math.floor(passed / HOUR), "hour");
    return this.#near.format(-Math.floor(passed / DAY), "day");
  }

  /** "in 4 min.", "in 5 days"; what is over is said as in `ago`. */
  until(iso: string, now: number): string {
    const left = Date.parse(iso) - now;
    if (left < 0) return this.ago(iso, now);
    if (left < MINUTE) return this.#near.format(1, "minute");
    if (left < HOUR) return this.#near.format(Math.ceil(left / MINUTE), "minute");
    if (left < DAY) return this.#near.format(Math.ceil(left / HOUR), "hour");
    return this.#near.format(Math.floor(left / DAY), "day");
  }

  /** "Cursor, Codex and Zed". */
  list(names: string[]): string {
    return this.#list.format(names);
  }

  /** "12 Mar 2027". */
  day(iso: string): string {
    return this.#date.format(new Date(iso));
  }

  /** "14:03:07" today, "12 Mar, 14:03" before. */
  clock(iso: string, now: number): string {
    return this.#today(iso, now) ? this.#clock.format(new Date(iso)) : this.#day.format(new Date(iso));
  }

  /** "14:03" today, "12 Mar, 14:03" before. */
  hour(iso: string, now: number): string {
    return this.#today(iso, now) ? this.#hour.format(new Date(iso)) : this.#day.format(new Date(iso));
  }

  /** Beside an axis: "14:03:07", or "14:03" where whole minutes are told. */
  time(at: number, unit: "second" | "minute"): string {
    return (unit === "second" ? this.#clock : this.#hour).format(at);
  }

  /** Beside an axis: "24 Nov". */
  date(at: number): string {
    return this.#short.format(at);
  }

  #today(iso: string, now: number): boolean {
    return new Date(iso).toDateString() === new Date(now).toDateString();
  }

  exact(iso: string): string {
    return this.#exact.format(new Date(iso));
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
