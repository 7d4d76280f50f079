import { asFailure } from "../../lib/backend/failure";
import type { Failure, Outcome } from "../../lib/backend/types";

export type Step =
  | { at: "ask" }
  | { at: "busy" }
  | { at: "which" }
  | { at: "done"; left: string | null }
  | { at: "failed"; failure: Failure };

/** A token's rotation or revocation, from the question to what came of it; asks which token it is where that is unclear. */
export class Flow {
  step = $state.raw<Step>({ at: "ask" });
  /** Which of the account's tokens it is, once the person has said so. */
  #own: string | null = null;

  async run(work: (own: string | null) => Promise<Outcome>): Promise<void> {
    this.step = { at: "busy" };
    try {
      const { left } = await work(this.#own);
      this.step = { at: "done", left };
    } catch (thrown) {
      const failure = asFailure(thrown);
      const unclear = failure.code === "token_unclear" && this.#own === null;
      this.step = unclear ? { at: "which" } : { at: "failed", failure };
    }
  }

  chose(own: string): void {
    this.#own = own;
  }
}
