// Pictures at ten seconds past midnight, to be looked at.
import type { Page } from "playwright-core";
import { afterEach, test } from "vitest";

import { catalogues } from "../src/lib/i18n";
import { useBrowser } from "./support/browser";
import { LANGUAGES } from "./support/moments";
import { pictures, WIDTHS } from "./support/pictures";
import { RUN } from "./support/runs";

const browser = useBrowser();
afterEach(() => browser.close());

const MIDNIGHT = "2026-11-28T00:00:10[Europe/Berlin]";
const PUT_BACK = "2026-10-25T02:00:10+01:00[Europe/Berlin]";

for (const [lang, width] of LANGUAGES.flatMap((lang) => WIDTHS.map((width) => [lang, width] as const))) {
  test(`pictures at midnight, ${lang}, ${width} wide`, async () => {
    const t = catalogues[lang];
    const shot = (page: Page, name: string) => pictures(page, (theme) => `hours-${name}-${lang}-${theme}-${width}`);
    const of = async (view: string, at: string = MIDNIGHT, height = 1300) => {
      await browser.close();
      return browser.open({ view, at, width, lang, height });
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
  }, 240_000);
}
