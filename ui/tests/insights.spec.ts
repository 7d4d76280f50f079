// How runs went: the figures, the charts, and what is said where a deployment does not tell.
import { afterEach, describe, expect, inject, test } from "vitest";

import type { RunsPoint } from "../src/lib/backend/types";
import { plotOf, pointAt } from "../src/views/insights/charts/plot";
import { Figures, rateOf } from "../src/views/insights/figures";
import { axe, inTheme, overflowing, tabbing, THEMES, useBrowser } from "./support/browser";
import { NOON } from "./support/moments";

const browser = useBrowser();
afterEach(() => browser.close());

/** The fake's weeks have weekends: always the same days are looked at. */
const INSIGHTS = { view: "insights", at: NOON, time: "goes on" } as const;

describe("figures", () => {
  const point = (completed: number, failed: number, stopped: number): RunsPoint => ({
    from: "2026-11-22T00:00:00Z", completed, failed, stopped, started: completed + failed + stopped,
  });

  test("are rates of what has ended, and never rounded up to all", () => {
    expect(rateOf(point(0, 0, 0))).toBe(null);
    expect(rateOf(point(3, 0, 1))).toBe(0.75);
    expect(new Figures("en").percent(0.9996)).toBe("99.9%");
    expect(new Figures("en").percent(1)).toBe("100%");
    expect(new Figures("de").percent(0.123)).toBe("12,3\u00a0%");
  });

  test("tell as much of credits as says something", () => {
    const figures = new Figures("en");
    expect([1342.6, 12.44, 0.00314, 0].map((credits) => figures.credits(credits))).toEqual(["1,343", "12.4", "0.0031", "0"]);
  });

  test("name the platform's days, wherever the computer is", () => {
    expect(new Figures("en").tick("2026-11-22T00:00:00Z", "day", false)).toBe("22 Nov");
    expect(new Figures("en").whole("2026-11-22T23:00:00Z")).toBe("Sun, 22 Nov 2026");
  });
});

test("a plot has few times and few figures, a place for every point, and holds none at all", () => {
  const plot = plotOf(344, 168, 30, 21, null, true);
  expect(plot.marks.length).toBeLessThanOrEqual(5);
  expect(plot.marks.at(-1)).toBe(29);
  expect(plot.rungs).toEqual([0, 10, 20, 30]);
  expect([pointAt(plot, -5, 30), pointAt(plot, plot.mid(7), 30), pointAt(plot, 9999, 30)]).toEqual([0, 7, 29]);
  expect(plotOf(700, 168, 1000, 2, null, true).bar).toBeGreaterThan(0);
  expect(plotOf(700, 168, 7, 0, null, true).rungs).toEqual([0, 1]);
});

const chart = (name: string) => ({ role: "slider" as const, name: `${name}, over time` });

test("figures stand on top; the span of time is chosen", async () => {
  const page = await browser.open({ ...INSIGHTS });
  await page.getByText("ended well").waitFor();
  const before = await page.locator("dl dd").allInnerTexts();
  expect(before).toHaveLength(4);
  expect(before[1]).toMatch(/^9\d\.\d%$/);
  await page.getByRole("radio", { name: "7 days" }).click();
  await page.waitForFunction((old) => document.querySelectorAll("dl dd")[2]?.textContent !== old, before[2]);
  const { role, name } = chart("Runs");
  await expect.poll(() => page.getByRole(role, { name }).getAttribute("aria-valuemax")).toBe("6");
});

test("keys go along a chart and tell each point; the pointer shows the same", async () => {
  const page = await browser.open({ ...INSIGHTS });
  const { role, name } = chart("Success rate");
  const rate = page.getByRole(role, { name });
  await rate.focus();
  await expect.poll(() => rate.getAttribute("aria-valuenow")).toBe("29");
  await page.keyboard.press("Home");
  await expect.poll(() => rate.getAttribute("aria-valuenow")).toBe("0");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => rate.getAttribute("aria-valuetext")).toMatch(/^\w{3}, \d+ \w{3,4} \d{4}, \d+(\.\d)?%, \d+ runs? ended$/);
  const tip = rate.locator(".tip");
  await tip.waitFor();
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "detached" });
  const runs = page.getByRole("slider", { name: "Runs, over time" });
  await runs.hover();
  await runs.locator(".tip").getByText(/\d+ completed|no runs/).waitFor();
});

test("each chart is a table too", async () => {
  const page = await browser.open({ ...INSIGHTS });
  await page.getByText("Show as table").nth(2).waitFor();
  await page.getByText("Show as table").first().click();
  const table = page.getByRole("region", { name: "Runs, table" });
  await expect.poll(() => table.getByRole("columnheader").allInnerTexts()).toEqual(["Day", "completed", "failed", "stopped"]);
  await expect.poll(() => table.getByRole("row").count()).toBe(31);
});

test("what is said of a point covers neither the point nor the key; what is small has no pattern", async () => {
  const page = await browser.open({ ...INSIGHTS, width: 380 });
  const runs = page.getByRole("slider", { name: "Runs, over time" });
  await runs.focus();
  for (const end of ["Home", "End"]) {
    await page.keyboard.press(end);
    const [tip, here, plot] = await Promise.all([runs.locator(".tip"), runs.locator(".here"), runs].map(async (part) => (await part.boundingBox())!));
    expect(tip!.y).toBeGreaterThanOrEqual(plot!.y);
    expect(tip!.x).toBeGreaterThanOrEqual(plot!.x);
    expect(tip!.x + tip!.width).toBeLessThanOrEqual(plot!.x + plot!.width);
    expect(tip!.x > here!.x + here!.width || tip!.x + tip!.width < here!.x, end).toBe(true);
  }
  const small = await runs.locator("rect.failed[stroke-width]").evaluateAll((pieces) =>
    pieces.filter((piece) => Number(piece.getAttribute("height")) < 5).map((piece) => [piece.getAttribute("fill"), piece.getAttribute("rx")]),
  );
  expect(small.length).toBeGreaterThan(0);
  expect(new Set(small.map(String))).toEqual(new Set([",0"]));
});

test("narrow, the table says each figure's name beside it", async () => {
  const page = await browser.open({ ...INSIGHTS, width: 380, lang: "de" });
  await page.getByText("Als Tabelle zeigen").first().click();
  const region = page.getByRole("region", { name: "Läufe, Tabelle" });
  await expect.poll(() => region.getByRole("row").count()).toBe(31);
  expect(await region.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await expect.poll(() => region.getByRole("cell").first().innerText()).toMatch(/^abgeschlossen \d+$/);
});

test("what ended how is told apart without colour", async () => {
  const page = await browser.open({ ...INSIGHTS });
  await page.getByText("Show as table").first().waitFor();
  const key = page.locator("section ul li svg rect");
  const looks = await key.evaluateAll((pieces) => pieces.map((piece) => [getComputedStyle(piece).fill.startsWith("url"), piece.getAttribute("stroke-width") !== "0"]));
  expect(looks).toEqual([[false, false], [true, true], [false, true]]);
});

test("what a deployment does not tell is a dash with its reason, or what the app knows itself; what needs more runs says so", async () => {
  const page = await browser.open({ ...INSIGHTS, scenario: "untold" });
  await page.getByText("success rate, once three runs have ended").waitFor();
  // As many as the rail says.
  await expect.poll(() => page.locator("dl dd").allInnerTexts()).toEqual(["3", "—", "2", expect.stringMatching(/^—\s*Not reported by this platform$/)]);
  await page.getByText("Shown once three runs have ended.").waitFor();
  await page.getByText("This deployment does not tell what was used over time.").waitFor();
  await page.getByRole("slider", { name: "Runs, over time" }).waitFor();
  await expect.poll(() => page.getByRole("slider", { name: "Credits, over time" }).count()).toBe(0);
});

test("no runs: it offers a longer time, and then the runs", async () => {
  const page = await browser.open({ ...INSIGHTS, scenario: "empty" });
  await page.getByText("No runs in this time").waitFor();
  await page.getByRole("button", { name: "Look at all time" }).click();
  await page.getByRole("button", { name: "See runs" }).click();
  await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
});

test("axe finds nothing, nothing reaches beyond a narrow window, and Tab reaches every control", async () => {
  const page = await browser.open({ ...INSIGHTS, height: 1000 });
  await page.getByText("Show as table").first().click();
  for (const theme of THEMES) {
    await inTheme(page, theme);
    expect(await axe(page)).toEqual([]);
  }
  await page.locator("h1").click();
  await tabbing(page);
  for (const lang of ["en", "de"] as const) {
    await browser.close();
    const narrow = await browser.open({ ...INSIGHTS, width: 380, lang });
    await narrow.getByRole("slider").first().waitFor();
    expect(await overflowing(narrow)).toEqual([]);
  }
});

test("charts are drawn with prototypes frozen, as in the app, and not loaded before they are wanted", async () => {
  const page = await browser.blank();
  await page.addInitScript(() => Object.freeze(Object.prototype));
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  await page.goto(`${inject("fakeUrl")}/?scenario=full&lang=en#home`);
  await page.getByText("Serving as Acme").waitFor();
  expect(loaded.filter((url) => /\/Charts-/.test(url))).toEqual([]);
  await page.goto(`${inject("fakeUrl")}/?scenario=full&lang=en#insights`);
  await page.reload();
  await page.locator(".plot rect.completed").first().waitFor();
  expect(loaded.some((url) => /\/Charts-/.test(url))).toBe(true);
});
