// Pictures of every view, to be looked at. SHOTS_DIR says where they go.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { afterEach, test } from "vitest";

import { THEMES, useBrowser, VIEWS } from "./support/browser";

const folder = resolve(process.env["SHOTS_DIR"] ?? "../target/shots");
mkdirSync(folder, { recursive: true });
const browser = useBrowser();
afterEach(() => browser.close());

const plain = VIEWS.flatMap((view) => ["empty", "loading", "full", "error"].map((scenario) => [view, scenario] as const));
const more = [
  ["home", "first-run"], ["home", "paused"], ["home", "port-taken"], ["home", "keychain-locked"], ["home", "broken"],
  ["home", "old-token"], ["home", "ends-soon"], ["home", "ended"], ["home", "refused"], ["home", "no-token"], ["home", "tasks"],
  ["home", "stopped"], ["tools", "shortfall"], ["workspaces", "no-token"], ["workspaces", "ends-soon"],
  ["home", "many"], ["tools", "many"], ["activity", "many"], ["workspaces", "many"],
] as const;

for (const theme of THEMES) {
  for (const width of [380, 960]) {
    test(`pictures, ${theme}, ${width} wide`, async () => {
      for (const [view, scenario] of [...plain, ...more]) {
        const page = await browser.open({ view, scenario, theme, width });
        await page.screenshot({ path: join(folder, `${view}-${scenario}-${theme}-${width}.png`) });
        await browser.close();
      }
    }, 240_000);
  }
}

test("pictures in German and of what opens", async () => {
  for (const view of VIEWS) {
    for (const width of [380, 960]) {
      const page = await browser.open({ view, lang: "de", width });
      await page.screenshot({ path: join(folder, `${view}-full-de-${width}.png`) });
      const failed = await browser.open({ view, scenario: "error", lang: "de", width });
      await failed.screenshot({ path: join(folder, `${view}-error-de-${width}.png`) });
    }
    await browser.close();
  }
  for (const theme of THEMES) {
    const shot = (page: { screenshot(o: { path: string }): Promise<unknown> }, name: string) =>
      page.screenshot({ path: join(folder, `${name}-${theme}.png`) });

    let page = await browser.open({ view: "tools", theme, height: 1400 });
    await page.getByRole("button", { name: /^Workflows and runs/ }).click();
    await page.getByRole("button", { name: "workflows_execute_command" }).click();
    await shot(page, "open-tool");
    page = await browser.open({ view: "tools", theme });
    await page.getByRole("switch", { name: "Allow tools that show" }).click();
    await page.getByRole("alertdialog").waitFor();
    await shot(page, "open-risk");
    page = await browser.open({ view: "activity", theme });
    await page.locator("[data-call]").nth(2).click();
    await page.getByRole("dialog").waitFor();
    await shot(page, "open-call");
    page = await browser.open({ view: "activity", theme });
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
    page = await browser.open({ view: "workspaces", theme });
    await page.getByRole("button", { name: "Add workspace" }).click();
    await page.getByRole("dialog").waitFor();
    await shot(page, "open-add");
    page = await browser.open({ view: "workspaces", theme });
    await page.getByRole("button", { name: "More for Acme" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("alertdialog").waitFor();
    await shot(page, "open-remove");
    page = await browser.open({ view: "home", theme, height: 1100 });
    await page.getByRole("button", { name: /^Cursor/ }).click();
    await shot(page, "open-entry");
    page = await browser.open({ view: "home", theme });
    await page.getByRole("button", { name: /Switch workspace/ }).click();
    await shot(page, "open-switch");
    page = await browser.open({ scenario: "first-run", theme });
    await page.getByRole("button", { name: "See what this is" }).click();
    await shot(page, "first-look");
    page = await browser.open({ scenario: "no-keychain", theme });
    await page.getByRole("button", { name: "Paste a token" }).click();
    await shot(page, "first-token");
    await page.getByLabel("Access token").fill("pat_abcdef");
    await page.getByRole("button", { name: "Add workspace" }).click();
    await page.getByText("No keychain here").waitFor();
    await shot(page, "first-no-keychain");
    await browser.close();
  }
}, 240_000);
