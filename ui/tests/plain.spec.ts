// What needs no browser, and the page as it is shipped.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, inject, test } from "vitest";

import { profileShape, standing } from "../src/lib/app/standing";
import { acme, beginning } from "../src/lib/backend/fake/scenarios";
import type { RunDetail, Snapshot } from "../src/lib/backend/types";
import { catalogues, spoken } from "../src/lib/i18n";
import { de } from "../src/lib/i18n/de";
import { en } from "../src/lib/i18n/en";
import { middle, Words } from "../src/lib/text/words";
import { argumentsOf } from "../src/views/tools/arguments";
import { useBrowser } from "./support/browser";

const browser = useBrowser();
afterEach(() => browser.close());

const full = beginning("full") as Snapshot;

/** A run of two steps, as the shell tells it. */
const detail = (at: (minutes: number) => string): RunDetail => ({
  run: {
    id: "run_1", workflowId: "wf_1", workflowName: "Sync", state: "completed", waiting: 0, stepsDone: 2, steps: 2, startedAt: at(5), endedAt: at(3),
    failureCode: null, error: null, startedHere: false, followed: false,
  },
  steps: ["Fetch", "Send"].map((name, i) => ({
    id: name, name, kind: "mcp_call", dependsOn: i === 0 ? [] : ["Fetch"], state: "completed", attempts: 1,
    spans: [{ kind: "work", from: at(5 - i), to: at(4 - i), attempt: 1 }], error: null, skipReason: null, input: {}, result: {},
  })),
  failedStep: null, events: [], moreEvents: false, input: {}, inputSchema: null, context: {}, approvals: [], consoleUrl: null, now: at(0),
});

describe("the state", () => {
  test("is serving only when the server serves and the workspace answers", () => {
    const at = (change: Partial<Snapshot>) => standing({ ...full, ...change }).word;
    expect(at({})).toBe("serving");
    expect(at({ server: { kind: "starting" } })).toBe("starting");
    expect(at({ server: { kind: "paused", url: "" } })).toBe("paused");
    expect(at({ server: { kind: "failed", code: "x", message: "" } })).toBe("failed");
    expect(at({ activeProfile: null })).toBe("waiting");
    expect(at({ profiles: [{ ...acme(), health: { kind: "unknown" } }] })).toBe("checking");
    expect(at({ profiles: [{ ...acme(), health: { kind: "bad", at: "", code: "x", message: "" } }] })).toBe("attention");
  });

  test("a token in memory is no trouble; a locked keychain waits, a missing entry fails", () => {
    const of = (token: object) => profileShape({ ...acme(), token: { ...acme().token, ...token } });
    expect(of({ trouble: "noService", place: "memory" })).toBe("serving");
    expect(of({ trouble: "noService", place: "none" })).toBe("failed");
    expect(of({ trouble: "locked" })).toBe("waiting");
    expect(of({ trouble: "missing" })).toBe("failed");
  });
});

describe("words", () => {
  test("say times and spans in both languages", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(new Words("en").ago("2026-11-22T11:58:00Z", now)).toBe("2 min. ago");
    expect(new Words("de").ago("2026-11-22T11:58:00Z", now)).toBe("vor 2 Min.");
    expect(new Words("en").ago("2026-11-22T11:59:30Z", now)).toBe("just now");
    expect(new Words("de").ago("2026-11-22T11:59:30Z", now)).toBe("gerade eben");
    expect(new Words("en").span(84)).toBe("84 ms");
    expect(new Words("de").span(1500)).toBe("1,5 Sek.");
    expect(middle("wf_0123456789abcdef0123456789", 13)).toBe("wf_012…456789");
  });

  test("German is whole: every text is there and says something", () => {
    const leaves = (node: unknown, path = ""): string[] =>
      typeof node === "object" && node !== null
        ? Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}.${key}`))
        : [`${path}:${typeof node}`];
    expect(leaves(de)).toEqual(leaves(en));
    const empty = (node: unknown): boolean => (typeof node === "string" ? !node.trim() : typeof node === "object" && node !== null && Object.values(node).some(empty));
    expect(empty(de)).toBe(false);
    expect(Object.keys(catalogues)).toEqual(["en", "de"]);
    expect([spoken("system", ["fr", "de-AT"]), spoken("system", ["fr"]), spoken("en", ["de"])]).toEqual(["de", "en", "en"]);
  });

  test("hold no exclamation marks and never ask whether one is sure", () => {
    const texts = readdirSync("src/lib/i18n").map((file) => readFileSync(join("src/lib/i18n", file), "utf8")).join("");
    expect(texts.replaceAll("!==", "")).not.toMatch(/!["`]|oops|are you sure|bist du sicher/i);
  });
});

test("arguments: those a call needs first", () => {
  const schema = { properties: { a: { type: "string" }, b: { enum: ["x", "y"] }, c: {} }, required: ["b"] };
  expect(argumentsOf(schema, "any").map(({ name, kind }) => [name, kind])).toEqual([["b", "x | y"], ["a", "string"], ["c", "any"]]);
});

test("components stay under 200 lines", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".svelte"));
  const long = files.filter((file) => readFileSync(join("src", file), "utf8").split("\n").length > 200);
  expect(long).toEqual([]);
});

test("the lock names no host to fetch from", () => {
  expect(readFileSync("package-lock.json", "utf8")).not.toContain('"resolved"');
});

describe("the shipped page", () => {
  test("holds no fake", () => {
    const folder = join(inject("shippedFolder"), "assets");
    const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8")).join("");
    expect(text).not.toMatch(/fakeFromUrl|Ana's laptop|catalog_bff_request/);
  });

  test("asks the shell under the app's policy, with prototypes frozen, and listens for its events", async () => {
    const page = await browser.blank();
    const now = Date.now();
    const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    const answers = {
      snapshot: full,
      tools: [],
      ide_entries: [],
      workflows: [],
      approvals: [],
      runs: { runs: [detail(at).run], total: 1 },
      run: detail(at),
      insights: {
        live: 1, successRate: 0.9, ended: 12, credits: 3.5, granularity: "day", missing: [],
        runs: [3, 2, 1].map((day) => ({ from: at(day * 1440), completed: 3, failed: 1, stopped: 0, started: 4 })),
        usage: [3, 2, 1].map((day) => ({ from: at(day * 1440), credits: 1.2, steps: 40 })),
      },
    };
    await page.addInitScript((answers: Record<string, unknown>) => {
      const asked: [string, unknown][] = [];
      const hears: Record<string, (event: unknown) => void> = {};
      let next = 0;
      const callbacks = new Map<number, (event: unknown) => void>();
      const answer = (command: string, args: { event?: string; handler?: number }) => {
        if (command === "plugin:event|listen") hears[args.event!] = callbacks.get(args.handler!)!;
        return answers[command] ?? null;
      };
      Object.assign(window, {
        asked,
        hears,
        __TAURI_INTERNALS__: {
          invoke: async (command: string, args: object) => (asked.push([command, args]), answer(command, args)),
          transformCallback: (callback: (event: unknown) => void) => (callbacks.set(++next, callback), next),
        },
        __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => {} },
      });
      Object.freeze(Object.prototype);
    }, answers);
    await page.goto(inject("shippedUrl"));
    await page.getByText("Serving as Acme").waitFor();
    await page.getByRole("link", { name: "Tools" }).click();
    await page.getByRole("switch", { name: "Files group" }).click();
    await page.waitForFunction("asked.some(([command, args]) => command === 'set_group' && args.group === 'files' && args.on === true)");
    // What draws must bear frozen prototypes too: some libraries of figures do not.
    await page.getByRole("link", { name: /^Runs/ }).click();
    await page.getByRole("link", { name: "Insights" }).click();
    await page.getByText("90%").first().waitFor();
    await page.getByRole("navigation", { name: "Runs and insights" }).getByRole("link", { name: "Runs" }).click();
    await page.locator("[data-run]").click();
    await page.getByRole("option", { name: /^Fetch/ }).waitFor();
    await page.getByRole("radio", { name: "Graph" }).click();
    await page.locator("[data-node]").first().waitFor();
    const emptied = JSON.stringify({ ...full, profiles: [] });
    await page.evaluate(`hears.snapshot({ event: 'snapshot', payload: ${emptied} })`);
    await page.getByRole("button", { name: /Try the sandbox/ }).waitFor();
  });
});
