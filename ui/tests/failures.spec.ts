// Every code that the app can give has a sentence in each language. The codes are read from the Rust sources themselves.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { catalogues } from "../src/lib/i18n";
import { de } from "../src/lib/i18n/de";
import { said, saidOfField } from "../src/lib/text/said";
import { useBrowser } from "./support/browser";

const browser = useBrowser();
afterEach(() => browser.close());

const root = "..";
const rust = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".rs") && !/tests?(\.rs$|[\\/])/.test(file))
    .map((file) => readFileSync(join(root, folder, file), "utf8").split("#[cfg(test)]\nmod tests {")[0] ?? "");
const found = (texts: string[], pattern: RegExp) =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([, code]) => code ?? ""));

/** What the functions called `code` or `prefixed_code` of a crate give: their texts of small letters and underscores. */
const ofErrors = (folder: string) => {
  const bodies = found(rust(folder), /fn (?:prefixed_)?code\(&self\) -> &'static str \{([\s\S]*?)\n {4}\}/g);
  return found(bodies, /"([a-z]+(?:_[a-z]+)*)"/g);
};
/** What desk and shell say in their own words. */
const ofDesk = () => {
  const texts = [...rust("crates/desk/src"), ...rust("src-tauri")];
  return [/\bnew\(\s*"([a-z_]+)"/g, /\bcode: "([a-z_]+)"/g].flatMap((pattern) => found(texts, pattern));
};

const unique = (codes: string[]) => [...new Set(codes)].sort();

describe("a failure", () => {
  const codes = unique([
    ...ofErrors("crates/bff/src"),
    ...ofErrors("crates/serving/src"),
    ...ofErrors("crates/settings/src"),
    ...ofErrors("crates/tokens/src"),
    ...ofErrors("crates/platform-mcp/src"),
    ...ofDesk(),
  ]);

  test("has a sentence for every code in every language", () => {
    // Should the sources look different one day, this must not pass because nothing was found.
    expect(codes).toEqual(expect.arrayContaining(["unauthorized", "keychain_locked", "settings_unwritable", "not_copied", "server_failed", "activity_log", "group_off", "sandbox_unavailable", "not_exported"]));
    expect(codes.length).toBeGreaterThan(40);
    for (const [language, t] of Object.entries(catalogues)) {
      expect(codes.filter((code) => !t.failures[code]), language).toEqual([]);
    }
  });

  test("is told in our words, with its own behind them; in its own where the code is unknown", () => {
    const known = { code: "unreachable", message: "the BFF cannot be reached", field: null };
    expect(said(de, known)).toEqual({ text: de.failures["unreachable"], detail: known.message });
    expect(said(de, { code: "brand_new", message: "something new" })).toEqual({ text: "something new", detail: null });
    expect(said(de, { code: "toString", message: "" }).text).toBe(de.problem.unknown);
    expect(saidOfField(de, { code: "invalid_profile", message: "name: is empty", field: "name" })).toBe(de.form.wrong["name"]);
    expect(saidOfField(de, { code: "settings_unwritable", message: "x", field: null })).toBe(de.failures["settings_unwritable"]);
  });

  test("is German in a German window, and its own words fold out", async () => {
    const page = await browser.open({ scenario: "error", lang: "de", view: "home" });
    await page.getByText(de.failures["unreachable"] ?? "").waitFor();
    const own = page.getByText("connection refused");
    await expect.poll(() => own.isVisible()).toBe(false);
    await page.locator("details").filter({ hasText: "connection refused" }).getByText("Einzelheiten").click();
    await own.waitFor();
    await page.getByText("Code: unreachable").waitFor();
  });
});

test("a call's outcome has a word for every code", () => {
  const codes = unique([...ofErrors("crates/platform-mcp/src"), ...ofErrors("crates/bff/src")]).filter((code) => code !== "activity_log");
  expect(codes).toEqual(expect.arrayContaining(["group_off", "timeout", "rate_limited"]));
  for (const [language, t] of Object.entries(catalogues)) {
    expect(codes.filter((code) => !t.outcomes[code]), language).toEqual([]);
  }
});
