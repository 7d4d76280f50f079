// Tokens: rotated, revoked, replaced, cared for; what is left of it; the emergency stop; what a token cannot do.
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";

import { byHand, fewer, need, notable, rotatable } from "../src/lib/app/tokens";
import { acme, ago, beginning, DAY, sandbox } from "../src/lib/backend/fake/scenarios";
import { task, tasksOfEveryKind } from "../src/lib/backend/fake/tasks";
import { Words } from "../src/lib/text/words";
import { axe, inTheme, overflowing, THEMES, useBrowser } from "./support/browser";
import { leave, NOON, standAt } from "./support/moments";

const browser = useBrowser();
afterEach(() => browser.close());
afterEach(leave);

const root = (name: string) => `document.documentElement.dataset.${name}`;

/** Axe in both themes, and nothing beyond a narrow window. */
async function clean(page: Page, what: string) {
  for (const theme of THEMES) {
    await inTheme(page, theme);
    expect(await axe(page), `${what}, ${theme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 380, height: 640 });
  expect(await overflowing(page), what).toEqual([]);
  await page.setViewportSize({ width: 960, height: 640 });
}

async function detail(scenario: string, name = "Acme") {
  const page = await browser.open({ view: "workspaces", scenario, at: NOON, time: "goes on" });
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  return page;
}

describe("what a token wants", () => {
  const now = Date.now();
  const of = (token: object, rest: object = {}) => need({ ...acme(), ...rest, token: { ...acme().token, ...token } }, now)?.kind;

  test("is told by urgency", () => {
    expect(of({})).toBeUndefined();
    expect(of({ place: "none" })).toBe("none");
    expect(of({ expiresAt: ago(10), createdAt: ago(DAY * 400) })).toBe("ended");
    expect(of({ expiresAt: ago(-DAY * 6) })).toBe("ends");
    expect(of({ expiresAt: ago(-DAY * 8) })).toBeUndefined();
    expect(of({ createdAt: ago(DAY * 91) })).toBe("old");
    expect(of({ createdAt: ago(DAY * 91) }, { care: { kind: "never" } })).toBeUndefined();
    expect(of({ createdAt: null, addedAt: ago(DAY * 91) })).toBe("old");
    expect(need(sandbox(), now)).toBeNull();
  });

  test("a token in memory, or one that is refused, is not rotated", () => {
    expect(rotatable(acme(), now)).toBe(true);
    expect(rotatable({ ...acme(), token: { ...acme().token, place: "memory" } }, now)).toBe(false);
    const [refused] = beginning("refused")?.profiles ?? [];
    expect(refused && rotatable(refused, now)).toBe(false);
  });

  test("fewer scopes are never others", () => {
    expect(fewer(["a", "b"], ["b", "c"])).toEqual(["b"]);
    expect(fewer(["a", "b"], ["a", "b", "c"])).toBeNull();
    expect(fewer(["a"], ["b"])).toBeNull();
  });

  test("a task that has just begun is nobody's concern; one that only a person can end is theirs", () => {
    expect(notable(task("revokeOld", {}), now)).toBe(false);
    expect(tasksOfEveryKind().filter((one) => notable(one, now)).length).toBe(5);
    expect(tasksOfEveryKind().filter(byHand).map((one) => one.code)).toEqual(["forbidden", "no_token", "token_unclear"]);
    expect(byHand(task("revokeOld", { code: "unreachable", tries: 5 }))).toBe(true);
    expect(byHand(task("rotation", { code: "forbidden", tries: 9 }))).toBe(false);
  });

  test("times to come are said in both languages", () => {
    const now = standAt(NOON);
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    expect(new Words("en").until(at(0.2), now)).toBe("in 1 min.");
    expect(new Words("de").until(at(3.5), now)).toBe("in 4 Min.");
    expect(new Words("en").until(at(DAY * 5 + 60), now)).toBe("in 5 days");
    expect(new Words("en").list(["Cursor", "Codex"])).toBe("Cursor and Codex");
  });
});

test("a workspace opens: everything of its token but the text, the account's tokens, and the way back", async () => {
  const page = await detail("full");
  for (const text of ["ends in f3a9", "41 days ago", "in the keychain", "it is revoked", "call connectors' tools", "In use here", "CI pipeline", "Old laptop", "ends in 3 days"]) {
    await page.getByText(text).first().waitFor();
  }
  await page.getByText(/^[12] min\. ago/).first().waitFor();
  await clean(page, "detail");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Workspaces" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.includes("Acme"));
  await expect.poll(() => page.getByRole("button", { name: "Sandbox", exact: true }).count()).toBe(0);
});

describe("rotate", () => {
  test("is one click and one sentence; the focus comes back", async () => {
    const page = await detail("full");
    await page.getByRole("button", { name: "Rotate token" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("your IDEs need nothing").waitFor();
    await expect.poll(() => dialog.getByRole("radio").count()).toBe(0);
    await clean(page, "rotate");
    await page.keyboard.press("Enter");
    await dialog.getByText("Rotating").waitFor();
    await dialog.getByText("Rotated. Your IDEs notice nothing.").waitFor();
    await clean(page, "rotated");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Rotate token"));
    await page.getByText("ends in b0e1").first().waitFor();
  });

  test("offers fewer scopes where fewer are needed, and says what is left", async () => {
    const page = await browser.open({ scenario: "old-token", at: NOON, time: "goes on" });
    await page.getByText("The token of Acme is 97 days old").waitFor();
    await clean(page, "old token");
    await page.getByRole("button", { name: "Rotate token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: /Only what the switched-on/ }).click();
    await dialog.getByText("Leaves out mcp:execute, mcp:read, mcp:write.").waitFor();
    await clean(page, "rotate with a choice");
    await dialog.getByRole("button", { name: "Rotate token" }).click();
    await dialog.getByText("Calls under way still go with the old token.").waitFor();
    await clean(page, "rotated with a rest");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("The old token “Ana's laptop” still lives").waitFor();
    await expect.poll(() => page.getByText("97 days old").count()).toBe(0);
    await page.getByRole("link", { name: "Workspaces" }).click();
    await page.getByRole("button", { name: "Acme", exact: true }).click();
    await page.getByText("change and start workflows").waitFor();
    await expect.poll(() => page.getByText("call connectors' tools").count()).toBe(0);
  });

  test("asks which token it is where that cannot be told", async () => {
    const page = await detail("unclear");
    await page.getByText("I cannot tell which one is in use here.").waitFor();
    await page.getByRole("button", { name: "Rotate token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Rotate token" }).click();
    await dialog.getByRole("heading", { name: "Which one is it?" }).waitFor();
    await dialog.getByText("It ends in f3a9.").waitFor();
    await dialog.getByText("CI pipeline").waitFor();
    await clean(page, "which one");
    await dialog.getByRole("button", { name: "This one: Ana's laptop" }).click();
    await dialog.getByText("Rotated. Your IDEs notice nothing.").waitFor();
  });

  test("says why not, and that the old one is in use", async () => {
    const page = await detail("cut-off");
    await page.getByText("The account's tokens could not be listed").waitFor();
    await page.getByRole("button", { name: "Rotate token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Rotate token" }).click();
    await dialog.getByText("The old token is in use as before.").waitFor();
    await clean(page, "not rotated");
    await dialog.getByRole("button", { name: "Try again" }).waitFor();
  });

  test("a token in memory is not rotated, and it is said why", async () => {
    const page = await detail("in-memory");
    await page.getByText("It is kept in memory only, so a new one would be lost").waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Rotate token" }).count()).toBe(0);
    await page.getByRole("button", { name: "Replace token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Access token").fill("pat_memory_5566");
    await dialog.getByRole("button", { name: "Use this token" }).click();
    await dialog.getByText("No keychain here").waitFor();
    await dialog.getByRole("button", { name: "Keep in memory for this session" }).click();
    await page.getByText("ends in 5566").first().waitFor();
  });
});

describe("revoke", () => {
  test("names what stops working, then offers the next token", async () => {
    const page = await detail("full");
    await page.getByRole("button", { name: "Revoke token", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Claude Code, Cursor and Codex: no answers until Acme has another token").waitFor();
    await clean(page, "revoke");
    await dialog.getByRole("button", { name: "Revoke token", exact: true }).click();
    await dialog.getByText("Revoked. Acme has no token now.").waitFor();
    await dialog.getByRole("button", { name: "Paste a token" }).click();
    const paste = page.getByRole("dialog", { name: "A token for Acme" });
    await paste.getByLabel("Access token").fill("pat_secret_4321");
    await paste.getByRole("button", { name: "Use this token" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("ends in 4321").first().waitFor();
    await expect.poll(() => page.content()).not.toContain("pat_secret");
  });

  test("out of reach: here now, there later, and it is said that it lives", async () => {
    const page = await detail("cut-off");
    await page.getByRole("button", { name: "Revoke token", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Revoke token", exact: true }).click();
    await dialog.getByText("Nothing has changed.").waitFor();
    await dialog.getByText("Meanwhile it still lives at the platform").waitFor();
    await clean(page, "revoke out of reach");
    await dialog.getByRole("button", { name: "Remove it here and revoke it later" }).click();
    await dialog.getByText("At the platform it still lives:").waitFor();
    await clean(page, "revoked here only");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("The token “Ana's laptop” still lives").waitFor();
    await page.getByText("Acme has no token").waitFor();
    await clean(page, "no token and a task");
  });

  test("asks which one it is", async () => {
    const page = await detail("unclear");
    await page.getByRole("button", { name: "Revoke token", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Revoke token", exact: true }).click();
    await dialog.getByText("The one you choose is revoked for good").waitFor();
    await clean(page, "which one to revoke");
    await dialog.getByRole("button", { name: "Revoke this one: Ana's laptop" }).click();
    await dialog.getByText("Revoked. Acme has no token now.").waitFor();
  });

  test("another token of the account, with what it may be used for", async () => {
    const page = await detail("full");
    await page.getByRole("button", { name: "Revoke CI pipeline" }).click();
    const asked = page.getByRole("alertdialog");
    await asked.getByText(/It was last used 3 hr\.? ago, so something may need it still\./).waitFor();
    await clean(page, "revoke another");
    await asked.getByRole("button", { name: "Revoke token", exact: true }).click();
    await page.getByText("CI pipeline", { exact: true }).waitFor({ state: "detached" });
    await page.getByText("Old laptop").waitFor();
  });
});

test("care: chosen, numbered, said in words; a wrong number is told", async () => {
  const page = await detail("full");
  await page.getByText("I remind you when the token is 90 days old.").waitFor();
  await page.getByRole("radio", { name: "Rotate by itself" }).click();
  await page.getByText("I rotate the token when it is 90 days old").waitFor();
  const days = page.getByLabel("Number of days");
  await days.fill("0");
  await page.keyboard.press("Enter");
  await page.getByText("Give a whole number of days, from 1 to 3650.").waitFor();
  await clean(page, "care");
  await days.fill("30");
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByText("I rotate the token when it is 30 days old").waitFor();
  await page.getByRole("radio", { name: "Do nothing" }).click();
  await page.getByText("I leave the token as it is.").waitFor();
});

describe("what is left", () => {
  test("floats to the top of Home, in words, with the ways on", async () => {
    const page = await browser.open({ scenario: "tasks" });
    await expect.poll(() => page.getByRole("list", { name: "Unfinished" }).getByRole("listitem").count()).toBe(3);
    await page.getByRole("button", { name: "Show all 5" }).click();
    for (const text of [
      "The rotation of “Ana's laptop” is not finished", "The old token “Old laptop” still lives", "A spare token “Ana's laptop” still lives",
      "The token “demo” still lives", "The token without a name still lives", "A workspace that was removed · tried 7 times · I try again in 41 min.",
    ]) {
      await page.getByText(text).first().waitFor();
    }
    await page.getByRole("link", { name: "Home, Serving, 5 things want you" }).waitFor();
    await expect.poll(() => page.getByRole("list", { name: "Unfinished" }).getByRole("listitem").count()).toBe(5);
    await clean(page, "tasks");
    const first = page.getByRole("listitem").filter({ hasText: "The rotation of" });
    await first.getByRole("button", { name: "Retry now" }).click();
    await first.waitFor({ state: "detached" });
    const old = page.getByRole("listitem").filter({ hasText: "Old laptop" });
    await old.getByRole("button", { name: "Retry now" }).click();
    await old.getByText("tried 6 times").waitFor();
    await old.getByRole("button", { name: "Open the Console" }).click();
    await expect.poll(() => page.evaluate(root("opened"))).toBe("https://console.agentruntime.io/settings?tab=apiKeys");
    await old.getByRole("button", { name: "I have revoked it there" }).click();
    const asked = page.getByRole("alertdialog");
    await asked.getByText("If it lives still, whoever has it can go on using it").waitFor();
    await clean(page, "dismiss");
    await asked.getByRole("button", { name: "Stop trying" }).click();
    await old.waitFor({ state: "detached" });
  });

  test("the token that is meant is chosen from the list", async () => {
    const page = await browser.open({ scenario: "tasks" });
    const unclear = page.getByRole("listitem").filter({ hasText: "The token without a name" });
    await unclear.getByRole("button", { name: "Choose it" }).click();
    // Staging's own token is refused: the one that is to die asks for the list.
    const dialog = page.getByRole("dialog", { name: "Which one is it?" });
    await dialog.getByRole("button", { name: /^Revoke this one/ }).first().waitFor();
    await dialog.getByText("See them in the Console").waitFor();
    await clean(page, "identify");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const other = await browser.open({ scenario: "unclear" });
    await other.getByRole("button", { name: "Choose it" }).click();
    await other.getByRole("button", { name: "Revoke this one: Old laptop" }).click();
    await other.getByRole("list", { name: "Unfinished" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Workspaces" }).click();
    await page.getByRole("button", { name: "Acme", exact: true }).click();
    await page.getByText("The rotation of “Ana's laptop” is not finished").waitFor();
    await expect.poll(() => page.getByText("The token without a name").count()).toBe(0);
  });
});

describe("Home says first what a token wants", () => {
  test("refused, none, ends soon, ended: each with the one step", async () => {
    const says: [string, string, string][] = [
      ["refused", "The platform refuses the token of Acme", "Replace token"],
      ["no-token", "Acme has no token", "Paste a token"],
      ["ends-soon", "The token of Acme ends in 5 days", "Rotate token"],
      ["ended", "The token of Acme has ended", "Replace token"],
    ];
    for (const [scenario, text, step] of says) {
      const page = await browser.open({ scenario, at: NOON, time: "goes on" });
      await page.getByText(text).waitFor();
      await clean(page, scenario);
      await page.getByRole("button", { name: step }).click();
      await page.getByRole("dialog").waitFor();
      await clean(page, `${scenario}: ${step}`);
      await browser.close();
    }
  });

  test("a pasted token mends it; the dialog's focus finds a place when its button is gone", async () => {
    const page = await browser.open({ scenario: "refused" });
    await page.getByRole("button", { name: "Replace token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Copy the scopes" }).click();
    await expect.poll(() => page.evaluate(root("copied"))).toBe("mcp:execute, mcp:read, mcp:write, workflow:read, workflow:run");
    await dialog.getByRole("button", { name: "Use this token" }).click();
    await dialog.getByText("Paste the token.").waitFor();
    await dialog.getByLabel("Access token").fill("nonsense");
    await page.keyboard.press("Enter");
    await dialog.getByText("This is no access token.").waitFor();
    await dialog.getByLabel("Access token").fill("pat_works_9090");
    await page.keyboard.press("Enter");
    await page.getByText("Serving as Acme").waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  });
});

describe("the emergency stop", () => {
  test("says three things, does them, and says how to go on", async () => {
    const page = await browser.open();
    await page.getByRole("button", { name: "Emergency stop" }).click();
    const dialog = page.getByRole("dialog");
    for (const text of ["Claude Code, Cursor and Codex get no answer", "go off", "The token “Ana's laptop” of Acme is revoked"]) {
      await dialog.getByText(text).waitFor();
    }
    await clean(page, "stop");
    await dialog.getByRole("button", { name: "Stop everything" }).click();
    await dialog.getByText("The token of Acme is revoked.").waitFor();
    await clean(page, "stopped");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Paused as Acme").waitFor();
    await page.getByText("To go on: paste a new token, then press Resume.").waitFor();
    await page.getByRole("button", { name: "Paste a token" }).click();
    await page.getByLabel("Access token").fill("pat_again_0001");
    await page.keyboard.press("Enter");
    await page.getByText("Acme has no token").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Serving as Acme").waitFor();
  });

  test("is in the settings too, and tells what is left", async () => {
    const page = await browser.open({ view: "settings", scenario: "cut-off" });
    await page.getByRole("button", { name: "Emergency stop" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Stop everything" }).click();
    await dialog.getByText("At the platform it still lives:").waitFor();
    await clean(page, "stopped with a rest");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("The token “Ana's laptop” still lives").waitFor();
    await clean(page, "after the stop");
  });
});

test("tools: what the token cannot serve is told, and its switch keeps its state", async () => {
  const page = await browser.open({ view: "tools", scenario: "shortfall" });
  await page.getByText("On, but unavailable. Your token lacks mcp:execute, mcp:read, mcp:write. None of its tools can be used.").waitFor();
  await page.getByText(/Your token lacks workflow:run\. \d+ tools are not listed\./).first().waitFor();
  await clean(page, "shortfall");
  const catalog = page.getByRole("switch", { name: "Connector catalogue group" });
  await expect.poll(() => catalog.getAttribute("aria-checked")).toBe("true");
  await catalog.click();
  await page.getByText("On, but unavailable").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Workflows and runs/ }).click();
  await page.getByRole("button", { name: /workflows_execute_command.*not listed/ }).waitFor();
  await page.getByText("Some tools are not listed: the token of Acme lacks workflow:run.").waitFor();
  await page.getByRole("button", { name: "Give it another token" }).click();
  await page.getByRole("dialog", { name: "A token for Acme" }).waitFor();
});
