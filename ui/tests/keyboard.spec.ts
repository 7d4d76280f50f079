import { afterEach, expect, test } from "vitest";

import { axe, tabbing, useBrowser, VIEWS } from "./support/browser";

const browser = useBrowser();
afterEach(() => browser.close());

for (const view of VIEWS) {
  test(`${view}: Tab reaches every control, and each shows its focus`, async () => {
    const page = await browser.open({ view, scenario: view === "activity" ? "paused" : "error" });
    await tabbing(page);
  });
}

test("a workspace's own page: Tab reaches every control", async () => {
  const page = await browser.open({ view: "workspaces" });
  await page.getByRole("button", { name: "Acme", exact: true }).click();
  await page.getByText("CI pipeline").waitFor();
  await page.evaluate(() => document.body.focus());
  await page.locator("h1").evaluate((title) => title.blur());
  await tabbing(page);
});

test("/ begins the search and Escape empties and leaves it", async () => {
  for (const view of ["tools", "activity"]) {
    const page = await browser.open({ view });
    await page.keyboard.press("/");
    const search = page.locator("input[type=search]");
    await expect.poll(() => search.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type("vault");
    await expect.poll(() => search.inputValue()).toBe("vault");
    await page.keyboard.press("Escape");
    await expect.poll(() => search.inputValue()).toBe("");
    await page.keyboard.press("Escape");
    await expect.poll(() => search.evaluate((input) => input === document.activeElement)).toBe(false);
    await browser.close();
  }
});

test("? shows the keys, Ctrl and a figure go places", async () => {
  const page = await browser.open();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+5");
  await page.getByRole("heading", { name: "Activity" }).waitFor();
});

test("dialogs and menus take the focus, are clean for axe, close with Escape and give it back", async () => {
  const openings: [string, string, string][] = [
    ["workspaces", "Add workspace", "dialog"],
    ["workspaces", "More for Acme", "menu"],
    ["home", "Switch workspace: Acme", "menu"],
    ["home", "Emergency stop", "dialog"],
    ["settings", "Emergency stop", "dialog"],
    ["activity", "Export", "menu"],
    ["activity", "Tool: All tools", "listbox"],
    ["activity", "Client: All clients", "listbox"],
    ["activity", "Clear", "alertdialog"],
  ];
  for (const [view, name, role] of openings) {
    const page = await browser.open({ view });
    const opener = page.getByRole(role === "listbox" ? "combobox" : "button", { name, exact: true });
    await opener.focus();
    await page.keyboard.press("Enter");
    const opened = page.getByRole(role as "dialog");
    await opened.waitFor();
    expect(await axe(page), name).toEqual([]);
    // A list box leaves the focus on its button and names the option that is reached.
    const within = (wanted: string) =>
      wanted === "listbox"
        ? document.activeElement?.hasAttribute("aria-activedescendant")
        : document.activeElement?.closest(`[role=${wanted}]`) !== null;
    await page.waitForFunction(within, role);
    await page.keyboard.press("Escape");
    await opened.waitFor({ state: "detached" });
    await page.waitForFunction((wanted) => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") === wanted || element?.textContent?.includes(wanted);
    }, name);
    await browser.close();
  }
});

test("arrows move through the calls, Enter opens one", async () => {
  const page = await browser.open({ view: "activity", scenario: "many" });
  await page.locator("[data-call]").first().focus();
  for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-call"))).toBe("4960");
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-call"))).toBe("5000");
  await expect.poll(() => page.locator("[data-call]").count()).toBeLessThan(60);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  expect(await axe(page)).toEqual([]);
});

test("nothing animates for ever", async () => {
  for (const scenario of ["full", "starting", "loading"]) {
    const page = await browser.open({ scenario, still: false });
    const endless = await page.evaluate(
      () => document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime === Infinity).length,
    );
    expect(endless).toBe(0);
    await browser.close();
  }
  const calm = await browser.open({ scenario: "starting" });
  await expect.poll(() => calm.evaluate(() => document.getAnimations().length)).toBe(0);
});
