// What a person does, and what comes of it.
import { afterEach, expect, test } from "vitest";

import { useBrowser } from "./support/browser";

const browser = useBrowser();
afterEach(() => browser.close());

const root = (name: string) => `document.documentElement.dataset.${name}`;

test("first run: the sandbox is one click", async () => {
  const page = await browser.open({ scenario: "first-run" });
  await page.getByRole("button", { name: /Try the sandbox/ }).click();
  await page.getByText("Serving as Sandbox").waitFor();
});

test("first run: a wrong token is told at its field, a good one leads home and is not shown again", async () => {
  const page = await browser.open({ scenario: "first-run" });
  await page.getByRole("button", { name: /Paste a token/ }).click();
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByText("Paste the token.").waitFor();
  await page.getByLabel("Access token").fill("nonsense");
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByText("This is no access token.").waitFor();
  await page.getByLabel("Access token").fill("pat_secret_7788");
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByText("Serving as Production").waitFor();
  await expect.poll(() => page.content()).not.toContain("pat_secret");
});

test("no keychain: keep in memory, or quit", async () => {
  const page = await browser.open({ scenario: "no-keychain" });
  await page.getByRole("button", { name: /Paste a token/ }).click();
  await page.getByLabel("Access token").fill("pat_abcd1234");
  await page.getByRole("button", { name: "Add workspace" }).click();
  await page.getByText("No keychain here").waitFor();
  await page.getByRole("button", { name: "Quit" }).click();
  await expect.poll(() => page.evaluate(root("quit"))).toBe("yes");
  await page.getByRole("button", { name: "Keep in memory for this session" }).click();
  await page.getByText("Serving as Production").waitFor();
});

test("home: the address and an entry are copied, a deep link opened", async () => {
  const page = await browser.open();
  await expect.poll(() => page.getByRole("button", { name: /^Copy the entry for/ }).count()).toBe(10);
  await page.getByRole("button", { name: "Copy the address" }).click();
  await expect.poll(() => page.evaluate(root("copied"))).toBe("http://127.0.0.1:8340/mcp");
  await page.getByRole("button", { name: "Copy the entry for Codex" }).click();
  await expect.poll(() => page.evaluate(root("copied"))).toContain("[mcp_servers.agentruntime]");
  await page.getByRole("button", { name: "Open in VS Code" }).click();
  await expect.poll(() => page.evaluate(root("opened"))).toContain("vscode:mcp/install");
});

test("home: pause, resume, another port; the entries follow the address", async () => {
  const page = await browser.open();
  await page.getByRole("button", { name: "Pause serving" }).click();
  await page.getByText("Paused as Acme").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Serving as Acme").waitFor();
  const taken = await browser.open({ scenario: "port-taken" });
  await taken.getByRole("button", { name: "Serve on port 8342" }).click();
  await taken.getByText("http://127.0.0.1:8342/mcp").first().waitFor();
  await taken.getByRole("button", { name: "Copy the entry for Codex" }).click();
  await expect.poll(() => taken.evaluate(root("copied"))).toContain("8342");
});

test("a locked keychain: checking again goes on", async () => {
  const page = await browser.open({ scenario: "keychain-locked" });
  await page.getByRole("button", { name: "Check again" }).click();
  await page.getByText("Serving as Acme").waitFor();
});

test("tools: a plain group switches at once, one that touches secrets is told first", async () => {
  const page = await browser.open({ view: "tools" });
  await page.getByRole("switch", { name: "Files group" }).click();
  await page.getByText("7 of 10 groups on").waitFor();
  const keys = page.getByRole("switch", { name: "LLM keys group" });
  await keys.click();
  const asked = page.getByRole("alertdialog");
  await asked.getByText("List LLM keys").waitFor();
  await expect.poll(() => asked.getByText("Reveal an LLM key").count()).toBe(0);
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => keys.getAttribute("aria-checked")).toBe("false");
  await page.getByRole("switch", { name: /Allow tools that show/ }).click();
  await asked.getByText("Read a secret", { exact: true }).waitFor();
  await asked.getByRole("button", { name: "Allow risk tools" }).click();
  await page.getByText(/5 such tools are open/).waitFor();
  await keys.click();
  await asked.getByText("Reveal an LLM key", { exact: true }).waitFor();
  await asked.getByRole("button", { name: "Turn on LLM keys" }).click();
  await page.getByText(/9 such tools are open/).waitFor();
});

test("tools: search finds by route; a tool shows its calls, arguments and schema", async () => {
  const page = await browser.open({ view: "tools" });
  await page.getByLabel("Search tools").fill("/v1/vault delete");
  await page.getByRole("button", { name: /vault_delete_secret/ }).click();
  await page.getByText("DELETE /v1/vault/secrets/{path}").waitFor();
  await page.getByText("Schema").click();
  await page.getByText('"required"').waitFor();
  await page.getByLabel("Search tools").fill("zzz");
  await page.getByText("No tool matches “zzz”").waitFor();
});

test("activity: filters, details, export, live calls, clearing", async () => {
  const page = await browser.open({ view: "activity" });
  await page.getByText("240 calls").waitFor();
  await page.getByRole("button", { name: "Failed only" }).click();
  await page.getByText("240 calls").waitFor({ state: "detached" });
  await expect.poll(() => page.locator(".outcome.serving").count()).toBe(0);
  await page.getByRole("button", { name: "Failed only" }).click();
  await page.locator("[data-call]").first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Only this client" }).click();
  const client = page.getByRole("combobox", { name: /^Client: (?!All clients)/ });
  await client.waitFor();
  await client.click();
  await page.getByRole("option", { name: "All clients" }).click();
  await page.getByText("240 calls").waitFor();
  await page.getByText("241 calls").waitFor({ timeout: 10_000 });
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  await page.getByText("Written to /home/ana/agentruntime-activity.csv").waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("button", { name: "Delete record" }).click();
  await page.getByText("No calls yet").waitFor();
});

test("activity: tool and client are picked from lists that hold what there is", async () => {
  const page = await browser.open({ view: "activity" });
  const shown = page.getByRole("status").filter({ hasText: /calls?$/ });
  const all = await shown.textContent();
  await page.getByRole("combobox", { name: "Tool: All tools" }).click();
  await page.getByRole("group", { name: "Vault" }).getByRole("option", { name: "vault_read_secret" }).click();
  await page.getByRole("combobox", { name: "Tool: vault_read_secret" }).waitFor();
  await page.locator("[data-call]", { hasText: "workflows_list" }).first().waitFor({ state: "detached" });
  await expect.poll(() => shown.textContent()).not.toBe(all);
  // Letters find, Enter takes; whoever was seen before stays on offer.
  await page.getByRole("combobox", { name: "Client: All clients" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "Codex" }).waitFor();
  await page.keyboard.type("cu");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Client: Cursor" }).click();
  await page.getByRole("option", { name: "Claude Code" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Tool: vault_read_secret" }).click();
  // What is chosen is in sight, however far down it stands; so is what the arrows reach.
  const list = await page.getByRole("listbox").boundingBox();
  const within = async (name: string) => {
    const option = await page.getByRole("option", { name }).boundingBox();
    return list !== null && option !== null && option.y >= list.y && option.y + option.height <= list.y + list.height;
  };
  await expect.poll(() => within("vault_read_secret")).toBe(true);
  await page.keyboard.press("Home");
  await expect.poll(() => within("All tools")).toBe(true);
  await page.getByRole("option", { name: "files_list" }).click();
  await page.getByText("No call matches").waitFor();
  await page.getByRole("button", { name: "Drop all filters" }).click();
  await page.getByRole("combobox", { name: "Tool: All tools" }).waitFor();
  await page.getByRole("combobox", { name: "Client: All clients" }).waitFor();
});

test("workspaces: add, rename, use, remove with what goes named", async () => {
  const page = await browser.open({ view: "workspaces" });
  await page.getByRole("button", { name: "Add workspace" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Custom" }).click();
  await dialog.getByLabel("Address").fill("https://bff.acme.test");
  await dialog.getByLabel("Access token").fill("pat_aaaa9999");
  await dialog.getByLabel("Name").fill("Own");
  await dialog.getByRole("button", { name: "Add workspace" }).click();
  await page.getByRole("heading", { name: "Own" }).waitFor();
  await page.getByText("ends in 9999").waitFor();
  await page.getByRole("button", { name: "More for Own" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Ours");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("heading", { name: "Ours" }).waitFor();
  await page.getByRole("button", { name: "Use Sandbox" }).click();
  await page.getByRole("button", { name: "Switch workspace: Sandbox" }).waitFor();
  await page.getByRole("button", { name: "More for Ours" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByText("The token New token, ends in 9999 from the keychain").waitFor();
  await page.getByRole("button", { name: "Remove Ours" }).click();
  await page.getByRole("heading", { name: "Ours" }).waitFor({ state: "detached" });
});

test("settings: theme and language take effect at once; a bad port is told", async () => {
  const page = await browser.open({ view: "settings" });
  await page.getByRole("radio", { name: "Dark" }).click();
  await expect.poll(() => page.evaluate(root("theme"))).toBe("dark");
  await page.getByLabel("Port", { exact: true }).fill("80");
  await page.getByRole("button", { name: "Change port" }).click();
  await page.getByText("A port is a whole number from 1024 to 65535.").waitFor();
  await page.getByRole("radio", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Einstellungen" }).first().waitFor();
  await expect.poll(() => page.evaluate("document.documentElement.lang")).toBe("de");
});
