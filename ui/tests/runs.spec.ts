// Runs and one run: what a person does, and what comes of it.
import { afterEach, describe, expect, test } from "vitest";

import { atWidth, axe, inTheme, overflowing, settled, tabbing, THEMES, useBrowser } from "./support/browser";
import { NOON } from "./support/moments";
import { RUN } from "./support/runs";

const browser = useBrowser();
afterEach(() => browser.close());

const copied = "document.documentElement.dataset.copied";
const hash = "location.hash";
const send = (name: string, detail: unknown) => `window.dispatchEvent(new CustomEvent("${name}", { detail: ${JSON.stringify(detail)} }))`;
type Page = Awaited<ReturnType<typeof browser.open>>;
const state = (page: Page, word: string) => page.locator("main header").getByRole("status").filter({ hasText: word });

describe("the list", () => {
  test("ten thousand runs: a few rows are drawn, however far it is scrolled", async () => {
    const page = await browser.open({ view: "runs", scenario: "many" });
    await page.getByText("10,000 runs").waitFor();
    const rows = page.locator("[data-index]");
    const list = page.getByRole("list", { name: "Runs, the latest first" });
    await expect.poll(() => list.evaluate((element) => element.clientHeight)).toBe(10_000 * 40);
    // What is added and removed while scrolling is bounded by what was in sight, not by how many runs there are.
    await page.evaluate(() => {
      const seen = { most: 0, changes: 0 };
      Object.assign(window, { seen });
      const list = document.querySelector("ol")!;
      new MutationObserver((changes) => {
        seen.most = Math.max(seen.most, list.querySelectorAll("*").length);
        seen.changes = Math.max(seen.changes, changes.reduce((sum, { addedNodes }) => sum + addedNodes.length, 0));
      }).observe(list, { childList: true, subtree: true });
    });
    const scroller = page.locator(".scroller");
    for (let at = 0; at <= 400_000; at += 8_000) {
      await scroller.evaluate((element, top) => (element.scrollTop = top), at);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    const seen = await page.evaluate<{ most: number; changes: number }>("seen");
    await expect.poll(() => rows.count()).toBeLessThan(40);
    expect(seen.most).toBeLessThan(40 * 16);
    expect(seen.changes).toBeLessThan(40 * 32);
    // The end is there, and its rows come.
    await page.locator('[data-index="9999"] [data-run]').waitFor();
    await expect.poll(() => page.locator('[data-index="9999"] > *').getAttribute("aria-label")).toBeNull();
  });

  test("rows that are not there yet stand as ghosts and can be walked over; End and Home reach both ends", async () => {
    const page = await browser.open({ view: "runs", scenario: "many" });
    await page.locator("[data-run]").first().focus();
    await page.keyboard.press("End");
    const index = () => page.evaluate(() => document.activeElement?.parentElement?.getAttribute("data-index"));
    await expect.poll(() => index()).toBe("9999");
    await page.locator('[data-index="9999"] [data-run]').waitFor();
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => index()).toBe("9998");
    await page.keyboard.press("Home");
    await expect.poll(() => index()).toBe("0");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Runs", exact: true }).waitFor();
  });

  test("the head's columns are the rows', and no figure is cut, in either language and at any width", async () => {
    for (const lang of ["en", "de"] as const) {
      const page = await browser.open({ view: "runs", lang });
      await page.locator("[data-run]").first().waitFor();
      for (const width of [380, 700, 960, 1200]) {
        await atWidth(page, width);
        const found = await page.evaluate(() => {
          const rows = [...document.querySelectorAll<HTMLElement>("[data-run]")];
          const columns = (row: Element) => getComputedStyle(row).gridTemplateColumns;
          const head = document.querySelector(".scroller .head")!;
          const figures = [...document.querySelectorAll<HTMLElement>("[data-run] :is(.when, .took, .progress)")];
          return {
            head: head.clientHeight === 0 || rows.every((row) => columns(row) === columns(head)),
            cut: figures.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > one.parentElement!.getBoundingClientRect().right).map((one) => one.textContent),
          };
        });
        expect(found, `${lang} ${width}`).toEqual({ head: true, cut: [] });
      }
      await browser.close();
    }
  });

  test("runs that begin push nothing away: a pill says how many there are", async () => {
    const page = await browser.open({ view: "runs", scenario: "many" });
    await page.locator("[data-run]").first().waitFor();
    const scroller = page.locator(".scroller");
    await scroller.evaluate((element) => (element.scrollTop = 2000));
    await settled(page);
    const top = () =>
      page.evaluate(() => {
        const edge = document.querySelector(".scroller")!.getBoundingClientRect().top;
        const rows = [...document.querySelectorAll<HTMLElement>("[data-run]")];
        return rows.find((row) => row.getBoundingClientRect().top >= edge)?.dataset["run"];
      });
    const before = await top();
    await page.evaluate(send("fake-runs", 3));
    await page.getByRole("button", { name: "3 new" }).waitFor();
    await expect.poll(() => top()).toBe(before);
    await page.getByText("10,003 runs").waitFor();
    await page.getByRole("button", { name: "3 new" }).click();
    await page.getByRole("button", { name: "3 new" }).waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-run"))).toBe("run_01KB8NEW0002");
    // At the top they simply appear.
    await page.evaluate(send("fake-runs", 1));
    await page.locator('[data-run="run_01KB8NEW0003"]').waitFor();
    await expect.poll(() => page.getByRole("button", { name: /new$/ }).count()).toBe(0);
  });

  test("a run that goes on is changed where it stands", async () => {
    const page = await browser.open({ view: "runs" });
    await page.evaluate(send("fake-runs", 1));
    const row = page.locator('[data-run="run_01KB8NEW0000"]');
    await row.getByText("0/9").waitFor();
    await row.getByText("1/9").waitFor();
    // In words for those who listen.
    await row.getByText("1 of 9 steps").waitFor();
  });

  test("filters: by state, workflow and time; typing finds a workflow, Escape drops it; nothing matches", async () => {
    const page = await browser.open({ view: "runs" });
    const total = page.getByRole("status").filter({ hasText: /^[\d,]+ runs?$/ });
    const all = await total.textContent();
    await page.getByRole("combobox", { name: "State: Any state" }).click();
    await page.getByRole("option", { name: "Failed" }).click();
    await page.locator("[data-run]:not(.failed)").first().waitFor({ state: "detached" });
    await page.getByText(/^Failed:\s+A tool call failed$/).first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("month");
    await page.keyboard.press("Enter");
    await page.getByText("No run matches").waitFor();
    await page.getByRole("button", { name: "Drop all filters" }).click();
    await page.keyboard.press("/");
    await page.keyboard.type("month");
    await page.getByRole("option", { name: "Month-end closing" }).click();
    await page.getByText("1 run", { exact: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.getByText(all ?? "", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Began: Any time" }).click();
    await page.getByRole("option", { name: "Today" }).click();
    await page.getByText(all ?? "", { exact: true }).waitFor({ state: "detached" });
  });

  test("filtered by state, a run that leaves the state leaves the list", async () => {
    const page = await browser.open({ view: "runs" });
    await page.getByRole("combobox", { name: "State: Any state" }).click();
    await page.getByRole("option", { name: "Waiting for you" }).click();
    await page.locator("[data-run]:not(.waiting)").first().waitFor({ state: "detached" });
    const row = page.locator(`[data-run="${RUN.waiting.split("/")[2]}"]`);
    await row.waitFor();
    await page.evaluate(`dispatchEvent(new CustomEvent("fake-answer", { detail: "${RUN.waiting.split("/")[2]}" }))`);
    await row.waitFor({ state: "detached", timeout: 5000 });
  });

  test("back from a run: the same filter, the same place, the run in the focus", async () => {
    const page = await browser.open({ view: "runs", scenario: "many" });
    await page.getByRole("combobox", { name: "State: Any state" }).click();
    await page.getByRole("option", { name: "Completed" }).click();
    await page.locator("[data-run].completed").first().waitFor();
    await page.locator(".scroller").evaluate((element) => (element.scrollTop = 1500));
    await settled(page);
    const row = page.locator('[data-index="44"] [data-run]');
    const id = await row.getAttribute("data-run");
    await row.click();
    await page.getByRole("option").first().waitFor();
    await expect.poll(() => page.evaluate(hash)).toContain(id);
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "State: Completed" }).waitFor();
    await page.waitForFunction((wanted) => document.activeElement?.getAttribute("data-run") === wanted, id);
    await expect.poll(() => page.locator(".scroller").evaluate((element) => element.scrollTop)).toBe(1500);
    await expect.poll(() => page.evaluate(hash)).toBe("#runs");
    await page.goForward();
    await page.getByRole("option").first().waitFor();
    await page.goBack();
    await page.getByRole("combobox", { name: "State: Completed" }).waitFor();
  });

  test("empty: a sentence for the IDE can be copied", async () => {
    const page = await browser.open({ view: "runs", scenario: "empty" });
    await page.getByText("No runs yet").waitFor();
    await page.getByRole("button", { name: "Copy the sentence" }).click();
    await expect.poll(() => page.evaluate(copied)).toContain("AgentRuntime workflows");
  });
});

describe("going places", () => {
  test("the tray and notifications lead to a run, a task, a question; nonsense leads nowhere", async () => {
    const page = await browser.open();
    await page.evaluate(send("fake-go", RUN.failed));
    await page.getByRole("heading", { name: "Invoice reminders" }).waitFor();
    await expect.poll(() => page.getByRole("link", { name: /^Runs/ }).getAttribute("aria-current")).toBe("page");
    await page.evaluate(send("fake-go", "approvals/task_01KB7H0Q9W"));
    await page.getByRole("heading", { name: "Approvals" }).waitFor();
    await page.evaluate(send("fake-go", "run/only-one"));
    await page.evaluate(send("fake-go", "%E0%A4%A"));
    await expect.poll(() => page.evaluate(hash)).toBe("#approvals/task_01KB7H0Q9W");
    await page.goBack();
    await page.getByRole("heading", { name: "Invoice reminders" }).waitFor();
  });

  test("the rail counts what runs and what waits, and what failed until it was seen", async () => {
    const page = await browser.open();
    await page.getByRole("link", { name: /^Runs, 1 run failed that you have not seen, \d+ runs are active$/ }).waitFor();
    await page.getByRole("link", { name: /^Approvals, \d/ }).waitFor();
    await page.getByRole("button", { name: "See why" }).click();
    await page.getByRole("heading", { name: "Invoice reminders" }).waitFor();
    await page.getByRole("link", { name: /^Runs, \d+ runs are active$/ }).waitFor();
  });

  test("home: what is running, and the way to it; what draws runs is loaded with the first one", async () => {
    const page = await browser.open();
    const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /RunPage|Picture|Graph/.test(name)).length);
    await page.getByRole("region", { name: "Running now" }).waitFor();
    await expect.poll(() => loaded()).toBe(0);
    await page.getByRole("region", { name: "Running now" }).getByRole("button", { name: /Announcement with approval/ }).click();
    await page.getByRole("option", { name: /^Ask for approval Waiting for you/ }).waitFor();
    await expect.poll(() => loaded()).toBeGreaterThan(1);
  });
});

describe("one run", () => {
  test("the timeline: in the order steps began, said in words; arrows choose, Enter too", async () => {
    const page = await browser.open({ view: RUN.failed });
    const steps = page.getByRole("listbox", { name: "Steps in the order they began" }).getByRole("option");
    await steps.first().waitFor();
    await expect.poll(() => steps.evaluateAll((all) => all.map((step) => step.getAttribute("data-step")))).toEqual(["find_due", "sort", "write", "post_crm", "send", "archive"]);
    await page.getByRole("option", { name: /^Note them in the CRM Failed, Tries: 3, 1m 18s crm\.notes_create answered 503/ }).waitFor();
    await page.getByRole("option", { name: "Send the mails Skipped: “Note them in the CRM” failed" }).waitFor();
    await expect.poll(() => steps.nth(3).getAttribute("aria-selected")).toBe("true");
    await steps.nth(3).focus();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("region", { name: "Write the reminders" }).waitFor();
    await page.keyboard.press("Home");
    await page.getByRole("region", { name: "Find invoices that are due" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-step"))).toBe("find_due");
    // The picture says the exact times of what has the focus; the table says the same.
    await page.getByText(/Working\s+\d\d:\d\d:\d\d – /).waitFor();
    await expect.poll(() => page.getByRole("table").getByRole("row").count()).toBe(7);
  });

  test("a failure: one sentence says what and why, another what became of the rest; what is said is not said again", async () => {
    const page = await browser.open({ view: RUN.withdrawn });
    const note = page.getByRole("note");
    await note.getByText("“Price the west” failed: order 7 has no price.").waitFor();
    await note.getByText("3 of 6 steps completed. “Ask the office” was withdrawn; “Send the offers” did not run.").waitFor();
    await expect.poll(() => page.getByText("order 7 has no price").count()).toBe(2);
    // The step is shown already; its error stands above.
    const show = note.getByRole("button", { name: "Show the step" });
    await expect.poll(() => show.count()).toBe(0);
    await page.getByRole("option", { name: /^Price the north/ }).click();
    await show.click();
    await page.getByRole("region", { name: "Price the west" }).waitFor();
    await expect.poll(() => show.count()).toBe(0);
    await note.getByText("Details").click();
    await note.getByText("Code: UPSTREAM_ERROR").waitFor();
    await note.getByRole("button", { name: "Run again" }).click();
    await page.getByRole("dialog", { name: "Run Offers for the quarter again" }).waitFor();
  });

  test("the failed bar says why and how long; a task that was withdrawn says so; a line marks the moment", async () => {
    const page = await browser.open({ view: RUN.withdrawn });
    await page.getByRole("option", { name: "Price the west Failed, 900 ms order 7 has no price" }).waitFor();
    await page.getByRole("option", { name: "Ask the office Withdrawn 596 ms" }).waitFor();
    await page.getByRole("option", { name: "Send the offers Skipped: “Price the west” failed" }).waitFor();
    await expect.poll(() => page.locator('[data-step="office"] .cut').count()).toBe(1);
    await expect.poll(() => page.locator(".wait").count()).toBe(0);
    const edges = () =>
      page.evaluate(() => {
        const edge = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
        return { line: edge(".lines .failed").left, bar: edge(".bad").right };
      });
    const { line, bar } = await edges();
    expect(Math.abs(line - bar)).toBeLessThan(2);
    await page.getByRole("row", { name: /^Ask the office Withdrawn/ }).waitFor();
    const signed = await browser.open({ view: RUN.overnight });
    await signed.getByRole("option", { name: "Sign off the draft Approved 8h 4m" }).waitFor();
    await signed.getByRole("row", { name: /^Sign off the draft Approved/ }).waitFor();
  });

  test("a run that waits for the person says so, whatever else goes on", async () => {
    const page = await browser.open({ view: RUN.waiting });
    await state(page, "Waiting for you").waitFor();
    await page.getByRole("option", { name: /^Make the pictures Running/ }).waitFor();
    await page.getByRole("button", { name: "Runs", exact: true }).click();
    await page.locator('[data-run="run_01KB7Q1ZT8VD"]').getByText("Waiting for you").waitFor();
  });

  test("a long run shows the part where it failed, and all of it when asked", async () => {
    const page = await browser.open({ view: RUN.sixty });
    const failed = page.locator('[data-step="p50"]');
    await failed.waitFor();
    const inPart = () => page.locator(".body.part").evaluate((body) => {
      const [part, row] = [body, body.querySelector('[data-step="p50"]')!].map((element) => element.getBoundingClientRect());
      return row!.top >= part!.top && row!.bottom <= part!.bottom;
    });
    await expect.poll(inPart).toBe(true);
    await page.getByRole("button", { name: "Show all 60 steps" }).click();
    await expect.poll(() => page.locator(".body").evaluate((body) => body.scrollHeight - body.clientHeight)).toBe(0);
    // Forty fit without being asked for.
    const thirty = await browser.open({ view: RUN.thirty });
    await thirty.getByRole("option").first().waitFor();
    await expect.poll(() => thirty.locator(".body.part").count()).toBe(0);
  });

  test("bars: tries, waits and the fold of a night; the fold can be undone", async () => {
    const page = await browser.open({ view: RUN.overnight });
    const wide = async (step: string) => (await page.locator(`[data-step="${step}"] .piece`).first().boundingBox())?.width ?? 0;
    await page.getByText("≈ 8h").waitFor();
    await expect.poll(() => page.locator('[data-step="bank"] .piece').evaluateAll((all) => all.map(({ classList }) => ["vain", "retry", "piece"].find((name) => classList.contains(name))))).toEqual(["vain", "retry", "piece"]);
    await expect.poll(() => page.locator('[data-step="sign"] .wait').count()).toBe(1);
    const work = await wide("reconcile");
    expect(work).toBeGreaterThan(40);
    await page.getByRole("switch", { name: "Shorten long waits" }).click();
    await expect.poll(() => wide("reconcile")).toBeLessThan(10);
    await expect.poll(() => wide("sign")).toBeGreaterThan(350);
  });

  test("the graph chooses the same step; arrows go along it", async () => {
    const page = await browser.open({ view: RUN.thirty });
    await page.getByRole("radio", { name: "Graph" }).click();
    const nodes = page.getByRole("listbox", { name: "Steps and what they wait for" }).getByRole("option");
    await nodes.first().waitFor();
    await expect.poll(() => nodes.count()).toBe(30);
    const boxes = await nodes.evaluateAll((all) => all.map((node) => node.getBoundingClientRect().toJSON() as DOMRect));
    const apart = boxes.every((a, i) => boxes.every((b, j) => i >= j || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top));
    expect(apart).toBe(true);
    await nodes.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const chosen = await page.evaluate(() => document.activeElement?.getAttribute("data-node"));
    // Zooming by keys and by buttons; the edge that hides something fades.
    const wide = async () => (await nodes.first().boundingBox())?.width ?? 0;
    const ground = page.locator(".ground");
    const fit = await wide();
    await page.keyboard.press("+");
    await expect.poll(wide).toBeGreaterThan(fit * 1.2);
    await expect.poll(() => ground.getAttribute("class")).toContain("right");
    await page.getByRole("group", { name: "Zoom" }).getByRole("button", { name: "Fit" }).click();
    await expect.poll(wide).toBe(fit);
    for (let i = 0; i < 2; i++) await page.getByRole("button", { name: "Smaller" }).click();
    await expect.poll(wide).toBeLessThan(fit * 0.7);
    await expect.poll(() => ground.getAttribute("class")).not.toContain("right");
    expect(chosen).toMatch(/^s2_/);
    await page.getByRole("radio", { name: "Timeline" }).click();
    await expect.poll(() => page.locator(`[data-step="${chosen}"]`).getAttribute("aria-selected")).toBe("true");
  });

  test("it goes on while it is looked at, and the second hand stops when it has ended", async () => {
    const page = await browser.open({ view: "runs", at: NOON, time: "is moved" });
    await page.evaluate(send("fake-runs", 1));
    await page.locator('[data-run="run_01KB8NEW0000"]').click();
    await page.getByRole("option", { name: /^Open the shop Completed/ }).waitFor();
    await page.getByRole("option", { name: /^Check prices Running/ }).waitFor();
    const at = () => page.locator(".lines .now").evaluate((line) => (line as HTMLElement).style.left);
    const before = await at();
    await expect.poll(at).not.toBe(before);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("menuitem", { name: /Stop now/ }).click();
    const asked = page.getByRole("alertdialog");
    await asked.getByText(/What these steps are doing just now: .*Check prices/).waitFor();
    await asked.getByText(/steps that have not begun are never run/).waitFor();
    await asked.getByRole("button", { name: "Stop run" }).click();
    await state(page, "Stopped").waitFor();
    await page.getByRole("option", { name: /^Check prices Cut off/ }).waitFor();
    await expect.poll(() => page.locator(".lines .now").count()).toBe(0);
    const still = () => page.evaluate(() => document.querySelector("main")!.innerHTML);
    const ended = await still();
    await page.clock.runFor(1500);
    expect(await still()).toBe(ended);
  });

  test("while nobody looks, nothing moves", async () => {
    const page = await browser.open({ view: RUN.waiting, at: NOON, time: "is moved" });
    const at = () => page.locator(".lines .now").evaluate((line) => (line as HTMLElement).style.left);
    const hide = (hidden: boolean) =>
      page.evaluate((now) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => now });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    const first = await at();
    await expect.poll(at).not.toBe(first);
    await hide(true);
    const still = await at();
    await page.clock.runFor(2500);
    expect(await at()).toBe(still);
    await hide(false);
    await expect.poll(at).not.toBe(still);
  });

  test("pause, resume, drain, follow", async () => {
    const page = await browser.open({ view: RUN.running });
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await state(page, "Paused").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await state(page, "Running").waitFor();
    await page.getByRole("button", { name: "Notify me at the end", pressed: false }).click();
    await page.getByRole("button", { name: "Notify me at the end", pressed: true }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("menuitem", { name: /Stop when the current steps end/ }).click();
    await state(page, "Ending").waitFor();
    await page.getByText("Steps under way end, then the run is over.").waitFor();
  });

  test("a command that fails is told", async () => {
    const page = await browser.open({ view: RUN.running, scenario: "cut-off" });
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("alert").getByText(/The platform cannot be reached/).waitFor();
  });

  test("run again: as fields or as JSON; what is no JSON is told; the new run opens", async () => {
    const page = await browser.open({ view: RUN.running });
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Run again" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: "US" }).click();
    await dialog.getByLabel("Most orders").fill("5");
    await dialog.getByRole("radio", { name: "JSON" }).click();
    const json = dialog.getByLabel("Input as JSON");
    expect(JSON.parse(await json.inputValue())).toEqual({ region: "US", limit: 5, dryRun: false });
    await json.fill('{ "region": ');
    await dialog.getByRole("button", { name: "Start run" }).click();
    await dialog.getByText("This is no valid JSON yet.").waitFor();
    await json.fill('{ "region": "all", "more": [1] }');
    await dialog.getByRole("button", { name: "Start run" }).click();
    await page.waitForFunction(() => location.hash.endsWith("run_01KB8NEW0000"));
    await page.getByText("started from here").waitFor();
    await page.getByRole("radio", { name: "Input" }).click();
    await page.getByRole("treeitem", { name: 'region: all' }).or(page.getByRole("treeitem").filter({ hasText: "all" })).first().waitFor();
  });

  test("a waiting task leads to the inbox", async () => {
    const page = await browser.open({ view: RUN.waiting });
    await page.getByText("Publish “Spring release”?").waitFor();
    await page.getByRole("button", { name: "Review" }).click();
    await expect.poll(() => page.evaluate(hash)).toBe("#approvals/task_01KB7Q2M4X");
  });

  test("the context is a tree: arrows unfold, a search unfolds what it finds, values and paths are copied", async () => {
    const page = await browser.open({ view: RUN.overnight });
    await page.getByRole("radio", { name: "Context" }).click();
    const tree = page.getByRole("tree");
    const line = (text: string) => tree.getByRole("treeitem").filter({ hasText: text });
    await tree.getByRole("treeitem").first().focus();
    await expect.poll(() => line("ledger:").count()).toBe(0);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await line("ledger:").waitFor();
    await page.keyboard.press("ArrowLeft");
    await line("ledger:").waitFor({ state: "detached" });
    await page.getByLabel("Search: Context").fill("ac-2");
    await page.getByText("1 match", { exact: true }).waitFor();
    await expect.poll(() => tree.locator("mark").textContent()).toBe("AC-2");
    await page.keyboard.press("Enter");
    await page.getByText("steps.reconcile.result.unmatched[1]").waitFor();
    await page.getByRole("button", { name: "Copy path" }).click();
    await expect.poll(() => page.evaluate(copied)).toBe("steps.reconcile.result.unmatched[1]");
    await page.getByRole("button", { name: "Copy value" }).click();
    await expect.poll(() => page.evaluate(copied)).toBe("AC-221");
    await page.getByLabel("Search: Context").fill("zzz");
    await page.getByText("No match").waitFor();
  });

  test("events say what happened; a step in them is chosen, details unfold; the id and the link are copied whole", async () => {
    const page = await browser.open({ view: RUN.failed });
    await page.getByRole("radio", { name: "Events" }).click();
    await page.getByText("Tries again").first().waitFor();
    await page.getByRole("listitem").filter({ hasText: "Skipped" }).first().getByRole("button", { name: "Details" }).click();
    await page.getByRole("treeitem").filter({ hasText: "blocked" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Write the reminders" }).first().getByRole("button", { name: "Write the reminders" }).click();
    await page.getByRole("region", { name: "Write the reminders" }).waitFor();
    await page.getByRole("button", { name: "Copy the run's id" }).click();
    await expect.poll(() => page.evaluate(copied)).toBe("run_01KB7FA11EDX");
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(() => page.evaluate(copied)).toBe("https://console.agentruntime.io/workflows/wf_90b4e11a/runs/run_01KB7FA11EDX");
  });

  test("loading, failing, not there", async () => {
    let page = await browser.open({ view: RUN.running, scenario: "loading" });
    await page.getByRole("status", { name: "Loading" }).first().waitFor();
    page = await browser.open({ view: RUN.running, scenario: "error" });
    // Its name is known from elsewhere.
    await page.getByRole("heading", { name: "Nightly order sync" }).waitFor();
    await page.getByText("The run could not be read").waitFor();
    page = await browser.open({ view: "run/wf_x/run_x" });
    await page.getByRole("heading", { name: "This run is not there" }).waitFor();
    await page.getByRole("button", { name: "See all runs" }).click();
    await page.getByRole("heading", { name: "Runs" }).waitFor();
  });

  test("every kind of run: axe finds nothing in either theme, nothing reaches beyond 380 in either language", async () => {
    for (const view of Object.values(RUN)) {
      const page = await browser.open({ view, at: NOON });
      await page.getByRole("option").first().waitFor();
      for (const theme of THEMES) {
        await inTheme(page, theme);
        expect(await axe(page), `${view} ${theme}`).toEqual([]);
      }
      await atWidth(page, 380);
      expect(await overflowing(page), view).toEqual([]);
      await atWidth(page, 960);
      for (const part of ["Graph", "Events", "Context"]) {
        await page.getByRole("radio", { name: part }).click();
        await settled(page);
        expect(await axe(page), `${view} ${part}`).toEqual([]);
      }
      await browser.close();
      const german = await browser.open({ view, at: NOON, width: 380, lang: "de" });
      await german.getByRole("option").first().waitFor();
      expect(await overflowing(german), `${view} in German`).toEqual([]);
      await browser.close();
    }
  }, 180_000);

  test("Tab reaches every control of a run", async () => {
    const page = await browser.open({ view: RUN.overnight });
    await page.getByRole("option").first().waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await tabbing(page);
  });
});
