// What the person has entered for a task: kept until the task is answered, whatever else they look at meanwhile.
import { SvelteMap } from "svelte/reactivity";

import type { Approval, Failure, TaskField } from "../../lib/backend/types";
import type { Spoken } from "../../lib/i18n";
import { numberOf, written } from "./number";

/** What is wrong with a field, as the catalogue calls it. */
export type Wrong = "empty" | "choose" | "number" | "date";
type Read = { value: unknown } | { wrong: Wrong } | null;

/** The name under which a note goes into the result. */
export const NOTE = "note";

export class Draft {
  /** What stands in each field, as text: a yes or no as such, a choice as its place among the choices. */
  readonly entries = new SvelteMap<string, string>();
  readonly wrong = new SvelteMap<string, Wrong>();
  note = $state("");
  failure = $state.raw<Failure | null>(null);
  readonly #fields: TaskField[];
  readonly #language: Spoken;
  readonly #first: string;

  constructor({ fields }: Pick<Approval, "fields">, language: Spoken) {
    this.#fields = fields;
    this.#language = language;
    for (const field of fields) this.entries.set(field.name, beginning(field, language));
    this.#first = this.#written();
  }

  /** Whether the person has entered anything. */
  get touched(): boolean {
    return this.#written() !== this.#first;
  }

  /** A task that has a field of that name has its own note. */
  get noted(): boolean {
    return !this.#fields.some((field) => field.name === NOTE);
  }

  enter(name: string, text: string): void {
    this.entries.set(name, text);
    this.wrong.delete(name);
  }

  /** What goes into the result of an approval; nothing where something is wrong, which is noted then. */
  approval(): Record<string, unknown> | null {
    this.wrong.clear();
    for (const field of this.#fields) {
      const read = this.#read(field);
      if (read && "wrong" in read) this.wrong.set(field.name, read.wrong);
      if (!read && field.required) this.wrong.set(field.name, field.kind === "choice" || field.kind === "boolean" ? "choose" : "empty");
    }
    return this.wrong.size === 0 ? this.#result() : null;
  }

  /** What goes into the result of a rejection: whatever fits, and nothing is needed. */
  rejection(): Record<string, unknown> {
    this.wrong.clear();
    return this.#result();
  }

  #result(): Record<string, unknown> {
    const entries = this.#fields.flatMap((field): [string, unknown][] => {
      const read = this.#read(field);
      if (read && "value" in read) return [[field.name, read.value]];
      // What stood there at first and was emptied is told to be empty.
      return !read && field.value !== null ? [[field.name, null]] : [];
    });
    const note = this.note.trim();
    return Object.fromEntries(this.noted && note ? [...entries, [NOTE, note]] : entries);
  }

  #read(field: TaskField): Read {
    const text = this.entries.get(field.name) ?? "";
    return text.trim() === "" ? null : read(field, text, this.#language);
  }

  #written(): string {
    return JSON.stringify([[...this.entries], this.note.trim()]);
  }
}

function beginning({ kind, value, choices }: TaskField, language: Spoken): string {
  if (value === null || value === undefined) return "";
  switch (kind) {
    case "boolean":
      return value === true ? "yes" : value === false ? "no" : "";
    case "choice": {
      const place = choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value));
      return place < 0 ? "" : String(place);
    }
    case "number":
      return written(String(value), language);
    default:
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

function read({ kind, choices }: TaskField, text: string, language: Spoken): Read {
  switch (kind) {
    case "boolean":
      return { value: text === "yes" };
    case "choice": {
      const choice = choices[Number(text)];
      return choice ? { value: choice.value } : null;
    }
    case "number": {
      const number = numberOf(text.trim(), language);
      return number === null ? { wrong: "number" } : { value: number };
    }
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) ? { value: text } : { wrong: "date" };
    case "text":
    case "longText":
      return { value: text };
  }
}
