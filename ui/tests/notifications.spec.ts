// Settings of notifications, and whether agents ask first.
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";

import { axe, useBrowser } from "./support/browser";

const browser = useBrowser();
afterEach(() => browser.close());

const toggle = (page: Page, name: string) => page.getByRole("switch", { name });
const isOn = (page: Page, name: string, on: boolean) => page.locator(`[role=switch][aria-label="${name}"][aria-checked="${on}"]`).waitFor();

test("switches count at once, and one that follows another at once does not undo it", async () => {
  const page = await browser.open({ view: "settings" });
  await page.evaluate(() => {
    for (const name of ["A run failed", "A new client connects"]) document.querySelector<HTMLElement>(`[role=switch][aria-label="${name}"]`)?.click();
  });
  await isOn(page, "A run failed", false);
  await isOn(page, "A new client connects", false);
  await page.getByRole("link", { name: /^Tools/ }).click();
  await page.getByRole("link", { name: /^Settings/ }).click();
  await isOn(page, "A run failed", false);
  await isOn(page, "A new client connects", false);
  await isOn(page, "Something waits for my answer", true);
});

test("long runs: from so many minutes, from 1 to 1440; a wrong number changes nothing", async () => {
  const page = await browser.open({ view: "settings" });
  const minutes = page.getByLabel("From how many minutes on a run is long");
  for (const wrong of ["0", "1441", "ten"]) {
    await minutes.fill(wrong);
    await page.keyboard.press("Enter");
    await page.getByText("Give a whole number of minutes, from 1 to 1440.").waitFor();
  }
  await minutes.fill("45");
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByRole("button", { name: "Set", exact: true }).waitFor({ state: "detached" });
  await toggle(page, "A run has ended").click();
  await minutes.waitFor({ state: "detached" });
  await toggle(page, "A run has ended").click();
  await expect.poll(() => minutes.inputValue()).toBe("45");
});

test("quiet hours may pass midnight, and say so", async () => {
  const page = await browser.open({ view: "settings" });
  await toggle(page, "Quiet hours").click();
  await page.getByText("Every night from 22:00 to 07:00 of the next day.").waitFor();
  const from = page.getByRole("group", { name: "From" }).getByRole("spinbutton").first();
  await from.focus();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.type("0115");
  await page.keyboard.press("Tab");
  await page.getByText("Every day from 01:15 to 07:00.").waitFor();
  await toggle(page, "Quiet hours").click();
  await page.getByText("Notifications wait until they are over.").waitFor();
  await toggle(page, "Quiet hours").click();
  await page.getByText("Every day from 01:15 to 07:00.").waitFor();
});

test("do not disturb: an hour, until the morning, off", async () => {
  const page = await browser.open({ view: "settings" });
  await page.getByRole("button", { name: "For an hour" }).click();
  await page.getByText(/^On until .*\d\d:\d\d$/).waitFor();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Until the morning" }).click();
  await page.getByText(/^On until .*08:00$/).waitFor();
});

test("agents ask first unless the person turns that off", async () => {
  const page = await browser.open({ view: "settings" });
  const name = "Ask me before an agent answers an approval";
  await isOn(page, name, true);
  await toggle(page, name).click();
  await isOn(page, name, false);
});
