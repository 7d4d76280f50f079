import { dayOf } from "./calendar";

/** How the parts of a time are written; nothing for what need not be said. */
export type Write = {
  clock: (at: number) => string;
  /** Of the hour that the clock shows twice. */
  zone: (at: number) => string | null;
  day: ((at: number) => string) | null;
};

/** How times are written that stand beside each other: each with its clock, and all or none of them with their day. */
export class Times {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Whether the day is said. */
  get days(): boolean {
    return this.#write.day !== null;
  }

  /** "23:59:12", or "12 Mar, 23:59:12". */
  at(iso: string): string {
    const at = Date.parse(iso);
    return this.#said(at, this.#write.day, this.#write.zone(at));
  }

  /** "23:59:12 – 00:03:40"; what is the same of both is said once. `open` is said of what has not ended. */
  span(from: string, to: string | null, open: string): string {
    if (to === null) return `${this.at(from)} – ${open}`;
    const [begun, ended] = [Date.parse(from), Date.parse(to)];
    const { day, zone } = this.#write;
    const [first, last] = [zone(begun), zone(ended)];
    return `${this.#said(begun, day, first === last ? null : first)} – ${this.#said(ended, dayOf(begun) === dayOf(ended) ? null : day, last)}`;
  }

  #said(at: number, day: Write["day"], zone: string | null): string {
    const clock = [this.#write.clock(at), zone].filter(Boolean).join(" ");
    return day === null ? clock : `${day(at)}, ${clock}`;
  }
}
