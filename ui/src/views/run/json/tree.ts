// JSON as lines of a tree: only those that are unfolded, and where a search finds something.
export type Kind = "object" | "list" | "text" | "number" | "boolean" | "null";
export type Line = {
  /** Where it stands, as a JSON pointer. */
  id: string;
  path: (string | number)[];
  key: string | number | null;
  depth: number;
  kind: Kind;
  /** The value as it is written; of an object or a list, what it holds in short. */
  text: string;
  value: unknown;
  /** Entries, where it can be unfolded. */
  count: number;
  open: boolean;
};

/** More of a text is shown when it is asked for. */
export const LONG_TEXT = 240;
/** A search in a value larger than this looks no further. */
const MOST = 100_000;

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "object";
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : "boolean";
}

const entriesOf = (value: unknown): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((item, i) => [i, item])
  : typeof value === "object" && value !== null ? Object.entries(value)
  : [];

const escaped = (key: string | number) => String(key).replaceAll("~", "~0").replaceAll("/", "~1");

export const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "null");

/** `steps.fetch["a b"][0]`: as code would write it. */
export function pathText(path: (string | number)[]): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(part) ? `${i > 0 ? "." : ""}${part}` : `[${JSON.stringify(part)}]`)).join("");
}

/** The lines that are in sight, up to so many; and how many there are in all. */
export function linesOf(value: unknown, isOpen: (id: string, depth: number) => boolean, most: number): { lines: Line[]; total: number } {
  const lines: Line[] = [];
  let total = 0;
  const visit = (path: (string | number)[], key: string | number | null, value: unknown, id: string) => {
    const kind = kindOf(value);
    const entries = entriesOf(value);
    const open = entries.length > 0 && isOpen(id, path.length);
    total += 1;
    if (lines.length < most) {
      const text = kind === "object" ? "{ }" : kind === "list" ? "[ ]" : kind === "text" ? (value as string) : String(value ?? "null");
      lines.push({ id, path, key, depth: path.length, kind, text, value, count: entries.length, open });
    }
    if (open) for (const [name, inner] of entries) visit([...path, name], name, inner, `${id}/${escaped(name)}`);
  };
  // The outermost braces say nothing: what they hold stands on the first level.
  const top = entriesOf(value);
  if (top.length === 0) visit([], null, value, "");
  for (const [name, inner] of top) visit([name], name, inner, `/${escaped(name)}`);
  return { lines, total };
}

/** Where a text stands in a name or a value, and what has to be unfolded to see it. */
export function found(value: unknown, text: string): { hits: Set<string>; opens: Set<string> } {
  const wanted = text.toLowerCase();
  const hits = new Set<string>();
  const opens = new Set<string>();
  let left = MOST;
  const visit = (id: string, key: string | number | null, value: unknown): boolean => {
    if (left-- <= 0) return false;
    const entries = entriesOf(value);
    const own = (key !== null && String(key).toLowerCase().includes(wanted)) || (entries.length === 0 && written(value).toLowerCase().includes(wanted));
    if (own) hits.add(id);
    let within = false;
    for (const [name, inner] of entries) within = visit(`${id}/${escaped(name)}`, name, inner) || within;
    if (within) opens.add(id);
    return own || within;
  };
  if (wanted) visit("", null, value);
  return { hits, opens };
}

/** A text in pieces, those that were searched for marked. */
export function marked(text: string, wanted: string): { text: string; hit: boolean }[] {
  if (!wanted) return [{ text, hit: false }];
  const pieces: { text: string; hit: boolean }[] = [];
  const low = text.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(wanted.toLowerCase()); at >= 0; at = low.indexOf(wanted.toLowerCase(), from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    from = at + wanted.length;
    pieces.push({ text: text.slice(at, from), hit: true });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}
