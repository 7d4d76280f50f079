// Pictures, to be looked at. SHOTS_DIR says where they go.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Page } from "playwright-core";

import { inTheme, settled, type Theme, THEMES } from "./browser";

const folder = resolve(process.env["SHOTS_DIR"] ?? "../target/shots");
mkdirSync(folder, { recursive: true });

export const WIDTHS = [380, 960] as const;

/** The page as it is this moment. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Lets nothing that is asked for come, until the page is loaded again: what is shown meanwhile stays for its pictures. */
export async function holdAnswers(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { setTimeout: () => (delete document.documentElement.dataset["asking"], 0) }));
}

/** The page in each theme, once it shows what it has to show. From one loading: a theme is colours and nothing else. */
export async function pictures(page: Page, nameIn: (theme: Theme) => string, themes: readonly Theme[] = THEMES, loading = false): Promise<void> {
  await settled(page, loading);
  for (const theme of themes) {
    await inTheme(page, theme);
    await picture(page, nameIn(theme));
  }
}
