import type { Backend } from "./backend";

/** All the page needs of what runs it: the contract, and a way to end the app where it cannot go on. */
export interface Shell extends Backend {
  quit(): Promise<void>;
}
