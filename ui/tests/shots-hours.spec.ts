// Pictures at ten seconds past midnight, to be looked at. SHOTS_DIR says where they go.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";

import { catalogues } from "../src/lib/i18n";
import { settled, THEMES, useBrowser } from "./support/browser";
import { LANGUAGES } from "./support/moments";
import { RUN } from "./support/runs";

const folder = resolve(process.env["SHOTS_DIR"] ?? "../target/shots");
mkdirSync(folder, { recursive: true });
const browser = useBrowser();
afterEach(() => browser.close());

const MIDNIGHT = "2026-11-28T00:00:10[Europe/Berlin]";
const PUT_BACK = "2026-10-25T02:00:10+01:00[Europe/Berlin]";

for (const [lang, theme, width] of LANGUAGES.flatMap((lang) => THEMES.flatMap((theme) => [380, 960].map((width) => [lang, theme, width] as const)))) {
  test(`pictures at midnight, ${lang}, ${theme}, ${width} wide`, async () => {
    const t = catalogues[lang];
    const shot = async (page: Page, name: string) => {
      await settled(page);
      await page.screenshot({ path: join(folder, `hours-${name}-${lang}-${theme}-${width}.png`) });
    };
    const of = async (view: string, at: string = MIDNIGHT, height = 1300) => {
      await browser.close();
      return browser.open({ view, at, theme, width, lang, height });
    };
    const pressed = async (view: string, at?: string) => {
      const page = await of(view, at);
      await page.getByRole("option").nth(2).click();
      await page.getByRole("option").nth(2).hover();
      return page;
    };
    for (const [name, view, at] of [["running", RUN.running], ["days", RUN.days], ["overnight", RUN.overnight], ["put-back", RUN.running, PUT_BACK]] as const) {
      const page = await pressed(view, at);
      await shot(page, name);
      await page.getByRole("radio", { name: t.run.events }).click();
      await shot(page, `${name}-events`);
    }
    await shot(await of("activity", MIDNIGHT, 640), "activity");
    await shot(await of("activity", "2026-11-28T00:08:00[Europe/Berlin]", 640), "activity-turn");
    await shot(await of("activity", PUT_BACK, 640), "activity-put-back");
    await shot(await of("home", MIDNIGHT, 1000), "home");
    const settings = await of("settings", MIDNIGHT);
    await settings.getByRole("button", { name: t.notifications.pauseMorning }).click();
    await shot(settings, "settings");
    expect(true).toBe(true);
  }, 240_000);
}
