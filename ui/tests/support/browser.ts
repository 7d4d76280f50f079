import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium, type Browser, type BrowserContext, type Page, type Request } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";

import { momentOf } from "./moments";

export const VIEWS = ["home", "runs", "insights", "approvals", "tools", "activity", "workspaces", "settings"] as const;
export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
];

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where the environment names one, every page is opened at that moment: so all of the tests can be run at any hour. */
const MOMENT = process.env["MOMENT"] ? momentOf(process.env["MOMENT"]) : undefined;

export type Look = {
  scenario?: string;
  view?: string;
  theme?: Theme;
  lang?: "en" | "de";
  width?: number;
  height?: number;
  still?: boolean;
  /** When and in which zone the page is opened: "2026-11-28T00:00:10[Europe/Berlin]". */
  at?: string;
  /** What time does then: it stands still, goes on, or is moved by the test with `page.clock`. */
  time?: "stands" | "goes on" | "is moved";
};

/**
 * One browser for a file's tests. To begin a page takes the computer far longer than to load it: one that is let go waits for
 * the next that wants one of its kind. The page keeps nothing in the browser, so nothing of it outlives the next loading.
 */
export function useBrowser() {
  let browser: Browser;
  const faults: string[] = [];
  const idle = new Map<string, Page[]>();
  const lent: [kind: string, page: Page][] = [];
  /** Those of one test alone, which may have changed what a page is. */
  const own: BrowserContext[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function make(look: Look): Promise<Page> {
    const context = await browser.newContext({ viewport: sizeOf(look), ...mediaOf(look), bypassCSP: false, timezoneId: momentFor(look)?.zone });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const fetching = new Set<Request>();
    onTheirWay.set(page, fetching);
    page.on("request", (request) => fetching.add(request));
    page.on("requestfinished", (request) => fetching.delete(request));
    page.on("requestfailed", (request) => fetching.delete(request));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    return page;
  }

  /** A page that shows nothing yet, for what is done before it does. */
  async function blank(look: Look = {}): Promise<Page> {
    const page = await make(look);
    own.push(page.context());
    const moment = momentFor(look);
    const time = timeOf(look);
    if (moment && time === "goes on") await page.addInitScript(moveClock, moment.time - Date.now());
    else if (moment && time === "is moved") await page.clock.install({ time: moment.time });
    else if (moment) await page.clock.setFixedTime(moment.time);
    return page;
  }

  /** One that was let go, or a new one. */
  async function lend(look: Look): Promise<Page> {
    const moment = momentFor(look);
    const time = moment && timeOf(look);
    const kind = JSON.stringify([moment?.zone, time, look.still]);
    const waiting = idle.get(kind)?.pop();
    const page = waiting ?? (await make(look));
    lent.push([kind, page]);
    if (waiting) {
      // There is no pointer over a new page.
      await page.mouse.move(-1, -1);
      await page.setViewportSize(sizeOf(look));
      await page.emulateMedia(mediaOf(look));
    } else if (time === "goes on") await page.addInitScript(moveClock, null);
    if (moment && time === "stands") await page.clock.setFixedTime(moment.time);
    return page;
  }

  /** Opens the page with the fake backend and waits until it shows what it has to show. */
  async function open(look: Look = {}): Promise<Page> {
    const moved = timeOf(look) === "is moved";
    const page = moved ? await blank(look) : await lend(look);
    const query = new URLSearchParams({ scenario: look.scenario ?? "full", view: look.view ?? "home", lang: look.lang ?? "en" });
    const moment = momentFor(look);
    if (moment && !moved) query.set("later", String(moment.time - Date.now()));
    await page.goto(`${inject("fakeUrl")}/?${query}`);
    await page.locator("main").first().waitFor();
    await settled(page, look.scenario === "loading");
    return page;
  }

  /** Lets go of every page that is open. */
  async function close(): Promise<void> {
    for (const [kind, page] of lent.splice(0)) idle.set(kind, [...(idle.get(kind) ?? []), page]);
    await Promise.all(own.splice(0).map((context) => context.close()));
    expect(faults.splice(0)).toEqual([]);
  }

  return { open, blank, close };
}

const momentFor = (look: Look) => (look.at ? momentOf(look.at) : MOMENT);
const timeOf = (look: Look) => look.time ?? (look.at ? "stands" : "goes on");
const sizeOf = (look: Look) => ({ width: look.width ?? 960, height: look.height ?? 640 });
const mediaOf = (look: Look) => ({ colorScheme: look.theme ?? "light", reducedMotion: look.still === false ? "no-preference" : "reduce" }) as const;

/** Runs in the page, before all else. Without a span it lives as much later as its address says. */
function moveClock(span: number | null): void {
  const by = span ?? Number(new URLSearchParams(location.search).get("later"));
  const There = Date;
  window.Date = class extends There {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [There.now() + by]) as [number]));
    }
    static override now(): number {
      return There.now() + by;
    }
  } as DateConstructor;
}

/** The files that a page has asked for and not yet been given. */
const onTheirWay = new WeakMap<Page, Set<Request>>();

/** Why the page may look different in a moment. Asked over two frames, in which nothing may change; what moves is brought to its end. */
async function unsettled(loading: boolean): Promise<string[]> {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  let changed = false;
  const watch = new MutationObserver(() => (changed = true));
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  await frame();
  await frame();
  watch.disconnect();
  const moving = document.getAnimations().filter(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity);
  moving.forEach((animation) => animation.finish());
  return Object.entries({
    changed,
    asking: Number(document.documentElement.dataset["asking"] ?? 0) > 0,
    loading: !loading && document.querySelector("[role=status]:is([aria-label='Loading'], [aria-label='Wird geladen'])") !== null,
    moving: moving.length > 0,
  }).flatMap(([why, holds]) => (holds ? [why] : []));
}

/** Waits until nothing is asked for, nothing moves and nothing changes; `loading` says that something never comes. */
export async function settled(page: Page, loading = false): Promise<void> {
  await expect
    .poll(async () => [...(await page.evaluate(unsettled, loading)), ...[...onTheirWay.get(page)!].map((request) => request.url())])
    .toEqual([]);
}

/** Has the page wear a theme, as the system's own setting would. */
export async function inTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.waitForFunction((wanted) => document.documentElement.dataset["theme"] === wanted, theme);
}

/** Makes the window as wide as that, as a person would. */
export async function atWidth(page: Page, width: number, height = 640): Promise<void> {
  await page.setViewportSize({ width, height });
  await settled(page);
}

/** What axe finds, in words short enough to read in a failure. */
export async function axe(page: Page): Promise<string[]> {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axeSource);
  type Found = { id: string; nodes: { html: string; failureSummary?: string }[] };
  const violations = (await page.evaluate("axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)")) as Found[];
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`));
}

/** The elements that reach beyond the window's right edge, and are not inside something that scrolls. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const scrolls = (element: Element | null): boolean =>
      element !== null && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const found = [...document.body.querySelectorAll("*")]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right > wide + 0.5 && !scrolls(element.parentElement);
      })
      .map((element) => element.outerHTML.slice(0, 120));
    const sideways = [...document.querySelectorAll(".page, main, body")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.className || element.tagName} scrolls sideways: ${element.scrollWidth} > ${element.clientWidth}`);
    return [...found, ...sideways];
  });
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element && element !== document.body ? (element.getAttribute("data-stop") ?? element.tagName) : null;
  });

/** Tab reaches every control of the page, and each shows its focus. */
export async function tabbing(page: Page): Promise<void> {
  const stops = await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("a[href], button, input, textarea, select, summary, [tabindex='0']")];
    const reachable = all.filter((element) => element.tabIndex >= 0 && !element.matches(":disabled") && element.checkVisibility());
    reachable.forEach((element, index) => element.setAttribute("data-stop", String(index)));
    return reachable.length;
  });
  const seen = new Set<string>();
  const blind: string[] = [];
  for (let i = 0; i < stops + 5; i++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    // Past the last one the window itself has its turn, wherever the way began.
    if (stop === null) continue;
    if (seen.has(stop)) break;
    seen.add(stop);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    if (outline === "none") blind.push(stop);
  }
  expect(blind).toEqual([]);
  // A radio group is one stop; its other members are reached with the arrows.
  const members = await page.locator("[role=radio][tabindex='0']").count();
  const groups = await page.getByRole("radiogroup").count();
  expect(seen.size).toBe(stops - (members - groups));
}
