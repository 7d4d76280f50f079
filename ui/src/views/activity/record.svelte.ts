import type { App } from "../../lib/app/app.svelte";
import { asFailure } from "../../lib/backend/failure";
import type { ActivityQuery, CallView, Failure } from "../../lib/backend/types";

const PAGE = 200;

/** The calls that match the filter, newest first: pages of the record, and what arrives while it is shown. */
export class Record {
  calls = $state.raw<CallView[] | null>(null);
  total = $state(0);
  more = $state(false);
  failure = $state.raw<Failure | null>(null);

  readonly #app: App;
  #asked = 0;
  #busy = false;

  constructor(app: App) {
    this.#app = app;
  }

  query(before: number | null = null): ActivityQuery {
    return { ...this.#app.filter, before, limit: PAGE };
  }

  /** Asks anew; an older answer that arrives later is dropped. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.failure = null;
    try {
      const page = await this.#app.backend.activity(this.query());
      if (asked !== this.#asked) return;
      this.#note(page.calls);
      this.calls = page.calls;
      this.total = page.total;
      this.more = page.more;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    }
  }

  async loadMore(): Promise<void> {
    const oldest = this.calls?.at(-1);
    if (!this.more || this.#busy || !oldest) return;
    this.#busy = true;
    const asked = this.#asked;
    try {
      const page = await this.#app.backend.activity(this.query(oldest.id));
      if (asked !== this.#asked) return;
      this.#note(page.calls);
      this.calls = [...(this.calls ?? []), ...page.calls];
      this.more = page.more;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.#busy = false;
    }
  }

  hear(call: CallView): void {
    this.#note([call]);
    if (!this.calls || !this.#fits(call) || this.calls.some((known) => known.id === call.id)) return;
    this.calls = [call, ...this.calls];
    this.total += 1;
  }

  /** The record was deleted: nothing of it stays here either. */
  async cleared(): Promise<void> {
    this.#app.seen.clients.clear();
    this.#app.seen.tools.clear();
    await this.load();
  }

  #note(calls: CallView[]): void {
    for (const { client, tool } of calls) {
      this.#app.seen.clients.add(client);
      this.#app.seen.tools.add(tool);
    }
  }

  #fits(call: CallView): boolean {
    const { text, tool, client, failedOnly } = this.#app.filter;
    if (failedOnly && call.code === "ok") return false;
    if (tool && call.tool !== tool) return false;
    if (client && call.client !== client) return false;
    const seen = `${call.tool} ${call.client} ${call.target ?? ""} ${call.code}`.toLowerCase();
    return !text || seen.includes(text.toLowerCase());
  }
}
