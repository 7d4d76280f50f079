// Tasks of every shape that wait for a person, and what agents ask about them.
import type { Approval, QuestionView, TaskField } from "../types";
import { ago, DAY, type Scenario } from "./scenarios";

const field = (name: string, label: string, kind: TaskField["kind"], change: Partial<TaskField> = {}): TaskField => ({
  name, label, kind, required: false, choices: [], value: null, help: null, ...change,
});
const choices = (...labels: string[]) => labels.map((label) => ({ value: label.toLowerCase().replaceAll(" ", "_"), label }));

const LETTER = `Dear Ms Okafor,

on Tuesday we promised that the replacement pumps would leave our warehouse in Rotterdam by Thursday noon. They did not. The carrier's system rejected the customs form twice, and nobody on our side noticed until this morning. That is our fault and not the carrier's, and I am sorry for the two days it has cost your team in Leeds.

What we have done: the form is corrected, the shipment was collected at 09:40 today, and it is booked on the evening ferry. You can follow it at https://track.nordsee-freight.example/shipments/NF-2026-118842?language=en&detail=full. If everything goes to plan it reaches Leeds tomorrow before 14:00.

What we would like to do: credit the express surcharge of 312.40 EUR on your next invoice, and give you a name instead of a queue. Until this is settled, please write to me directly; I answer within the hour.

With kind regards
Jonas Weber
Customer care, Acme Pumps`;

const publish = (): Approval => ({
  taskId: "task_01KB7Q2M4X", runId: "run_01KB7Q1ZT8VD", workflowId: "wf_example_approval", workflowName: "Announcement with approval",
  stepId: "approve", taskType: "approval", title: "Publish “Spring release”?",
  description: "Spring release is ready. Thank you, everyone.\n\nIt goes to the blog and to 12 channels at once.",
  details: {}, fields: [field("comment", "Comment", "text")], createdAt: ago(2), expiresAt: null,
});

const letter = (): Approval => ({
  taskId: "task_01KB7N8E1R", runId: "run_01KB7N7XQ2AC", workflowId: "wf_8f2ac01d77", workflowName: "Customer replies",
  stepId: "review", taskType: "approval", title: "Send the apology to Acme Logistics?",
  description: "The customer has waited for two days. The agent drafted this answer; read it before it goes out.",
  details: {
    to: ["a.okafor@acme-logistics.example"], cc: [], subject: "Your pumps: what happened and what we do now", body: LETTER,
    customer_since: "2019-04-02", previousTickets: 3, last_contact_at: ago(DAY * 2), vip: true, sentiment: null,
    preview: "<p>Dear <b>Ms Okafor</b>,</p>",
    draft_url: "https://desk.acme-pumps.example/tickets/118842/drafts/7?view=full&from=approval-inbox",
  },
  fields: [
    field("subject", "Subject", "text", { value: "Your pumps: what happened and what we do now", required: true }),
    field("send_on", "Send on", "date", { help: "Leave it empty to send it at once." }),
    field("signature", "Signed by", "choice", { choices: choices("Jonas Weber", "The whole team"), value: "jonas_weber" }),
  ],
  createdAt: ago(38), expiresAt: null,
});

const expense = (): Approval => ({
  taskId: "task_01KB7H0Q9W", runId: "run_01KB7GZK3M5T", workflowId: "wf_expenses", workflowName: "Expenses",
  stepId: "decide", taskType: "approval", title: "Pay Lena's expenses for the fair in Hanover?", description: null,
  details: {
    employee: "Lena Fischer", trip: "Hanover fair, 9 to 12 November", currency: "EUR",
    items: [
      { date: "2026-11-09", what: "Train, second class", category: "travel", amount: 118.4, receipt: true },
      { date: "2026-11-09", what: "Hotel, three nights", category: "lodging", amount: 642, receipt: true },
      { date: "2026-11-10", what: "Dinner with four customers of the northern region", category: "meals", amount: 287.5, receipt: true },
      { date: "2026-11-11", what: "Taxi to the hall", category: "travel", amount: 31.9, receipt: false },
      { date: "2026-11-12", what: "Freight of the demo pump", category: "freight", amount: 204.8, receipt: true },
    ],
    total: 1284.6, policyWarnings: ["One receipt is missing.", "Dinner is above 60 EUR a head."],
  },
  fields: [
    field("amount", "Amount to pay", "number", { required: true, value: 1284.6 }),
    field("cost_center", "Cost centre", "choice", { required: true, choices: choices("Sales", "Marketing", "Product", "Board") }),
    field("receipts_seen", "I have seen the receipts", "boolean", { required: true }),
    field("reason", "Reason, if you pay less", "longText"),
  ],
  createdAt: ago(190), expiresAt: ago(-DAY * 6),
});

const deployment = (): Approval => ({
  taskId: "task_01KB71T6PZ", runId: "run_01KB71SW0GHB", workflowId: "wf_release", workflowName: "Release train",
  stepId: "gate", taskType: "gate", title: "Roll out checkout 4.18.0 to production?",
  description: "All checks are green. One migration runs before the first instance starts.",
  details: {
    service: "checkout", version: "4.18.0", previous_version: "4.17.3",
    image: "registry.acme.example/shop/checkout@sha256:9b1f0c6c0b6c0e2f7d5d0f4a9c1e77aa52f0d6b7f3c1d2e4b5a69788c0d1e2f3",
    rollout: {
      strategy: "canary", steps: [5, 25, 100], pause_minutes: 15,
      regions: { europe: { instances: 24, first: true }, america: { instances: 18, first: false } },
      rollback: { automatic: true, when: { error_rate_above: 0.02, p95_ms_above: 900 } },
    },
    migration: { file: "2026_11_24_add_invoice_index.sql", locks_table: false, estimated_seconds: 40 },
    checks: [
      { name: "unit", result: "passed", seconds: 212 },
      { name: "contract", result: "passed", seconds: 88 },
      { name: "load", result: "passed", seconds: 1260 },
    ],
    commits: 14, compare: "https://git.acme.example/shop/checkout/compare/v4.17.3...v4.18.0",
  },
  fields: [field("window", "When", "choice", { choices: choices("Now", "Tonight at 22:00"), value: "now" })],
  createdAt: ago(DAY + 200), expiresAt: ago(-42),
});

const accounts = (): Approval => ({
  taskId: "task_01KB6X5D2C", runId: "run_01KB6X4R9NQE", workflowId: "wf_hygiene", workflowName: "Account hygiene",
  stepId: "confirm", taskType: "approval", title: "Delete 48 accounts that nobody has used for a year?",
  description: "Their data is exported first and kept for 90 days.",
  details: {
    accounts: Array.from({ length: 48 }, (_, i) => `${["mara", "tobi", "yusuf", "ines", "paul", "noor"][i % 6]}.${1000 + i * 37}@acme.example`),
    export_to: "s3://acme-archive/accounts/2026-11/", owner: { team: "IT", contact: "it@acme.example" },
  },
  fields: [field("note", "Note for the record", "longText", { help: "Stands in the audit log." })],
  createdAt: ago(DAY * 3), expiresAt: null,
});

/** What waits where a scenario begins, the oldest first. */
export function inbox(scenario: Scenario): Approval[] {
  const all = [accounts(), deployment(), expense(), letter(), publish()];
  if (scenario === "many") {
    return Array.from({ length: 60 }, (_, i) => {
      const task = all[i % all.length]!;
      return { ...task, taskId: `${task.taskId}${i}`, runId: `${task.runId}${i}`, title: `${i + 1}. ${task.title}`, createdAt: ago(DAY * 9 - i * 200) };
    });
  }
  return ["full", "error", "cut-off", "raced"].includes(scenario) ? all : [];
}

/** What agents ask where a scenario begins. */
export function asked(scenario: Scenario): QuestionView[] {
  if (scenario !== "full") return [];
  const of = (approval: Approval) => ({ approval, taskId: approval.taskId, runId: approval.runId, workflowId: approval.workflowId });
  return [
    {
      ...of(publish()), id: "question_1", client: "Claude Code 2.1.330", approve: true, result: { comment: "Read through twice, links work." },
      askedAt: ago(0.3), until: ago(-1.7),
    },
    { ...of(deployment()), id: "question_2", client: "Cursor 2.4.1", approve: false, result: null, askedAt: ago(1.2), until: ago(-0.8), approval: null },
  ];
}
