// Every view in every state: it says what it should, axe finds nothing, nothing reaches beyond a narrow window.
import { afterEach, describe, expect, test } from "vitest";

import tools from "../src/lib/backend/fake/tools.json";
import { axe, inTheme, overflowing, settled, THEMES, useBrowser, VIEWS } from "./support/browser";
import { NOON } from "./support/moments";

const browser = useBrowser();
afterEach(() => browser.close());

const OFF = ["files", "websocket", "inbound", "llm_keys"];
const listed = tools.filter((tool) => !tool.risk && !OFF.includes(tool.group));
const core = tools.filter((tool) => tool.group === "core");
/** As the page tells a number of tokens. */
const costs = (of: typeof tools) => `${of.reduce((sum, tool) => sum + tool.tokens, 0).toLocaleString("en")} tokens`;

/** What must be readable in a view's state. */
const SAYS: Record<(typeof VIEWS)[number], Record<string, string[]>> = {
  home: {
    full: ["Serving as Acme", "http://127.0.0.1:8340/mcp", "Claude Code 2.1.330", "MCP 2026-07-28", "42 calls from 2 clients", "Open in Cursor", "5 tasks wait for your answer.", "The first ends in 42 min.", "Failed: Invoice reminders.", "Running now"],
    empty: ["Serving as Sandbox", "No client is connected yet", "No calls in the last hour."],
    loading: [],
    error: ["Needs attention as Acme", "The platform cannot be reached.", "The entries could not be made", "set aside", "Part of the app keeps failing", "Noticing that the network changed", "If this stays, restart the app.", "I hear nothing of your runs just now."],
    paused: ["Paused as Acme", "Resume"],
    starting: ["Starting as Acme", "The server is on its way up."],
    "port-taken": ["Not serving", "Port 8340 is taken", "another AgentRuntime", "Serve on port 8342", "Quit"],
    "keychain-locked": ["Waiting for you", "The keychain is locked. Unlock it and I will go on.", "Check again"],
    "first-run": ["Paste a token", "Try the sandbox", "See what this is"],
    broken: ["The window cannot reach the app", "Try again"],
    many: ["12,480 calls from 12 clients", "Show all 12"],
  },
  runs: {
    full: ["Nightly order sync", "Waiting for you", "2 of 5 steps", "Failed: A tool call failed", "All workflows", "8h 35m"],
    empty: ["No runs yet", "Ask your IDE to start one", "run the simplest one"],
    loading: [],
    error: ["The runs could not be read", "The runs themselves go on."],
    many: ["10,000 runs"],
  },
  insights: {
    full: ["30 days", "ended well", "Success rate", "credits used", "Show as table"],
    empty: ["No runs in this time", "Look at all time"],
    loading: [],
    error: ["The figures could not be read", "Runs are not touched by this."],
    untold: ["success rate, once three runs have ended", "Not reported by this platform", "This deployment does not tell what was used over time."],
  },
  approvals: {
    full: ["Claude Code 2.1.330 wants to approve:", "Cursor 2.4.1 wants to reject:", "Let it approve", "You are asked because", "Pay Lena's expenses for the fair in Hanover?"],
    empty: ["Nothing waits for you", "See runs"],
    loading: [],
    error: ["What waits could not be listed", "nothing is answered without you"],
    many: ["60. Publish"],
  },
  tools: {
    full: [`6 of 10 groups on: ${listed.length} tools, about ${costs(listed)}`, "Build, start and watch workflows", `${core.length} tools`, costs(core), "These touch secrets", "Off: such tools are neither listed"],
    empty: ["No group is on"],
    loading: [],
    error: ["The tools could not be listed", "What is on stays on."],
    many: [`10 of 10 groups on: ${tools.length} tools`, "such tools are open to every connected client"],
  },
  activity: {
    full: ["240 calls", "workflows_list", "Claude Code", "All tools", "All clients", "risk is off", "not valid"],
    empty: ["No calls yet"],
    loading: [],
    error: ["The record could not be read", "Calls go on being served."],
    many: ["5,000 calls"],
  },
  workspaces: {
    full: ["Acme", "Ana's laptop", "ends in f3a9", "workflow:read", "made 41 days ago", "Works", "Does not work", "No token needed"],
    empty: ["Sandbox", "In use"],
    loading: [],
    error: ["The platform cannot be reached.", "missing, wrong or revoked"],
    "keychain-locked": ["The keychain is locked. Unlock it and I will go on."],
    many: ["Workspace 14"],
  },
  settings: {
    full: ["Start at login", "Something waits for my answer", "Quiet hours", "Do not disturb", "Ask me before an agent answers an approval", "Theme", "Deutsch", "/home/ana/.config/agentruntime-desktop/settings.json", "AgentRuntime Desktop 0.1.0"],
    empty: ["Port"],
    loading: [],
    error: ["The details could not be read"],
  },
};

for (const view of VIEWS) {
  describe(view, () => {
    for (const [scenario, texts] of Object.entries(SAYS[view])) {
      test(`${scenario}: says what it should; axe finds nothing in either theme; nothing reaches beyond a window of 380 nor of 1200`, async () => {
        const page = await browser.open({ view, scenario, at: NOON, time: "goes on" });
        for (const text of texts) await page.getByText(text).or(page.getByLabel(text)).first().waitFor({ state: "attached" });
        if (scenario === "loading") await page.getByRole("status", { name: "Loading" }).first().waitFor();
        for (const theme of THEMES) {
          await inTheme(page, theme);
          expect(await axe(page)).toEqual([]);
        }
        for (const [width, height] of [[380, 640], [1200, 700]] as const) {
          await page.setViewportSize({ width, height });
          await settled(page, scenario === "loading");
          expect(await overflowing(page), `${width}`).toEqual([]);
        }
      });
    }

    test("in German nothing reaches beyond a window of 380 either", async () => {
      for (const scenario of Object.keys(SAYS[view])) {
        const page = await browser.open({ view, scenario, width: 380, lang: "de" });
        expect(await overflowing(page), scenario).toEqual([]);
        await browser.close();
      }
    });
  });
}

test("narrow: Home's buttons have words on a line of their own; the rail names where the person is and keeps counts at their icons", async () => {
  for (const lang of ["en", "de"] as const) {
    const page = await browser.open({ width: 380, lang });
    const title = (await page.locator("h1").boundingBox())!;
    for (const word of lang === "en" ? ["Pause serving", "Emergency stop"] : ["Pausieren", "Notaus"]) {
      const button = page.locator("main").getByRole("button", { name: word, exact: true });
      expect(await button.innerText()).toBe(word);
      expect((await button.boundingBox())!.y).toBeGreaterThan(title.y + title.height);
    }
    await browser.close();
  }
  const page = await browser.open({ width: 380, view: "approvals" });
  const places = page.getByRole("navigation").getByRole("link");
  const named = await places.locator(".word").evaluateAll((words) => words.filter((word) => getComputedStyle(word).clipPath === "none").map((word) => word.textContent));
  expect(named).toEqual(["Approvals"]);
  const icon = (await places.nth(2).locator("svg").first().boundingBox())!;
  const count = (await places.nth(2).locator(".count").boundingBox())!;
  expect(count.y + count.height).toBeGreaterThan(icon.y);
  expect(count.x).toBeLessThan(icon.x + icon.width);
});
