// Pictures of every view.
import type { Page } from "playwright-core";
import { afterEach, test } from "vitest";

import { type Look, settled, THEMES, useBrowser, VIEWS } from "./support/browser";
import { picture, pictures, WIDTHS } from "./support/pictures";

const browser = useBrowser();
afterEach(() => browser.close());

const plain = VIEWS.flatMap((view) => ["empty", "loading", "full", "error"].map((scenario) => [view, scenario] as const));
const more = [
  ["home", "first-run"], ["home", "paused"], ["home", "port-taken"], ["home", "keychain-locked"], ["home", "broken"],
  ["home", "old-token"], ["home", "ends-soon"], ["home", "ended"], ["home", "refused"], ["home", "no-token"], ["home", "tasks"],
  ["home", "stopped"], ["tools", "shortfall"], ["workspaces", "no-token"], ["workspaces", "ends-soon"],
  ["home", "many"], ["tools", "many"], ["activity", "many"], ["workspaces", "many"],
] as const;

for (const view of VIEWS) {
  test(`pictures of ${view}`, async () => {
    for (const [, scenario] of [...plain, ...more].filter(([of]) => of === view)) {
      const page = await browser.open({ view, scenario });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 640 });
        await pictures(page, (theme) => `${view}-${scenario}-${theme}-${width}`, THEMES, scenario === "loading");
      }
      await browser.close();
    }
  }, 240_000);
}

test("pictures in German", async () => {
  for (const view of VIEWS) {
    for (const scenario of ["full", "error"]) {
      const page = await browser.open({ view, scenario, lang: "de" });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 640 });
        await settled(page);
        await picture(page, `${view}-${scenario}-de-${width}`);
      }
      await browser.close();
    }
  }
}, 240_000);

test("pictures of what opens", async () => {
  const shot = (page: Page, name: string) => pictures(page, (theme) => `${name}-${theme}`);
  const open = async (look: Look) => {
    await browser.close();
    return browser.open(look);
  };

  let page = await open({ view: "tools", height: 1400 });
  await page.getByRole("button", { name: /^Workflows and runs/ }).click();
  await page.getByRole("button", { name: "workflows_execute_command" }).click();
  await shot(page, "open-tool");
  page = await open({ view: "tools" });
  await page.getByRole("switch", { name: "Allow tools that show" }).click();
  await page.getByRole("alertdialog").waitFor();
  await shot(page, "open-risk");
  page = await open({ view: "activity" });
  await page.locator("[data-call]").nth(2).click();
  await page.getByRole("dialog").waitFor();
  await shot(page, "open-call");
  page = await open({ view: "activity" });
  await page.getByRole("combobox", { name: "Tool: All tools" }).click();
  await page.getByRole("option", { name: "runs_get_summary" }).click();
  await page.getByRole("combobox", { name: "Client: All clients" }).click();
  await page.getByRole("listbox").waitFor();
  await shot(page, "open-client");
  await page.getByRole("option", { name: "Claude Code" }).click();
  await page.getByRole("combobox", { name: "Tool: runs_get_summary" }).click();
  await page.getByRole("listbox").waitFor();
  await shot(page, "open-filter");
  await page.setViewportSize({ width: 380, height: 640 });
  await page.keyboard.press("Escape");
  await shot(page, "filtered-380");
  page = await open({ view: "workspaces" });
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByRole("dialog").waitFor();
  await shot(page, "open-add");
  page = await open({ view: "workspaces" });
  await page.getByRole("button", { name: "More for Acme" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("alertdialog").waitFor();
  await shot(page, "open-remove");
  page = await open({ view: "home", height: 1100 });
  await page.getByRole("button", { name: /^Cursor/ }).click();
  await shot(page, "open-entry");
  page = await open({ view: "home" });
  await page.getByRole("button", { name: /Switch workspace/ }).click();
  await shot(page, "open-switch");
  page = await open({ scenario: "first-run" });
  await page.getByRole("button", { name: "See what this is" }).click();
  await shot(page, "first-look");
  page = await open({ scenario: "no-keychain" });
  await page.getByRole("button", { name: "Paste a token" }).click();
  await shot(page, "first-token");
  await page.getByLabel("Access token").fill("pat_abcdef");
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByText("No keychain here").waitFor();
  await shot(page, "first-no-keychain");
}, 240_000);
