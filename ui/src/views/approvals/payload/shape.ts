// How a value of a payload is laid out for reading.

/** Longer texts, and those of more lines, are folded. */
const LONG = 280;
const LINES = 5;
/** A few short things fit into one line. */
const ROW = 40;
/** Nested deeper than this, a value is shown as it is written. */
export const DEEP = 6;

export type Entry = readonly [key: string, value: unknown];
export type Shaped =
  | { kind: "none" }
  | { kind: "yesNo"; value: boolean }
  | { kind: "number"; text: string }
  | { kind: "text"; text: string }
  | { kind: "long"; text: string }
  | { kind: "time"; text: string }
  | { kind: "row"; items: (string | number)[] }
  | { kind: "list"; items: unknown[] }
  | { kind: "table"; columns: string[]; rows: Map<string, unknown>[] }
  | { kind: "items"; items: unknown[] }
  | { kind: "map"; entries: Entry[] };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isBare = (value: unknown) => typeof value !== "object" || value === null;
/** What fits into a cell. */
const isCell = (value: unknown) => isBare(value) && !(typeof value === "string" && long(value));
const isFlat = (value: unknown) => isObject(value) && Object.values(value).every(isCell);

export function long(text: string): boolean {
  return text.length > LONG || text.split("\n").length > LINES;
}

export function shaped(value: unknown): Shaped {
  if (value === null || value === undefined || value === "") return { kind: "none" };
  if (typeof value === "boolean") return { kind: "yesNo", value };
  if (typeof value === "number") return { kind: "number", text: String(value) };
  if (typeof value === "string") {
    return { kind: TIME.test(value) && !Number.isNaN(Date.parse(value)) ? "time" : long(value) ? "long" : "text", text: value };
  }
  if (Array.isArray(value)) return ofArray(value);
  const entries = Object.entries(value as object);
  return entries.length === 0 ? { kind: "none" } : { kind: "map", entries };
}

function ofArray(items: unknown[]): Shaped {
  if (items.length === 0) return { kind: "none" };
  if (items.every(isCell)) {
    const short = (item: unknown): item is string | number => typeof item === "number" || (typeof item === "string" && !/[,;\n]|^$/.test(item));
    return items.join(", ").length <= ROW && items.every(short) ? { kind: "row", items } : { kind: "list", items };
  }
  if (items.length > 1 && items.every(isFlat)) {
    const rows = items.map((item) => new Map(Object.entries(item as object)));
    return { kind: "table", columns: [...new Set(rows.flatMap((row) => [...row.keys()]))], rows };
  }
  return { kind: "items", items };
}

/** Whether a value needs the whole width, below its label. */
export function wide({ kind }: Shaped): boolean {
  return kind === "long" || kind === "table" || kind === "items" || kind === "map";
}

const SPELLED = new Set(["api", "csv", "ip", "json", "pdf", "sql", "uri", "url"]);

/** A key as people read it: `customer_since` is "Customer since", `draftURL` is "Draft URL". */
export function labelOf(key: string): string {
  const words = key
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(/[\s_.-]+/)
    .filter(Boolean)
    .map((word) => (/^(\p{Lu}|\d){2,}$/u.test(word) ? word : SPELLED.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()));
  const text = words.join(" ");
  return text ? text[0]!.toUpperCase() + text.slice(1) : key;
}
