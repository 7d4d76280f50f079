// Pictures of approvals, questions, insights and the settings of notifications.
import type { Page } from "playwright-core";
import { afterEach, test } from "vitest";

import { type Look, settled, useBrowser } from "./support/browser";
import { holdAnswers, pictures, WIDTHS } from "./support/pictures";

const browser = useBrowser();
afterEach(() => browser.close());

const TASKS = { accounts: "task_01KB6X5D2C", deployment: "task_01KB71T6PZ", expense: "task_01KB7H0Q9W", letter: "task_01KB7N8E1R", publish: "task_01KB7Q2M4X" };
const WORDS = {
  en: { approve: "Approve", calendar: "Open the calendar", quiet: "Quiet hours", hour: "For an hour", table: "Show as table", week: "7 days", all: "All time" },
  de: { approve: "Freigeben", calendar: "Kalender öffnen", quiet: "Ruhezeit", hour: "Für eine Stunde", table: "Als Tabelle zeigen", week: "7 Tage", all: "Gesamt" },
} as const;

for (const lang of ["en", "de"] as const) {
  for (const width of WIDTHS) {
    test(`pictures of approvals and insights, ${lang}, ${width} wide`, async () => {
      const w = WORDS[lang];
      let page: Page;
      const shot = (name: string) => pictures(page, (theme) => `${name}-${lang}-${theme}-${width}`);
      const at = async (view: string, more: Look = {}) => {
        await browser.close();
        page = await browser.open({ view, width, lang, scenario: "raced", ...more });
        await settled(page);
      };
      const press = (name: string) => page.getByRole("button", { name, exact: true }).last().click();

      await at("approvals", { scenario: "full", height: 900 });
      await shot("approvals-asked");
      await at("approvals");
      await shot("approvals-list");
      for (const [name, id] of Object.entries(TASKS)) {
        await at(`approvals/${id}`, { height: 1200 });
        await shot(`approvals-${name}`);
        if (name !== "expense") continue;
        await press(w.approve);
        await shot("approvals-wrong");
      }
      await at(`approvals/${TASKS.letter}`, { height: 1300 });
      await press(w.calendar);
      await shot("approvals-calendar");
      await at(`approvals/${TASKS.accounts}`, { height: 900 });
      await press(w.approve);
      await shot("approvals-conflict");
      await at(`approvals/${TASKS.publish}`);
      await holdAnswers(page!);
      await press(w.approve);
      await shot("approvals-busy");
      await at(`approvals/${TASKS.publish}`);
      await press(w.approve);
      await shot("approvals-said");
      await at(`approvals/${TASKS.publish}`, { scenario: "cut-off" });
      await press(w.approve);
      await shot("approvals-failed");
      await at("approvals/question/question_1", { scenario: "full" });
      await shot("approvals-led");

      for (const scenario of ["untold", "empty", "full"]) {
        await at("insights", { scenario, height: 1100 });
        await shot(`insights-${scenario}`);
      }
      await page!.getByRole("radio", { name: w.week }).click();
      await page!.getByText(w.table).first().click();
      await page!.getByRole("slider").nth(1).hover();
      await shot("insights-week");
      await page!.getByRole("radio", { name: w.all }).click();
      await page!.getByRole("slider").first().focus();
      await page!.keyboard.press("ArrowLeft");
      await shot("insights-all");

      await at("settings", { scenario: "full", height: 1400 });
      await page!.getByRole("switch", { name: w.quiet }).click();
      await press(w.hour);
      await shot("settings-notifications");
    }, 240_000);
  }
}
