import { asFailure } from "../backend/failure";
import type { Failure } from "../backend/types";

/** Something a view asks for once: on its way, there, or failed. */
export class Load<T> {
  value = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #ask: () => Promise<T>;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
    void this.again();
  }

  async again(): Promise<void> {
    this.failure = null;
    try {
      this.value = await this.#ask();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }
}
