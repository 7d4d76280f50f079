import type { App } from "../../lib/app/app.svelte";
import { asFailure } from "../../lib/backend/failure";
import type { Failure, Insights, InsightsWindow } from "../../lib/backend/types";

/** What the platform tells of a span of time. While it is asked for another one, the last answer stays. */
export class Told {
  window = $state<InsightsWindow>("month");
  insights = $state.raw<Insights | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);

  readonly #app: App;
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    const window = this.window;
    this.busy = true;
    try {
      const insights = await this.#app.backend.insights(window);
      if (asked !== this.#asked) return;
      this.insights = insights;
      this.failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
