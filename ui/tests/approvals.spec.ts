// What waits for the person, how it reads, and what becomes of an answer.
import type { Page } from "playwright-core";
import { afterEach, describe, expect, inject, test } from "vitest";

import type { Approval } from "../src/lib/backend/types";
import { entriesOf } from "../src/views/approvals/entry";
import { numberOf } from "../src/views/approvals/number";
import { labelOf, shaped } from "../src/views/approvals/payload/shape";
import { atWidth, axe, inTheme, overflowing, settled, tabbing, THEMES, useBrowser } from "./support/browser";
import { NOON } from "./support/moments";

const browser = useBrowser();
afterEach(() => browser.close());

const TASKS = {
  accounts: "task_01KB6X5D2C", deployment: "task_01KB71T6PZ", expense: "task_01KB7H0Q9W", letter: "task_01KB7N8E1R", publish: "task_01KB7Q2M4X",
};
/** Where nobody asks anything, so that the inbox has the page to itself. */
const calm = "raced";

const answered = async (page: Page) => {
  await page.waitForFunction(() => document.documentElement.dataset["answered"] !== undefined);
  return JSON.parse((await page.evaluate(() => document.documentElement.dataset["answered"])) ?? "null");
};
const nothingSent = async (page: Page) => {
  await settled(page);
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset["answered"])).toBeUndefined();
};
const row = (page: Page, task: keyof typeof TASKS) => page.locator(`[data-task="${TASKS[task]}"]`);
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const title = (page: Page, name: string | RegExp) => page.getByRole("heading", { name }).waitFor();
const focusOn = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
const elsewhere = (page: Page, task: keyof typeof TASKS) =>
  page.evaluate((id) => window.dispatchEvent(new CustomEvent("fake-answered", { detail: id })), TASKS[task]);

describe("a payload", () => {
  test("has labels that people read", () => {
    expect(["customer_since", "previousTickets", "draft_url", "p95-ms", "HTTPStatus", "__"].map(labelOf)).toEqual([
      "Customer since", "Previous tickets", "Draft URL", "P95 ms", "HTTP status", "__",
    ]);
  });

  test("is laid out by its shape, and nothing of it is lost", () => {
    const kinds = (values: unknown[]) => values.map((value) => shaped(value).kind);
    expect(kinds([null, "", [], {}])).toEqual(["none", "none", "none", "none"]);
    expect(kinds([true, 4, "text", "x".repeat(300), "2026-11-25T10:00:00Z", "2026-11-25"])).toEqual(["yesNo", "number", "text", "long", "time", "text"]);
    expect(kinds([[5, 25, 100], ["a", "b, c"], Array(48).fill("x")])).toEqual(["row", "list", "list"]);
    expect(kinds([[{ a: 1 }, { b: 2 }], [{ a: {} }, { a: 1 }], { a: 1 }])).toEqual(["table", "items", "map"]);
    expect(shaped([{ a: 1 }, { b: 2 }])).toMatchObject({ columns: ["a", "b"] });
  });
});

test("a number that could be meant otherwise is none", () => {
  const both = (text: string) => [numberOf(text, "en"), numberOf(text, "de")];
  expect(both("12")).toEqual([12, 12]);
  expect(both("12.5")).toEqual([12.5, 12.5]);
  expect(both("12,5")).toEqual([null, 12.5]);
  expect(both("1,240")).toEqual([null, 1.24]);
  expect(both("1.240")).toEqual([1.24, null]);
  expect(both("12 EUR")).toEqual([null, null]);
  expect(both("99999999999999999999")).toEqual([null, null]);
});

test("what ends soon stands first and is shown, then the oldest; each row says what, whose, and since when or how long", async () => {
  const page = await browser.open({ view: "approvals", scenario: calm, at: NOON, time: "goes on" });
  await title(page, "Roll out checkout 4.18.0 to production?");
  const rows = await page.locator("[data-task]").allInnerTexts();
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatch(/Roll out checkout 4\.18\.0[\s\S]*Release train[\s\S]*ends in 42 min/);
  expect(rows[0]).not.toContain("yesterday");
  expect(rows[1]).toMatch(/Delete 48 accounts[\s\S]*3 days ago/);
  expect(rows.slice(1).join()).not.toContain("ends");
  await page.getByRole("link", { name: /Approvals/ }).getByText("5").or(page.locator("[data-count='5']")).first().waitFor();
});

test("urgency: what ends within a day by its end, what is over with the rest", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  const ending = (taskId: string, expiresAt: string | null) => ({ taskId, expiresAt }) as Approval;
  const tasks = [
    ending("over", "2026-11-25T11:00:00Z"), ending("some day", "2026-12-01T00:00:00Z"), ending("tonight", "2026-11-25T22:00:00Z"),
    ending("never", null), ending("soon", "2026-11-25T12:10:00Z"),
  ];
  expect(entriesOf([], tasks, now).map(({ id }) => id)).toEqual(["soon", "tonight", "over", "some day", "never"]);
});

describe("the answer", () => {
  const foot = (page: Page) => page.locator(".foot");
  const position = (page: Page) => foot(page).evaluate((element) => getComputedStyle(element).position);

  test("is not within reach before title and fields have been in sight", async () => {
    const page = await browser.open({ view: `approvals/${TASKS.expense}`, scenario: calm });
    await page.getByLabel("Amount to pay").waitFor();
    expect(await position(page)).toBe("static");
    await expect.poll(() => foot(page).evaluate((element) => element.getBoundingClientRect().top > innerHeight)).toBe(true);
    for (const field of await page.locator("[data-field]").all()) await field.scrollIntoViewIfNeeded();
    await expect.poll(() => position(page)).toBe("sticky");
    await page.locator("#task-title").scrollIntoViewIfNeeded();
    await expect.poll(() => foot(page).evaluate((element) => element.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  });

  test("sticks at once where all of that is in sight", async () => {
    const page = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: calm });
    await expect.poll(() => position(page)).toBe("sticky");
  });

  test("another task begins at its title, however far the last one was read", async () => {
    const page = await browser.open({ view: `approvals/${TASKS.accounts}`, scenario: calm, height: 420 });
    await page.getByText("As JSON").scrollIntoViewIfNeeded();
    await row(page, "accounts").focus();
    await page.keyboard.press("End");
    await title(page, "Publish “Spring release”?");
    await expect.poll(() => page.locator("#task-title").evaluate((element) => element.getBoundingClientRect().top >= 0)).toBe(true);
  });
});

test("an approval sends what was entered and the note, says so with a way to the run, and goes on to the next", async () => {
  const page = await browser.open({ view: "approvals", scenario: calm });
  await row(page, "letter").click();
  await page.getByLabel("Subject").fill("We are sorry");
  await page.getByLabel("Note").fill("  Read twice ");
  await press(page, "Approve");
  await expect.poll(() => answered(page)).toMatchObject({
    taskId: TASKS.letter, runId: "run_01KB7N7XQ2AC", workflowId: "wf_8f2ac01d77", approved: true,
    result: { subject: "We are sorry", signature: "jonas_weber", note: "Read twice" },
  });
  await page.getByText("Approved: Send the apology to Acme Logistics?").waitFor();
  await expect.poll(() => row(page, "letter").count()).toBe(0);
  await focusOn(page, "#task-title");
  await title(page, "Publish “Spring release”?");
  await page.getByRole("status").getByRole("link", { name: "See the run" }).click();
  await page.waitForURL(/#run\/wf_8f2ac01d77\/run_01KB7N7XQ2AC$/);
});

test("what is needed is named at its field and nothing is sent; every kind of field goes as what it is", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.expense}`, scenario: "full" });
  await page.getByLabel("Amount to pay").fill("1,240");
  await press(page, "Approve");
  await page.getByText("Give a number, such as 12.5.").waitFor();
  await expect.poll(() => page.getByText("Choose one.").count()).toBe(2);
  await focusOn(page, "[aria-invalid='true'][inputmode=decimal]");
  await nothingSent(page);
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Amount to pay").fill("1240.5");
  await page.getByRole("radiogroup", { name: "Cost centre" }).getByRole("radio", { name: "Product" }).click();
  await page.getByRole("radiogroup", { name: "I have seen the receipts" }).getByRole("radio", { name: "No" }).click();
  await expect.poll(() => page.getByText("Choose one.").count()).toBe(0);
  await press(page, "Approve");
  expect((await answered(page)).result).toEqual({ amount: 1240.5, cost_center: "product", receipts_seen: false });
});

test("a date is typed or taken from the calendar", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.letter}`, scenario: "full" });
  await press(page, "Open the calendar");
  await page.getByRole("application", { name: /Calendar for Send on/ }).or(page.locator(".calendar")).first().waitFor();
  expect(await axe(page)).toEqual([]);
  await page.locator(".calendar-day[data-today]").click();
  await page.locator(".calendar").waitFor({ state: "detached" });
  await press(page, "Approve");
  expect((await answered(page)).result.send_on).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test("a rejection needs nothing and takes along what fits", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.expense}`, scenario: "full" });
  await page.getByLabel("Amount to pay").fill("much");
  await page.getByLabel("Reason, if you pay less").fill("A receipt is missing");
  await press(page, "Reject");
  await expect.poll(() => answered(page)).toMatchObject({ approved: false, result: { reason: "A receipt is missing" } });
  await page.getByText("Rejected: Pay Lena's expenses").waitFor();
});

test("a task with a field called note has no other", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.accounts}`, scenario: "full" });
  await page.getByLabel("Note for the record").fill("Agreed with IT");
  await expect.poll(() => page.getByLabel("Note", { exact: true }).count()).toBe(0);
  await press(page, "Approve");
  expect((await answered(page)).result).toEqual({ note: "Agreed with IT" });
});

test("no single key answers; Ctrl and Enter within the form do", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: "full" });
  await page.getByLabel("Comment").fill("Fine");
  await page.keyboard.press("Enter");
  await page.locator("#task-title").focus();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Reject", exact: true }).focus();
  await page.keyboard.press("Control+Enter");
  await nothingSent(page);
  await page.getByLabel("Comment").focus();
  await page.keyboard.press("Control+Enter");
  expect((await answered(page)).result).toEqual({ comment: "Fine" });
});

test("a second press does not answer the next task", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.letter}`, scenario: calm });
  // Pressed in the page, once the next task is there: by the time that a press from outside came, its button might take an
  // answer.
  const second = page.evaluate(
    (next) =>
      new Promise<string | null>((done) => {
        const observer = new MutationObserver(() => {
          const heading = [...document.querySelectorAll("h1, h2, h3")].some((heading) => heading.textContent?.trim() === next);
          const button = [...document.querySelectorAll("button")].find((button) => button.textContent?.trim() === "Approve");
          if (!heading || !button) return;
          observer.disconnect();
          // As soon as a hand may: the page's own timer is due after this one, however busy the machine is.
          setTimeout(() => {
            done(button.getAttribute("aria-disabled"));
            button.click();
          }, 100);
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    "Publish “Spring release”?",
  );
  await press(page, "Approve");
  expect(await second).toBe("true");
  await settled(page);
  expect((await answered(page)).taskId).toBe(TASKS.letter);
  await press(page, "Approve");
  await page.getByText("Approved: Publish").waitFor();
});

test("what was entered outlives other tasks, other places and a new list", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: calm });
  await page.getByLabel("Comment").fill("Half a thought");
  await row(page, "letter").click();
  await page.getByLabel("Subject").fill("Another");
  await page.getByRole("link", { name: /^Tools/ }).click();
  await title(page, "Tools");
  await page.getByRole("link", { name: /^Approvals/ }).click();
  await elsewhere(page, "accounts");
  await row(page, "accounts").waitFor({ state: "detached" });
  await row(page, "letter").click();
  await expect.poll(() => page.getByLabel("Subject").inputValue()).toBe("Another");
  await row(page, "publish").click();
  await expect.poll(() => page.getByLabel("Comment").inputValue()).toBe("Half a thought");
});

test("a failure keeps what was entered, and the next try goes through the same form", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: "cut-off" });
  await page.getByLabel("Comment").fill("Fine");
  await press(page, "Approve");
  const told = page.getByRole("alert");
  await told.getByText("Your answer was not sent").waitFor();
  await told.getByText(/The platform cannot be reached.*What you entered is still here\./).waitFor();
  await expect.poll(() => page.getByLabel("Comment").inputValue()).toBe("Fine");
  await expect.poll(() => page.getByRole("button", { name: "Approve", exact: true }).isEnabled()).toBe(true);
});

test("whoever comes second is told kindly, right below the title", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.accounts}`, scenario: calm });
  await press(page, "Approve");
  const note = page.getByRole("status").filter({ hasText: "Somebody else has answered this already" });
  await note.waitFor();
  await title(page, "Delete 48 accounts that nobody has used for a year?");
  const details = page.getByRole("region", { name: "What it is about" });
  expect((await note.boundingBox())!.y).toBeLessThan((await details.boundingBox())!.y);
  await expect.poll(() => page.getByRole("form").count()).toBe(0);
  await expect.poll(() => row(page, "accounts").count()).toBe(0);
  await press(page, "Next one");
  await title(page, "Pay Lena's expenses for the fair in Hanover?");
  await row(page, "deployment").click();
  await press(page, "Reject");
  await page.getByText("The run has ended").waitFor();
});

test("a task that is answered elsewhere says so where it stands and does not jump", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: calm });
  await page.getByLabel("Comment").fill("Too late");
  await elsewhere(page, "publish");
  const note = page.getByRole("status").filter({ hasText: "This no longer waits for you" });
  await note.getByText("What you entered was not sent.").waitFor();
  await title(page, "Publish “Spring release”?");
  await expect.poll(() => page.getByLabel("Comment").count()).toBe(0);
  const gone = await browser.open({ view: "approvals/task_of_yesterday", scenario: calm });
  await gone.getByText("This no longer waits for you").waitFor();
});

test("arrows move and show, Enter goes into the task, Escape comes back", async () => {
  const page = await browser.open({ view: "approvals", scenario: calm });
  await row(page, "deployment").focus();
  await page.keyboard.press("ArrowDown");
  await title(page, "Delete 48 accounts that nobody has used for a year?");
  await page.keyboard.press("End");
  await title(page, "Publish “Spring release”?");
  await page.keyboard.press("Enter");
  await focusOn(page, "#task-title");
  await page.keyboard.press("Escape");
  await focusOn(page, `[data-task="${TASKS.publish}"]`);
});

test("narrow: a list, then the task as its own page, and back to its row", async () => {
  const page = await browser.open({ view: "approvals", scenario: calm, width: 380 });
  await expect.poll(() => page.getByRole("form").count()).toBe(0);
  await row(page, "letter").click();
  await page.getByRole("heading", { level: 1, name: "Send the apology to Acme Logistics?" }).waitFor();
  await page.keyboard.press("Escape");
  await focusOn(page, `[data-task="${TASKS.letter}"]`);
  await row(page, "letter").click();
  await press(page, "Approvals");
  await focusOn(page, `[data-task="${TASKS.letter}"]`);
  await row(page, "publish").click();
  await press(page, "Approve");
  await page.getByText("Approved: Publish").waitFor();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
});

test("everything of a payload is there: tables, nested things, URLs whole, markup as text, and the JSON", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.letter}`, scenario: calm });
  await page.getByText("https://desk.acme-pumps.example/tickets/118842/drafts/7?view=full&from=approval-inbox", { exact: true }).waitFor();
  await page.getByText("<p>Dear <b>Ms Okafor</b>,</p>", { exact: true }).waitFor();
  await press(page, "Show all 915 characters");
  await page.locator("p", { hasText: "Customer care, Acme Pumps" }).waitFor();
  await row(page, "expense").click();
  const table = page.getByRole("table", { name: "Items" });
  await expect.poll(() => table.getByRole("columnheader").allInnerTexts()).toEqual(["Date", "What", "Category", "Amount", "Receipt"]);
  await table.getByRole("cell", { name: "642.0" }).waitFor();
  await row(page, "deployment").click();
  await page.getByText("Error rate above").waitFor();
  await row(page, "accounts").click();
  await expect.poll(() => page.getByText("mara.1000@acme.example", { exact: true }).count()).toBe(1);
  await expect.poll(() => page.getByText("noor.2739@acme.example", { exact: true }).count()).toBe(0);
  await press(page, "Show all 48");
  await page.getByText("noor.2739@acme.example", { exact: true }).waitFor();
  await page.getByText("As JSON").click();
  await page.getByText('"export_to": "s3://acme-archive/accounts/2026-11/"').waitFor();
});

test("narrow, a table is lines of names and values, whole, and a table still", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.expense}`, scenario: calm, width: 380, height: 1200, lang: "de" });
  const table = page.getByRole("table", { name: "Items" });
  await expect.poll(() => table.getByRole("row").count()).toBe(6);
  const cell = table.getByRole("cell", { name: "118,4", exact: true });
  const box = (await cell.boundingBox())!;
  expect(box.x + box.width).toBeLessThanOrEqual(380);
  expect(await table.evaluate((element) => element.parentElement!.scrollWidth - element.parentElement!.clientWidth)).toBe(0);
  await expect.poll(() => cell.innerText()).toMatch(/Amount\s+118,4/);
  await expect.poll(() => table.getByRole("columnheader").count()).toBe(5);
  // Where there is room, values stand below each other again.
  await page.setViewportSize({ width: 700, height: 1200 });
  await expect.poll(() => cell.innerText()).toBe("118,4");
});

test("German writes every figure of a task with its own mark", async () => {
  const page = await browser.open({ view: `approvals/${TASKS.expense}`, scenario: calm, lang: "de" });
  await page.getByText("1284,6", { exact: true }).waitFor();
  await expect.poll(() => page.getByLabel("Amount to pay").inputValue()).toBe("1284,6");
  await expect.poll(() => page.getByText("1284.6", { exact: true }).count()).toBe(0);
});

test("axe finds nothing in any task, and nothing reaches beyond a narrow window", async () => {
  for (const id of Object.values(TASKS)) {
    const page = await browser.open({ view: `approvals/${id}`, scenario: calm });
    await page.locator("#task-title").waitFor();
    for (const theme of THEMES) {
      await inTheme(page, theme);
      expect(await axe(page), id).toEqual([]);
    }
    await atWidth(page, 380);
    expect(await overflowing(page), id).toEqual([]);
    await browser.close();
    const german = await browser.open({ view: `approvals/${id}`, scenario: calm, width: 380, lang: "de" });
    await german.locator("#task-title").waitFor();
    expect(await overflowing(german), id).toEqual([]);
    await browser.close();
  }
});

test("Tab reaches every control of a task, and each shows its focus", async () => {
  for (const task of [TASKS.letter, TASKS.expense]) {
    const page = await browser.open({ view: `approvals/${task}`, scenario: calm });
    await page.getByRole("button", { name: "Approve", exact: true }).waitFor();
    await settled(page);
    await tabbing(page);
    await browser.close();
  }
});

describe("an agent's question", () => {
  const card = (page: Page, id: string) => page.locator(`[data-question="${id}"]`);

  const ask = (page: Page, id: string) => page.locator(`[data-ask="${id}"]`);

  test("stands first, and says who wants what with what, for how long, and why the person is asked", async () => {
    const page = await browser.open({ view: "approvals" });
    const first = card(page, "question_1");
    await first.getByText("Claude Code 2.1.330 wants to approve:").waitFor();
    await first.getByRole("heading", { name: "Publish “Spring release”?" }).waitFor();
    await first.getByText("Read through twice, links work.").waitFor();
    await first.getByText("It goes to the blog and to 12 channels at once.").waitFor();
    const left = first.getByRole("timer");
    const before = await left.innerText();
    expect(before).toMatch(/^1 min \d+ s left$/);
    await page.waitForFunction(
      ([selector, text]) => document.querySelector<HTMLElement>(selector!)?.innerText !== text,
      ["[data-question=question_1] [role=timer]", before],
    );
    await ask(page, "question_2").click();
    const second = card(page, "question_2");
    await second.getByText("Cursor 2.4.1 wants to reject:").waitFor();
    await second.getByRole("heading", { name: "An answered or unknown task" }).waitFor();
    await second.getByText("It would send the answer and nothing else.").waitFor();
    await second.getByRole("button", { name: "Let it reject" }).waitFor();
    await press(page, "Change this in Settings");
    await title(page, "Settings");
    await focusOn(page, "[role=switch][aria-label='Ask me before an agent answers an approval']");
  });

  test("is looked at alone: there is no task whose answer could be taken for it", async () => {
    const page = await browser.open({ view: "approvals" });
    await card(page, "question_1").waitFor();
    await expect.poll(() => page.locator("[data-ask], [data-task]").evaluateAll((rows) => rows.map((one) => one.hasAttribute("data-ask")))).toEqual([
      true, true, false, false, false, false, false,
    ]);
    await expect.poll(() => page.getByRole("button", { name: "Approve", exact: true }).count()).toBe(0);
    await page.locator("[data-ask=question_1]").focus();
    await page.keyboard.press("ArrowDown");
    await card(page, "question_2").waitFor();
    await focusOn(page, "[data-ask=question_2]");
    await page.keyboard.press("ArrowDown");
    await title(page, "Roll out checkout 4.18.0 to production?");
    await focusOn(page, `[data-task="${TASKS.deployment}"]`);
  });

  test("is allowed: the answer is given; or not: the task goes on waiting", async () => {
    const page = await browser.open({ view: "approvals" });
    await ask(page, "question_2").click();
    await press(page, "Do not let it");
    await page.getByText("Not allowed:").waitFor();
    await expect.poll(() => row(page, "deployment").count()).toBe(1);
    await ask(page, "question_1").click();
    await press(page, "Let it approve");
    await expect.poll(() => answered(page)).toMatchObject({ taskId: TASKS.publish, approved: true, result: { comment: "Read through twice, links work." } });
    await page.getByText("Allowed: Publish").waitFor();
    await expect.poll(() => page.locator("[data-ask], [data-question]").count()).toBe(0);
    await expect.poll(() => row(page, "publish").count()).toBe(0);
    await focusOn(page, "#task-title");
  });

  test("says so where it stands when the agent has stopped waiting, and does not jump", async () => {
    const page = await browser.blank();
    await page.clock.install();
    await page.goto(`${inject("fakeUrl")}/?scenario=full&lang=en#approvals/question/question_2`);
    await card(page, "question_2").getByText("48 s left").waitFor();
    await page.clock.runFor(49_000);
    await page.getByRole("status").filter({ hasText: "The agent waits no more" }).waitFor();
    await ask(page, "question_2").waitFor({ state: "detached" });
    await press(page, "Next one");
    await card(page, "question_1").getByRole("button", { name: "Let it approve" }).waitFor();
  });

  test("leads from its task, where the task's own answer is a plain button", async () => {
    const page = await browser.open({ view: `approvals/${TASKS.publish}`, width: 380 });
    await page.getByText("Claude Code 2.1.330 asks to answer this too.").waitFor();
    const main = (name: string) => page.getByRole("button", { name, exact: true }).evaluate((button) => button.classList.contains("main"));
    expect(await main("Approve")).toBe(false);
    await press(page, "See what it asks");
    await focusOn(page, "[data-question=question_1] h1");
    const calmly = await browser.open({ view: `approvals/${TASKS.publish}`, scenario: calm });
    await expect.poll(() => calmly.locator(".button.main").allInnerTexts()).toEqual(["Approve"]);
  });

  test("is led to by its address", async () => {
    const page = await browser.open({ view: "approvals/question/question_1" });
    await focusOn(page, "[data-question=question_1] h2");
    expect(await axe(page)).toEqual([]);
    await tabbing(page);
    const narrow = await browser.open({ view: "approvals/question/question_2", width: 380 });
    await focusOn(narrow, "[data-question=question_2] h1");
    expect(await overflowing(narrow)).toEqual([]);
    await press(narrow, "Approvals");
    await ask(narrow, "question_2").waitFor();
    expect(await overflowing(narrow)).toEqual([]);
    expect(await axe(narrow)).toEqual([]);
  });
});

test("nothing waits: it says what will be here; an inbox that cannot be read says what is safe", async () => {
  const page = await browser.open({ view: "approvals", scenario: "empty" });
  await page.getByText("Nothing waits for you").waitFor();
  await press(page, "See runs");
  await title(page, "Runs");
  const broken = await browser.open({ view: "approvals", scenario: "error" });
  await broken.getByText("Runs go on waiting; nothing is answered without you.").waitFor();
});
