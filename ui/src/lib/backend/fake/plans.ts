// The workflows of the fake, as plans that can be played.
export type PlanStep = {
  id: string;
  name: string;
  kind: string;
  after: string[];
  /** How long its last try works, in milliseconds. */
  takes: number;
  /** Tries that fail before the last one: how long each works, and the gap after it. */
  fails?: { times: number; works: number; gap: number };
  /** A person answers it; `title` is what they are asked. */
  asks?: string;
  /** It is switched off in the workflow. */
  disabled?: true;
  result?: unknown;
};
export type Plan = { id: string; name: string; schema: unknown; steps: PlanStep[] };

const S = 1000;
const M = 60 * S;
const H = 60 * M;

const step = (id: string, name: string, kind: string, after: string[], takes: number, more: Partial<PlanStep> = {}): PlanStep => ({
  id, name, kind, after, takes, ...more,
});

const object = (properties: Record<string, unknown>, required: string[] = []) => ({ type: "object", properties, required });

/** Parallel steps, one of which is tried again; another is still at it for a long while. */
export const orders: Plan = {
  id: "wf_2f71c0de", name: "Nightly order sync",
  schema: object({ region: { type: "string", title: "Region", enum: ["EU", "US", "all"] }, limit: { type: "integer", title: "Most orders" }, dryRun: { type: "boolean", title: "Dry run" } }, ["region"]),
  steps: [
    step("open_shop", "Open the shop", "mcp_call", [], 2.4 * S, { result: { session: "ses_81", shops: ["eu-1", "us-2"] } }),
    step("fetch_eu", "Fetch orders from the EU", "mcp_call", ["open_shop"], 21 * S, { result: { orders: 812, pages: 9 } }),
    step("fetch_us", "Fetch orders from the US", "mcp_call", ["open_shop"], 12 * S, { fails: { times: 2, works: 5 * S, gap: 9 * S }, result: { orders: 455, pages: 5 } }),
    step("prices", "Check prices", "lua_script", ["open_shop"], 9 * S, { result: { checked: 1267, differing: 3 } }),
    step("match", "Match payments to orders", "llm_call", ["fetch_eu", "fetch_us"], 12 * M),
    step("refunds", "List the refunds", "lua_script", ["fetch_eu", "prices"], 2 * S, { result: { refunds: 14, sum: 2310.4, currency: "EUR" } }),
    step("warehouse", "Ask the warehouse for stock", "mcp_call", ["refunds"], 30 * S, { fails: { times: 3, works: 8 * S, gap: 25 * S } }),
    step("write_back", "Write back to the shop", "mcp_call", ["match", "warehouse"], 14 * S),
    step("report", "Send the report", "mcp_call", ["write_back"], 3 * S),
  ],
};

export const reminders: Plan = {
  id: "wf_90b4e11a", name: "Invoice reminders",
  schema: object({ olderThanDays: { type: "integer", title: "Older than, in days" }, cc: { type: "string", title: "Copy to" } }),
  steps: [
    step("find_due", "Find invoices that are due", "mcp_call", [], 4 * S, { result: { invoices: 37 } }),
    step("sort", "Sort by customer", "lua_script", ["find_due"], 0.3 * S, { result: { customers: 21 } }),
    step("write", "Write the reminders", "llm_call", ["sort"], 38 * S, { result: { written: 21, language: "en" } }),
    step("post_crm", "Note them in the CRM", "mcp_call", ["write"], 11 * S, { fails: { times: 2, works: 11 * S, gap: 15 * S } }),
    step("send", "Send the mails", "mcp_call", ["post_crm"], 8 * S),
    step("archive", "File the copies", "mcp_call", ["send"], 3 * S),
  ],
};

/** Side by side: one step was tried again, one is at it still, and one waits for a person. */
const announcement = (id: string, name: string, stepId: string, asks: string): Plan => ({
  id, name, schema: object({ release: { type: "string", title: "Release" } }, ["release"]),
  steps: [
    step("notes", "Read the release notes", "mcp_call", [], 5 * S, { result: { changes: 48, breaking: 0 } }),
    step("text", "Write the announcement", "llm_call", ["notes"], 19 * S, { fails: { times: 1, works: 7 * S, gap: 12 * S }, result: { words: 212, language: "en" } }),
    step("terms", "Check names and terms", "lua_script", ["text"], 2 * S, { result: { wrong: [] } }),
    step("pictures", "Make the pictures", "mcp_call", ["notes"], 14 * M),
    step(stepId, "Ask for approval", "human_task", ["terms"], 0, { asks }),
    step("blog", "Publish on the blog", "mcp_call", [stepId, "pictures"], 3 * S),
    step("channels", "Post to 12 channels", "mcp_call", [stepId, "pictures"], 9 * S),
    step("tell", "Tell the team", "mcp_call", ["blog", "channels"], 1 * S),
  ],
});

/** What stands behind a task that waits, whatever it asks. */
export const approval = (id: string, name: string, stepId: string, asks: string): Plan => id === "wf_example_approval" ? announcement(id, name, stepId, asks) : ({
  id, name, schema: null,
  steps: [
    step("gather", "Gather what is known", "mcp_call", [], 6 * S, { result: { found: 12 } }),
    step("draft", "Draft", "llm_call", ["gather"], 17 * S, { result: { words: 140 } }),
    step(stepId, asks, "human_task", ["draft"], 0, { asks }),
    step("carry_out", "Carry it out", "mcp_call", [stepId], 5 * S, { result: { done: true } }),
    step("note", "Note what was done", "lua_script", ["carry_out"], 0.4 * S),
  ],
});

/** Twelve steps over nine hours: the evening's work, a night's wait, the morning's work. */
export const closing: Plan = {
  id: "wf_51ee02b7", name: "Month-end closing",
  schema: object({ month: { type: "string", title: "Month" } }, ["month"]),
  steps: [
    step("ledger", "Read the ledger", "mcp_call", [], 3 * M, { result: { entries: 4120, open: 3 } }),
    step("bank", "Read the bank's statements", "mcp_call", [], 4.5 * M, { fails: { times: 1, works: 40 * S, gap: 30 * S } }),
    step("payroll", "Read the payroll", "mcp_call", [], 2 * M),
    step("reconcile", "Reconcile", "llm_call", ["ledger", "bank", "payroll"], 6 * M, { result: { matched: 4117, unmatched: ["AC-104", "AC-221", "AC-390"] } }),
    step("differences", "Explain the differences", "llm_call", ["reconcile"], 3 * M),
    step("draft", "Draft the closing", "llm_call", ["differences"], 5 * M),
    step("sign", "Sign off the draft", "human_task", ["draft"], 0, { asks: "Sign off the closing for October?" }),
    step("book", "Book the closing", "mcp_call", ["sign"], 4 * M),
    step("tax", "Prepare the tax return", "llm_call", ["book"], 7 * M),
    step("pdf", "Make the report", "lua_script", ["book"], 40 * S),
    step("old_export", "Export to the old system", "mcp_call", ["book"], 5 * M, { disabled: true }),
    step("mail", "Send it to the board", "mcp_call", ["tax", "pdf"], 25 * S),
  ],
};

/** Over in a quarter of a second. */
export const ping: Plan = {
  id: "wf_07aa93c4", name: "Health ping", schema: null,
  steps: [
    step("look", "Look up the target", "lua_script", [], 28, { result: { host: "api.acme.test" } }),
    step("ask", "Ask it", "mcp_call", ["look"], 161, { result: { status: 200 } }),
    step("ask_db", "Ask the database", "mcp_call", ["look"], 94, { result: { lag: 0 } }),
    step("sum", "Sum up", "lua_script", ["ask", "ask_db"], 12, { result: { healthy: true } }),
  ],
};

const LAYERS: [string, string, number][] = [
  ["Read the catalogue", "mcp_call", 1], ["Split by", "lua_script", 4], ["Translate", "llm_call", 8], ["Check the terms of", "llm_call", 8],
  ["Lay out", "lua_script", 4], ["Review", "llm_call", 4], ["Publish the catalogue", "mcp_call", 1],
];
const TONGUES = ["German", "French", "Spanish", "Italian", "Dutch", "Polish", "Czech", "Danish"];

/** Thirty steps in layers that run side by side. */
export const translation: Plan = {
  id: "wf_c3d8105f", name: "Catalogue translation", schema: object({ catalogue: { type: "string", title: "Catalogue" } }, ["catalogue"]),
  steps: LAYERS.flatMap(([name, kind, count], layer) =>
    Array.from({ length: count }, (_, i) => {
      const before = LAYERS[layer - 1]?.[2] ?? 0;
      const after = Array.from({ length: before }, (_, j) => j).filter((j) => (before <= count ? Math.floor((i * before) / count) === j : Math.floor((j * count) / before) === i));
      return step(
        `s${layer}_${i}`, count === 1 ? name : `${name} ${TONGUES[i] ?? ""}`, kind, after.map((j) => `s${layer - 1}_${j}`), (6 + ((i * 7 + layer * 11) % 19)) * S,
        layer === 2 && i === 5 ? { fails: { times: 1, works: 4 * S, gap: 6 * S } } : {},
      );
    }),
  ),
};

/** Side by side: one step fails while a person is asked. */
export const offers: Plan = {
  id: "wf_0f4e12aa", name: "Offers for the quarter", schema: null,
  steps: [
    step("orders", "Read the open orders", "mcp_call", [], 1.2 * S, { result: { orders: 31 } }),
    step("north", "Price the north", "lua_script", ["orders"], 0.3 * S, { result: { priced: 17 } }),
    step("east", "Price the east", "lua_script", ["orders"], 0.4 * S, { result: { priced: 9 } }),
    step("west", "Price the west", "lua_script", ["orders"], 0.9 * S),
    step("office", "Ask the office", "human_task", ["north"], 0, { asks: "Is ten percent off all right?" }),
    step("send", "Send the offers", "mcp_call", ["north", "east", "west", "office"], 3 * S),
  ],
};

/** More steps than are shown at once. */
export const places: Plan = {
  id: "wf_60913ace", name: "Flyers for 58 places", schema: null,
  steps: [
    step("list", "List the places", "mcp_call", [], 2 * S),
    ...Array.from({ length: 58 }, (_, i) => step(`p${i}`, `Flyer for place ${i + 1}`, "llm_call", i < 4 ? ["list"] : [`p${i - 4}`], (3 + ((i * 7) % 5)) * S)),
    step("print", "Send them to the printer", "mcp_call", ["p54", "p55", "p56", "p57"], 6 * S),
  ],
};

export const leads: Plan = approval("wf_7be3345d", "Outreach to new leads", "approve_mail", "Approve the email to Acme?");

/** Somebody took days to answer. */
export const contract: Plan = approval("wf_5c0774ac", "Supplier contract", "legal", "Is the contract all right?");

export const PLANS = [orders, reminders, closing, ping, translation, leads, offers, places];
/** When the night's wait of the closing ends, after it began. */
export const NIGHT = 8.4 * H;
/** And that of the contract. */
export const DAYS = 57.3 * H;
