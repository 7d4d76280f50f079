// The page around midnight, on days on which clocks are changed, in other zones and in both languages.
import { fromAbsolute, toCalendarDate, type CalendarDate } from "@internationalized/date";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";

import { catalogues } from "../src/lib/i18n";
import { axe, overflowing, settled, useBrowser } from "./support/browser";
import { LANGUAGES, momentOf } from "./support/moments";
import { RUN } from "./support/runs";

const browser = useBrowser();
afterEach(() => browser.close());

const MOMENTS = [
  "2026-11-28T00:00:10[Europe/Berlin]",
  "2026-11-27T23:59:50[Asia/Kathmandu]",
  "2026-10-25T02:00:10+01:00[Europe/Berlin]",
  "2027-03-28T03:00:10[Europe/Berlin]",
  "2026-11-01T23:59:50[America/New_York]",
  "2028-02-29T00:00:10[America/New_York]",
] as const;

/** "23:59:12", and the zone in the hour that is shown twice. */
const CLOCK = /^\d\d:\d\d:\d\d( (CES?T|MES?Z|GMT-[45]))?$/;
const DAYS: Record<string, number> = { yesterday: -1, tomorrow: 1, vorgestern: -2, gestern: -1, morgen: 1, übermorgen: 2 };
const ANOTHER = { en: /^(yesterday|\d+ \w{3,4})$/, de: /^(gestern|\d+\. \p{L}+\.?)$/u };

type Told = { at: string; text: string; title: string };
/** Every time that is shown, and what stands on hover. */
const timesOf = (page: Page, where = "main"): Promise<Told[]> =>
  page.locator(`${where} time[datetime]`).evaluateAll((all) =>
    all.map((one) => ({ at: one.getAttribute("datetime")!, text: (one as HTMLElement).innerText.replace(/\s+/g, " ").trim(), title: one.getAttribute("title") ?? "" })),
  );
const dayIn = (at: string, zone: string): CalendarDate => toCalendarDate(fromAbsolute(Date.parse(at), zone));
const clockIn = (at: string, zone: string) => fromAbsolute(Date.parse(at), zone).toString().slice(11, 19);
/** Elements whose text is wider or higher than they are. */
const cut = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).map((one) => one.textContent));

/** No time is told that is another where the person is. */
function honest(told: Told[], now: string, zone: string) {
  const today = toCalendarDate(fromAbsolute(Date.parse(now), zone));
  for (const { at, text, title } of told) {
    if (title) expect(title, text).toContain(clockIn(at, zone));
    const clock = /\d\d:\d\d(:\d\d)?/.exec(text)?.[0];
    if (clock) expect(clockIn(at, zone), text).toContain(clock);
    for (const word of text.match(/\p{L}+/gu) ?? []) {
      const days = DAYS[word];
      if (days !== undefined) expect(dayIn(at, zone).toString(), `${text} at ${at}`).toBe(today.add({ days }).toString());
    }
  }
}

describe.each(LANGUAGES)("in %s", (lang) => {
  const t = catalogues[lang];

  describe.each(MOMENTS)("at %s", (moment) => {
    const { time, zone } = momentOf(moment);
    const now = new Date(time).toISOString();
    const look = { at: moment, lang };

    test("a run's times have seconds and no day; those of a run of several days have both; nothing is cut", async () => {
      const page = await browser.open({ view: RUN.running, height: 1400, ...look });
      const events = async () => {
        await page.getByRole("radio", { name: t.run.events }).click();
        const told = await timesOf(page, "ol");
        expect(await cut(page, "ol time")).toEqual([]);
        await page.getByRole("radio", { name: t.run.steps }).click();
        return told;
      };
      await page.getByRole("option").nth(2).click();
      await page.locator(".try").first().waitFor();
      const tries = await page.locator(".try .quiet").allInnerTexts();
      const tip = (await page.locator("figure .spans > span").allInnerTexts()).map((piece) => piece.replace(/^.*?(?=\d\d:\d\d:\d\d)/s, ""));
      expect([tries.length, tip.length]).toEqual([3, 5]);
      const clocks = [...(await timesOf(page, "table")), ...(await events())];
      expect(clocks.length).toBeGreaterThan(12);
      for (const text of [...clocks.map(({ text }) => text), ...[...tries, ...tip].flatMap((span) => span.split(" – "))]) expect(text).toMatch(CLOCK);
      honest(clocks, now, zone);
      // None of it says a day, so there is none above the axis either.
      expect(await page.locator(".head .day").count()).toBe(0);

      await page.evaluate((hash) => (location.hash = hash), RUN.days);
      await page.locator("[data-step=legal]").waitFor();
      for (const width of [960, 380]) {
        await page.setViewportSize({ width, height: 1400 });
        const days = [...(width > 560 ? await timesOf(page, "table") : []), ...(await events())];
        expect(days.length).toBeGreaterThan(width > 560 ? 13 : 8);
        for (const { text } of days) {
          const [day = "", clock = ""] = text.split(", ");
          expect(day).toMatch(ANOTHER[lang]);
          expect(clock).toMatch(CLOCK);
        }
        honest(days, now, zone);
        expect(await cut(page, "td.began")).toEqual([]);
        expect(await overflowing(page)).toEqual([]);
      }
      await page.getByRole("switch", { name: t.run.shorten }).click();
      const named = page.locator(".head.days .day");
      await expect.poll(() => named.count()).toBeGreaterThan(1);
      const names = await named.allInnerTexts();
      expect(new Set(names).size).toBe(names.length);
    });

    test("a call of another day has its day and its clock, at any width, and covers nothing", async () => {
      const page = await browser.open({ view: "activity", height: 1400, ...look });
      for (const width of [960, 700, 380]) {
        await page.setViewportSize({ width, height: 1400 });
        await settled(page);
        const told = await timesOf(page);
        expect(told.length).toBeGreaterThan(15);
        for (const { at, text } of told) {
          const day = dayIn(at, zone).compare(dayIn(now, zone)) === 0 ? "" : text.slice(0, text.search(/\s\d\d:/));
          if (day) expect(day, at).toMatch(ANOTHER[lang]);
          expect(text.slice(day.length).trim(), at).toMatch(CLOCK);
        }
        honest(told, now, zone);
        const rows = page.locator("[data-call]");
        const reach = (row: Element) => row.querySelector("time")!.getBoundingClientRect().right - row.querySelector(".client")!.getBoundingClientRect().left;
        expect(Math.max(...(await rows.evaluateAll((all, reach) => all.map(eval(reach)), reach.toString())) as number[])).toBeLessThan(0);
        // The day is read once: above those that follow where there is a head, else in each row.
        const seen = await page.locator("[data-call] .day").evaluateAll((all) => all.filter((one) => getComputedStyle(one).clipPath === "none").length);
        const days = new Set(told.map(({ at }) => dayIn(at, zone).toString()));
        expect(seen).toBe(width > 640 ? days.size - 1 : told.filter(({ at }) => dayIn(at, zone).compare(dayIn(now, zone)) !== 0).length);
        const head = width > 640 ? await page.locator(".head span").first().innerText() : "";
        const [first] = told;
        if (head) expect(head.toLowerCase()).toBe((dayIn(first!.at, zone).compare(dayIn(now, zone)) === 0 ? t.activity.time : first!.text.slice(0, first!.text.search(/\s\d\d:/))).toLowerCase());
        expect(await overflowing(page)).toEqual([]);
      }
    });

    test("no view tells a time that it is not: home, runs, approvals, workspaces, a token; do not disturb says until when", async () => {
      let page = await browser.open({ view: "home", ...look });
      const go = (view: string) => page.evaluate((hash) => (location.hash = hash), view);
      const told = async (view: string, some: number) => {
        await settled(page);
        const times = await timesOf(page);
        expect(times.length, view).toBeGreaterThanOrEqual(some);
        honest(times, now, zone);
      };
      await told("home", 5);
      for (const view of ["runs", "approvals"] as const) {
        await go(view);
        await page.getByRole("heading", { level: 1, name: t.places[view] }).waitFor();
        await told(view, 3);
      }
      page = await browser.open({ view: "workspaces", scenario: "ends-soon", ...look });
      await told("workspaces", 1);
      await page.getByRole("button", { name: "Acme", exact: true }).click();
      await page.locator("dl time").first().waitFor();
      await told("token", 2);
      const ends = page.locator("dl dd").filter({ hasText: "(" });
      const days = dayIn((await ends.locator("time").getAttribute("datetime"))!, zone).compare(dayIn(now, zone));
      expect(await ends.innerText()).toContain(`(${new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "short" }).format(days, "day")})`);

      await go("settings");
      const n = t.notifications;
      for (const [press, until] of [[n.pauseHour, null], [n.pauseMorning, "08:00"]] as const) {
        await page.getByRole("button", { name: press }).click();
        await page.locator("[role=status] time").waitFor();
        const [said] = await timesOf(page, "[role=status]");
        const days = dayIn(said!.at, zone).compare(dayIn(now, zone));
        const day = days === 0 ? "" : `${lang === "en" ? "tomorrow" : "morgen"}, `;
        expect(said!.text.replace(/ (CES?T|MES?Z|GMT-[45])$/, "")).toBe(n.pauseOn(`${day}${until ?? clockIn(said!.at, zone).slice(0, 5)}`));
        if (until) expect(days).toBe(fromAbsolute(time, zone).hour < 5 ? 0 : 1);
        await page.getByRole("button", { name: n.pauseOff }).click();
      }
      await page.getByRole("switch", { name: n.quiet, exact: true }).click();
      await page.getByText(n.quietOvernight("22:00", "07:00")).waitFor();
    });
  });

  test("at midnight, calls become those of yesterday and today's runs are others", async () => {
    const at = "2026-11-27T23:59:50[Europe/Berlin]";
    const page = await browser.open({ view: "activity", scenario: "many", at, time: "is moved", lang });
    const day = () => page.locator("[data-call] time .day").count();
    expect(await day()).toBe(0);
    await page.clock.runFor(40_000);
    await expect.poll(() => day()).toBeGreaterThan(3);
    const runs = await browser.open({ view: "runs", at, time: "is moved", lang });
    await runs.getByRole("combobox", { name: `${t.runs.time}: ` }).click();
    await runs.getByRole("option", { name: t.runs.since.today }).click();
    await runs.getByText(t.runs.total(23), { exact: true }).waitFor();
    await runs.clock.runFor(40_000);
    await runs.getByText(t.runs.none).waitFor();
  });
});

test("a run over midnight at ten seconds past: axe finds nothing", async () => {
  const page = await browser.open({ view: RUN.running, at: MOMENTS[0], height: 1400 });
  await settled(page);
  expect(await axe(page)).toEqual([]);
});
