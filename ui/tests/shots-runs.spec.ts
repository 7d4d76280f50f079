// Pictures of runs.
import type { Page } from "playwright-core";
import { afterEach, test } from "vitest";

import { settled, THEMES, useBrowser } from "./support/browser";
import { holdAnswers, pictures } from "./support/pictures";
import { RUN } from "./support/runs";

const browser = useBrowser();
afterEach(() => browser.close());

const RUNS = { ...RUN, missing: "run/wf_x/run_x" };
const WORDS = {
  en: { graph: "Graph", events: "Events", context: "Context", stop: "Stop", now: /^Stop now/, more: "More", again: "Run again", json: "JSON" },
  de: { graph: "Graph", events: "Ereignisse", context: "Kontext", stop: "Beenden", now: /^Sofort beenden/, more: "Mehr", again: "Erneut starten", json: "JSON" },
};

for (const [lang, themes, width] of [
  ["en", THEMES, 380],
  ["en", THEMES, 960],
  ["de", ["light"], 380],
  ["de", ["dark"], 960],
] as const) {
  test(`pictures of runs, ${lang}, ${width} wide`, async () => {
    const w = WORDS[lang];
    const shot = (page: Page, name: string, loading = false) => pictures(page, (theme) => `run-${name}-${lang}-${theme}-${width}`, themes, loading);
    const of = async (view: string, height = 900, scenario = "full") => {
      await browser.close();
      return browser.open({ view, scenario, width, lang, height });
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
    await holdAnswers(page);
    await page.locator(".scroller").evaluate((element) => (element.scrollTop = 200_000));
    await shot(page, "list-ghosts", true);
    page = await of("runs", 640);
    await page.keyboard.press("/");
    await page.keyboard.type("in");
    await shot(page, "list-filter");
  }, 240_000);
}
