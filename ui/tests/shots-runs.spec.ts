// Pictures of runs, to be looked at. SHOTS_DIR says where they go.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";

import { settled, THEMES, useBrowser } from "./support/browser";
import { RUN } from "./support/runs";

const folder = resolve(process.env["SHOTS_DIR"] ?? "../target/shots");
mkdirSync(folder, { recursive: true });
const browser = useBrowser();
afterEach(() => browser.close());

const RUNS = { ...RUN, missing: "run/wf_x/run_x" };
const WORDS = {
  en: { graph: "Graph", events: "Events", context: "Context", stop: "Stop", now: /^Stop now/, more: "More", again: "Run again", json: "JSON" },
  de: { graph: "Graph", events: "Ereignisse", context: "Kontext", stop: "Beenden", now: /^Sofort beenden/, more: "Mehr", again: "Erneut starten", json: "JSON" },
};

for (const [lang, theme, width] of [
  ...THEMES.flatMap((theme) => [380, 960].map((width) => ["en", theme, width] as const)),
  ["de", "light", 380] as const,
  ["de", "dark", 960] as const,
]) {
  test(`pictures of runs, ${lang}, ${theme}, ${width} wide`, async () => {
    const w = WORDS[lang];
    const shot = async (page: Page, name: string, loading = false) => {
      await settled(page, loading);
      await page.screenshot({ path: join(folder, `run-${name}-${lang}-${theme}-${width}.png`) });
    };
    const of = async (view: string, height = 900, scenario = "full") => {
      await browser.close();
      return browser.open({ view, scenario, theme, width, lang, height });
    };
    const part = (page: Page, name: string) => page.getByRole("radio", { name }).click();
    const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

    for (const [name, view] of Object.entries(RUNS)) await shot(await of(view), name);
    await shot(await of(RUNS.running, 640, "error"), "error");
    await shot(await of(RUNS.running, 640, "loading"), "loading", true);

    let page = await of(RUNS.overnight, 1200);
    await page.getByRole("option").nth(3).click();
    await shot(page, "step");
    page = await of(RUNS.overnight, 1200);
    await page.getByRole("switch").click();
    await part(page, w.context);
    await page.getByRole("treeitem").nth(1).click();
    await page.getByRole("searchbox").fill("AC-");
    await shot(page, "context");
    page = await of(RUNS.failed, 1400);
    await part(page, w.events);
    await shot(page, "events");
    for (const name of ["running", "thirty", "failed"] as const) {
      page = await of(RUNS[name]);
      await part(page, w.graph);
      await shot(page, `graph-${name}`);
    }
    page = await of(RUNS.waiting, 640);
    await press(page, w.stop);
    await shot(page, "stop");
    await page.getByRole("menuitem", { name: w.now }).click();
    await shot(page, "stop-now");
    page = await of(RUNS.running, 640);
    await press(page, w.more);
    await shot(page, "more");
    await page.getByRole("menuitem", { name: w.again }).click();
    await page.getByRole("dialog").waitFor();
    await shot(page, "again");
    await part(page, w.json);
    await shot(page, "again-json");

    page = await of("runs", 640, "many");
    await page.locator("[data-run]").first().waitFor();
    await page.locator(".scroller").evaluate((element) => (element.scrollTop = 1200));
    await settled(page);
    await page.evaluate('window.dispatchEvent(new CustomEvent("fake-runs", { detail: 3 }))');
    await shot(page, "list-new");
    await page.locator(".scroller").evaluate((element) => (element.scrollTop = 200_000));
    await page.screenshot({ path: join(folder, `run-list-ghosts-${lang}-${theme}-${width}.png`) });
    page = await of("runs", 640);
    await page.keyboard.press("/");
    await page.keyboard.type("in");
    await shot(page, "list-filter");
    expect(true).toBe(true);
  }, 240_000);
}
