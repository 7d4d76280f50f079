import type { App, Since } from "../../lib/app/app.svelte";
import { isOf, refOf } from "../../lib/app/runs";
import { asFailure } from "../../lib/backend/failure";
import type { Failure, RunRow, RunsQuery } from "../../lib/backend/types";
import { DAY } from "../../lib/text/calendar";

const PAGE = 100;
/** Rows that are asked for before they come into sight. */
const AHEAD = 40;
/** While the list is scrolled, pages are asked for no more often than this. */
const PACE = 90;
const AT_ONCE = 2;

/** The runs that the filters name, by where they stand in the list. Only what was in sight is held; it is asked for page by page. */
export class Book {
  total = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Rows that came above what is in sight. */
  fresh = $state(0);
  /** Called with how many rows the list has moved down. */
  onshift: (rows: number) => void = () => {};

  #rows = $state.raw<ReadonlyMap<number, RunRow>>(new Map());
  readonly #app: App;
  /** Pages that were asked for since the list was last known to have moved. */
  readonly #sound = new Set<number>();
  readonly #asking = new Set<number>();
  #turn = 0;
  /** From when on the runs of these filters began: the same for every page. */
  #since: string | null = null;
  #wanted: [first: number, last: number] = [0, 20];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #following = false;
  #followAgain = false;

  constructor(app: App) {
    this.#app = app;
  }

  row(index: number): RunRow | undefined {
    return this.#rows.get(index);
  }

  #query(page: number): RunsQuery {
    const { state, workflowId } = this.#app.runFilter;
    return { state, workflowId, since: this.#since, offset: page * PAGE, limit: PAGE };
  }

  /** Begins anew, for the filters as they are. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.#since = sinceWhen(this.#app.runFilter.since, Date.now());
    this.failure = null;
    this.fresh = 0;
    this.#sound.clear();
    this.#asking.clear();
    // What was nothing for other filters is not known to be nothing for these.
    if (this.total === 0) this.total = null;
    try {
      const { runs, total } = await this.#app.backend.runs(this.#query(0));
      if (turn !== this.#turn) return;
      this.#rows = new Map(runs.map((run, i) => [i, run]));
      this.#sound.add(0);
      this.total = total;
      this.#fetch();
    } catch (thrown) {
      if (turn === this.#turn) this.failure = asFailure(thrown);
    }
  }

  /** These rows are in sight. */
  want(first: number, last: number): void {
    this.#wanted = [first, last];
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#fetch();
    }, PACE);
  }

  #fetch(): void {
    if (this.total === null || this.failure) return;
    const [first, last] = this.#wanted;
    const end = Math.min(this.total, last + AHEAD);
    for (let page = Math.floor(Math.max(0, first - AHEAD) / PAGE); page * PAGE < end && this.#asking.size < AT_ONCE; page++) {
      if (!this.#sound.has(page) && !this.#asking.has(page)) void this.#ask(page);
    }
  }

  async #ask(page: number): Promise<void> {
    const turn = this.#turn;
    this.#asking.add(page);
    try {
      const { runs, total } = await this.#app.backend.runs(this.#query(page));
      if (turn !== this.#turn || !this.#asking.has(page)) return;
      this.#sound.add(page);
      this.#put(page * PAGE, runs);
      this.total = total;
    } catch (thrown) {
      if (turn === this.#turn) this.failure = asFailure(thrown);
    } finally {
      if (turn === this.#turn) {
        this.#asking.delete(page);
        this.#fetch();
      }
    }
  }

  #put(offset: number, runs: RunRow[]): void {
    const rows = new Map(this.#rows);
    runs.forEach((run, i) => rows.set(offset + i, run));
    this.#rows = rows;
  }

  /** Runs came or went: the first page tells how far the others have moved. One question at a time. */
  async follow(): Promise<void> {
    if (this.total === null) return;
    this.#followAgain = this.#following;
    if (this.#following) return;
    this.#following = true;
    const turn = this.#turn;
    try {
      const { runs, total } = await this.#app.backend.runs(this.#query(0));
      if (turn === this.#turn) this.#move(runs, total);
    } catch {
      // What is shown stays; the line about the lost link says that it may be old.
    } finally {
      this.#following = false;
      if (this.#followAgain) void this.follow();
    }
  }

  #move(runs: RunRow[], total: number): void {
    const by = moved(this.#rows, runs);
    const rows = new Map<number, RunRow>();
    if (by !== null) for (const [index, row] of this.#rows) if (index + by >= 0 && index + by < total) rows.set(index + by, row);
    runs.forEach((run, i) => rows.set(i, run));
    this.#sound.clear();
    this.#asking.clear();
    this.#sound.add(0);
    this.#rows = rows;
    this.total = total;
    if (by) this.onshift(by);
    this.#fetch();
  }

  /** What changed is changed where it stands. */
  patch(changed: RunRow[]): void {
    let rows: Map<number, RunRow> | null = null;
    for (const [index, row] of this.#rows) {
      const now = changed.find((other) => isOf(other, refOf(row)));
      if (now) (rows ??= new Map(this.#rows)).set(index, now);
    }
    if (rows) this.#rows = rows;
  }
}

/** By how many rows the list has moved down, told by the first row that is known still; nothing where none is. */
function moved(known: ReadonlyMap<number, RunRow>, runs: RunRow[]): number | null {
  for (let index = 0; index < runs.length; index++) {
    const row = known.get(index);
    const now = row ? runs.findIndex((run) => isOf(run, refOf(row))) : -1;
    if (now >= 0) return now - index;
  }
  return null;
}

function sinceWhen(since: Since, now: number): string | null {
  if (since === "any") return null;
  const from = since === "today" ? new Date(now).setHours(0, 0, 0, 0) : now - (since === "week" ? 7 : 30) * DAY;
  return new Date(from).toISOString();
}
