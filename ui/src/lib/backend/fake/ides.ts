// The app's real entries, which `cargo xtask generate` writes.
import type { IdeEntry } from "../types";
import { URL_SERVED } from "./scenarios";
import written from "./ides.json";

/** The entries with this address; links, which hold it encoded, keep the first one. */
export const ideEntries = (url: string): IdeEntry[] =>
  (written as IdeEntry[]).map((entry) => ({ ...entry, content: entry.content.replaceAll(URL_SERVED, url) }));
