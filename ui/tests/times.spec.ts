// What is told of times, at any hour, in any zone, in both languages. Without a browser.
import { fromAbsolute, toCalendarDate, toCalendarDateTime, toZoned } from "@internationalized/date";
import { afterEach, describe, expect, test, vi } from "vitest";

import { App } from "../src/lib/app/app.svelte";
import { need } from "../src/lib/app/tokens";
import type { Backend } from "../src/lib/backend/backend";
import { acme } from "../src/lib/backend/fake/scenarios";
import type { RunsQuery } from "../src/lib/backend/types";
import { comesRound, DAY, daysBetween, HOUR, MINUTE, shownTwice } from "../src/lib/text/calendar";
import { Words } from "../src/lib/text/words";
import { axisOf, manyDays, newDay } from "../src/views/run/axis";
import { Book } from "../src/views/runs/book.svelte";
import { LANGUAGES, leave, momentOf, MOMENTS, standAt } from "./support/moments";

afterEach(() => {
  leave();
  vi.unstubAllGlobals();
});

const SECOND = 1000;
const iso = (at: number) => new Date(at).toISOString();
/** The calendar by other means than the page's. */
const there = (at: number, zone: string) => fromAbsolute(at, zone);
const dayThere = (at: number, zone: string) => toCalendarDate(there(at, zone));
const midnightsThere = (from: number, to: number, zone: string) => Math.round((dayThere(to, zone).toDate("UTC").getTime() - dayThere(from, zone).toDate("UTC").getTime()) / DAY);

describe.each(MOMENTS)("at %s", (moment) => {
  const { zone } = momentOf(moment);
  const LONG = [20 * SECOND, MINUTE, 59.5 * MINUTE, 61 * MINUTE, 3 * HOUR, 23 * HOUR, 23.9 * HOUR, DAY, 24.5 * HOUR, 25.5 * HOUR, 47 * HOUR, 48 * HOUR, 60 * HOUR, 7 * DAY, 97 * DAY, 366 * DAY];

  test("days are those of the calendar", () => {
    const now = standAt(moment);
    for (const long of LONG) {
      expect(daysBetween(now - long, now), `${long / HOUR}h before`).toBe(midnightsThere(now - long, now, zone));
      expect(daysBetween(now, now + long), `${long / HOUR}h after`).toBe(midnightsThere(now, now + long, zone));
    }
  });

  test("the clock is known to show a time twice where it does, within a day around", () => {
    const now = standAt(moment);
    for (let at = now - 30 * HOUR; at <= now + 30 * HOUR; at += 15 * MINUTE) {
      const shown = toCalendarDateTime(there(at, zone));
      const twice = toZoned(shown, zone, "earlier").toDate().getTime() !== toZoned(shown, zone, "later").toDate().getTime();
      // A time that is skipped is none that a moment has.
      expect(shownTwice(at), there(at, zone).toString()).toBe(twice);
    }
  });

  test.each(LANGUAGES)("what is past or to come is told in days where a day lies between, in %s", (language) => {
    const now = standAt(moment);
    const words = new Words(language);
    const near = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
    for (const long of LONG.filter((one) => one >= DAY)) {
      const [before, after] = [midnightsThere(now - long, now, zone), midnightsThere(now, now + long, zone)];
      expect(words.ago(iso(now - long), now)).toBe(before > 0 ? near.format(-before, "day") : near.format(-24, "hour"));
      expect(words.until(iso(now + long), now)).toBe(after > 0 ? near.format(after, "day") : near.format(Math.round(long / HOUR), "hour"));
    }
    for (const long of LONG.filter((one) => one < DAY)) {
      expect(words.ago(iso(now - long), now)).not.toBe(near.format(-1, "day"));
      expect(words.until(iso(now + long), now)).not.toBe(near.format(1, "day"));
    }
  });

  test.each(LANGUAGES)("times beside each other read alike and have seconds, in %s", (language) => {
    const now = standAt(moment);
    const words = new Words(language);
    const CLOCK = /^\d\d:\d\d:\d\d( (CES?T|MES?Z|GMT-[45]))?$/;
    for (const long of [SECOND, 58 * SECOND, 10 * MINUTE, 9 * HOUR, 22 * HOUR]) {
      const times = words.times(comesRound(now - long, now));
      const column = [now - long, now - long / 2, now].map((at) => times.at(iso(at)));
      for (const time of column) expect(time).toMatch(CLOCK);
      const [first = "", , last = ""] = column;
      expect(times.span(iso(now - long), iso(now), "")).toBe(`${first.slice(8) === last.slice(8) ? first.slice(0, 8) : first} – ${last}`);
      if (long > SECOND) expect(new Set(column).size, `${column}`).toBe(3);
    }
    const days = words.times(comesRound(now - 57 * HOUR, now));
    const [first, last] = [now - 57 * HOUR, now].map((at) => days.at(iso(at)));
    for (const time of [first, last]) expect(time).toMatch(language === "en" ? /^\d+ \w+, \d\d:\d\d:\d\d/ : /^\d+\. \S+, \d\d:\d\d:\d\d/);
    expect(days.span(iso(now - 57 * HOUR), iso(now), "")).toBe(`${first} – ${last}`);
    // A day that is said is said once.
    const soon = dayThere(now + SECOND, zone).compare(dayThere(now, zone)) === 0;
    expect(days.span(iso(now), iso(now + SECOND), "").split(", ")).toHaveLength(soon ? 2 : 3);
    expect(days.span(iso(now), null, "x")).toBe(`${last} – x`);
  });

  test.each(LANGUAGES)("another day is named, today is not, in %s", (language) => {
    const now = standAt(moment);
    const words = new Words(language);
    const { hour, minute, second } = there(now, zone);
    const sinceMidnight = now - dayThere(now, zone).toDate(zone).getTime();
    expect([sinceMidnight >= 0, hour + minute + second > 0]).toEqual([true, true]);
    expect(words.otherDay(iso(now - sinceMidnight), now)).toBeNull();
    expect(words.otherDay(iso(now - sinceMidnight - 1), now)).toBe(language === "en" ? "yesterday" : "gestern");
    expect(words.otherDay(iso(now - 3 * DAY), now)).toMatch(language === "en" ? /^\d+ [A-Z]\w+$/ : /^\d+\. [A-ZÄ][a-zä]+\.?$/);
    expect(words.otherDay(iso(now - 400 * DAY), now)).toContain(String(there(now - 400 * DAY, zone).year));
    // The page's clock may be a little late: nothing that has happened did so tomorrow.
    expect(words.otherDay(iso(now + 19 * SECOND), now)).toBeNull();
    expect(words.hour(iso(now + 15 * SECOND), now)).toMatch(/^\d\d:\d\d/);
  });

  test("the axis' times are round ones of this zone, each is said once a day, and each new day is named", () => {
    const now = standAt(moment);
    const words = new Words("en");
    for (const long of [5 * MINUTE, 30 * MINUTE, 3 * HOUR, 9 * HOUR, 30 * HOUR, 20 * DAY, 50 * DAY]) {
      for (const start of [now, now - long / 2, now - long].map((at) => at + 7 * SECOND)) {
        const axis = axisOf(start, start + long, [], 600);
        const { ticks } = axis;
        expect(ticks.length, `${long / MINUTE}m`).toBeGreaterThanOrEqual(2);
        const told = ticks.map(({ time, unit }, i) => {
          const at = there(time, zone);
          if (unit !== "second") expect([at.second, at.millisecond], at.toString()).toEqual([0, 0]);
          if (unit === "day") expect(time, at.toString()).toBe(dayThere(time, zone).toDate(zone).getTime());
          const before = ticks[i - 1];
          expect(newDay(ticks, i), at.toString()).toBe(!before || dayThere(before.time, zone).compare(dayThere(time, zone)) !== 0);
          return `${dayThere(time, zone)} ${unit === "day" || unit === "elapsed" ? "" : words.time(time, unit)}`;
        });
        expect(new Set(told).size, String(told)).toBe(told.length);
        expect(manyDays(axis)).toBe(midnightsThere(start, start + long, zone) > 0);
      }
    }
    // What is told since the beginning is of no day.
    expect(manyDays(axisOf(now - 58 * SECOND, now, [], 600))).toBe(false);
  });

  test("an old token is old for the shell and the page at once, and its days are those since it was made", () => {
    const now = standAt(moment);
    const token = (createdAt: number) => ({ ...acme(), token: { ...acme().token, createdAt: iso(createdAt) } });
    expect(need(token(now - 90 * DAY + 1), now)).toBeNull();
    expect(need(token(now - 90 * DAY), now)).toEqual({ kind: "old", since: iso(now - 90 * DAY) });
    expect(new Words("en").ago(iso(now - 90 * DAY), now)).toBe(`${daysBetween(now - 90 * DAY, now)} days ago`);
  });

  test("today's runs are those since midnight, on every page; tomorrow they are others", async () => {
    const now = standAt(moment);
    vi.stubGlobal("navigator", { languages: ["en"] });
    const asked: RunsQuery[] = [];
    const app = new App({ runs: async (query: RunsQuery) => (asked.push(query), { runs: [], total: 1000 }) } as unknown as Backend);
    app.runFilter = { state: null, workflowId: null, since: "today" };
    const book = new Book(app);
    const midnight = (at: number) => iso(dayThere(at, zone).toDate(zone).getTime());
    await book.load();
    vi.setSystemTime(now + DAY);
    await book.follow();
    expect(new Set(asked.map(({ since }) => since))).toEqual(new Set([midnight(now)]));
    await book.load();
    expect(asked.at(-1)?.since).toBe(midnight(now + DAY));
  });
});

test("a span over midnight, over a change of the clock and over days, word by word", () => {
  const span = (language: "en" | "de", from: string, to: string) => {
    standAt(from);
    const [begun, ended] = [from, to].map((moment) => momentOf(moment).time) as [number, number];
    const said = new Words(language).times(comesRound(begun, ended)).span(iso(begun), iso(ended), "");
    leave();
    return said;
  };
  const berlin = (from: string, to: string) => LANGUAGES.map((language) => span(language, `${from}[Europe/Berlin]`, `${to}[Europe/Berlin]`));
  expect(berlin("2026-11-27T23:59:12", "2026-11-28T00:03:40")).toEqual(Array(2).fill("23:59:12 – 00:03:40"));
  expect(berlin("2028-02-28T23:59:12", "2028-02-29T09:00:00")).toEqual(Array(2).fill("23:59:12 – 09:00:00"));
  expect(berlin("2028-02-28T23:59:12", "2028-02-29T23:59:12")).toEqual(["28 Feb, 23:59:12 – 29 Feb, 23:59:12", "28. Feb., 23:59:12 – 29. Feb., 23:59:12"]);
  expect(berlin("2027-03-28T01:59:50", "2027-03-28T03:00:10")).toEqual(Array(2).fill("01:59:50 – 03:00:10"));
  // Twenty-three and a half hours, in which the clock shows more than a day.
  expect(berlin("2027-03-27T12:00:00", "2027-03-28T12:30:00")).toEqual(["27 Mar, 12:00:00 – 28 Mar, 12:30:00", "27. März, 12:00:00 – 28. März, 12:30:00"]);
  expect(berlin("2026-10-25T02:59:50+02:00", "2026-10-25T02:00:10+01:00")).toEqual(["02:59:50 CEST – 02:00:10 CET", "02:59:50 MESZ – 02:00:10 MEZ"]);
  expect(berlin("2026-10-25T02:10:00+02:00", "2026-10-25T02:50:00+02:00")).toEqual(["02:10:00 – 02:50:00 CEST", "02:10:00 – 02:50:00 MESZ"]);
  expect(span("en", "2026-11-01T01:59:50-04:00[America/New_York]", "2026-11-01T01:00:10-05:00[America/New_York]")).toBe("01:59:50 GMT-4 – 01:00:10 GMT-5");
  expect(span("de", "2026-12-31T23:59:50[Asia/Kathmandu]", "2027-01-01T00:00:10[Asia/Kathmandu]")).toBe("23:59:50 – 00:00:10");
});

test("moments word by word", () => {
  const at = (moment: string, say: (words: Words, now: number) => unknown) => {
    const now = standAt(moment);
    return LANGUAGES.map((language) => say(new Words(language), now));
  };
  const of = (moment: string) => iso(momentOf(`${moment}[Europe/Berlin]`).time);
  const night = "2026-11-28T00:00:10[Europe/Berlin]";
  expect(at(night, (words, now) => words.hour(of("2026-11-27T23:50:00"), now))).toEqual(["yesterday, 23:50", "gestern, 23:50"]);
  expect(at(night, (words, now) => words.hour(of("2026-11-28T08:00:00"), now))).toEqual(["08:00", "08:00"]);
  expect(at("2026-11-27T23:59:50[Europe/Berlin]", (words, now) => words.hour(of("2026-11-28T08:00:00"), now))).toEqual(["tomorrow, 08:00", "morgen, 08:00"]);
  expect(at(night, (words, now) => words.hour(of("2026-11-20T08:00:00"), now))).toEqual(["20 Nov, 08:00", "20. Nov., 08:00"]);
  expect(at(night, (words) => words.exact(of("2026-11-27T23:59:12")))).toEqual(["27 Nov 2026, 23:59:12", "27.11.2026, 23:59:12"]);
  expect(at(night, (words) => words.exactly.span(of("2026-11-27T23:59:12"), of("2026-11-28T00:00:08"), ""))).toEqual(["27 Nov 2026, 23:59:12 – 28 Nov 2026, 00:00:08", "27.11.2026, 23:59:12 – 28.11.2026, 00:00:08"]);
  // Two days by the calendar, though no two days have passed; and the day of 25 hours, whose beginning is no yesterday.
  expect(at("2026-11-28T00:10:00[Europe/Berlin]", (words, now) => words.ago(of("2026-11-26T22:00:00"), now))).toEqual(["2 days ago", "vorgestern"]);
  expect(at("2026-10-25T23:59:50[Europe/Berlin]", (words, now) => words.ago(of("2026-10-25T00:10:00"), now))).toEqual(["24 hr. ago", "vor 24 Std."]);
  expect(at("2026-11-27T23:59:50[Europe/Berlin]", (words, now) => words.until(of("2026-11-29T22:59:00"), now))).toEqual(["in 2 days", "übermorgen"]);
  // An hour and a minute are not two hours, and a minute less than an hour is one.
  expect(at(night, (words, now) => words.until(iso(now + 61 * MINUTE), now))).toEqual(["in 1 hr.", "in 1 Std."]);
  expect(at(night, (words, now) => words.until(iso(now + 59.5 * MINUTE), now))).toEqual(["in 1 hr.", "in 1 Std."]);
});
