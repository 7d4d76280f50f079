import type { App } from "../../lib/app/app.svelte";
import { ended, isOf } from "../../lib/app/runs";
import type { RunRef } from "../../lib/backend/backend";
import { asFailure } from "../../lib/backend/failure";
import type { Failure, RunDetail, RunRow } from "../../lib/backend/types";

/** A run that changes is asked for again no sooner than this; where it goes on changing, twice as long each time, up to the
 * longest: each look is several requests. */
const PACE = 250;
const LONGEST_PACE = 1000;
/** And this often where nothing is heard of it. */
const QUIET = 60_000;

/** The run that is looked at: asked for again when it is told to have changed. */
export class OpenRun {
  detail = $state.raw<RunDetail | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The platform's time just now; it goes on while the run does. */
  now = $state(Date.now());

  readonly ref: RunRef;
  readonly #app: App;
  /** How far the platform's clock is ahead of this one. */
  #ahead = 0;
  #asking = false;
  #again = false;
  #last = 0;
  #pace = PACE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(app: App, ref: RunRef) {
    this.#app = app;
    this.ref = ref;
  }

  get active(): boolean {
    return this.detail !== null && !ended(this.detail.run.state);
  }

  /** How often a second hand is needed: the older a run, the less. */
  get beat(): number {
    const age = this.now - Date.parse(this.detail?.run.startedAt ?? "");
    return age < 10_000 ? 250 : age < 3_600_000 ? 1000 : 20_000;
  }

  tick(): void {
    this.now = Date.now() + this.#ahead;
  }

  /** Asks at once; while an answer is on its way, once more after it. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = this.#asking;
    if (this.#asking || this.#over) return;
    this.#asking = true;
    const since = Date.now() - this.#last;
    this.#pace = since < 2 * this.#pace ? Math.min(LONGEST_PACE, 2 * this.#pace) : PACE;
    this.#last += since;
    try {
      const detail = await this.#app.backend.run(this.ref);
      this.failure = null;
      this.detail = detail;
      this.#ahead = Date.parse(detail.now) - Date.now();
      this.tick();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.#asking = false;
    }
    if (this.#again) this.#soon();
    else if (this.active && !this.#over) this.#timer = setTimeout(() => void this.load(), QUIET);
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), Math.max(0, this.#last + this.#pace - Date.now()));
  }

  hear(changed: RunRow[]): void {
    const row = changed.find((other) => isOf(other, this.ref));
    if (!row) return;
    if (this.detail) this.detail = { ...this.detail, run: row };
    if (this.#asking) this.#again = true;
    else this.#soon();
  }

  /** Nobody looks any more. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
