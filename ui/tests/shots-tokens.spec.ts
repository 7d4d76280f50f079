// Pictures of what opens about tokens.
import type { Page } from "playwright-core";
import { afterEach, test } from "vitest";

import { useBrowser } from "./support/browser";
import { pictures, WIDTHS } from "./support/pictures";

const browser = useBrowser();
afterEach(() => browser.close());

type Words = { rotate: string; revoke: string; replace: string; stop: string; stopAct: string; here: string; dismiss: string; add: string };
const WORDS: Record<"en" | "de", Words> = {
  en: {
    rotate: "Rotate token", revoke: "Revoke token", replace: "Replace token", stop: "Emergency stop", stopAct: "Stop everything",
    here: "Remove it here and revoke it later", dismiss: "I have revoked it there", add: "Add workspace",
  },
  de: {
    rotate: "Token erneuern", revoke: "Token widerrufen", replace: "Token ersetzen", stop: "Notaus", stopAct: "Alles anhalten",
    here: "Hier entfernen und später widerrufen", dismiss: "Ich habe es dort widerrufen", add: "Hinzufügen",
  },
};

for (const lang of ["en", "de"] as const) {
  for (const width of WIDTHS) {
    test(`pictures of tokens, ${lang}, ${width} wide`, async () => {
      const w = WORDS[lang];
      const shot = (page: Page, name: string) => pictures(page, (theme) => `token-${name}-${lang}-${theme}-${width}`);
      const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).last().click();
      const of = async (scenario: string, view = "workspaces", height = 640) => {
        await browser.close();
        const page = await browser.open({ view, scenario, width, lang, height });
        if (view === "workspaces") await press(page, "Acme");
        return page;
      };

      let page = await of("full", "workspaces", 1100);
      await shot(page, "detail");
      page = await of("cut-off", "workspaces", 900);
      await shot(page, "detail-cut-off");
      await press(page, w.rotate);
      await press(page, w.rotate);
      await shot(page, "rotate-failed");
      page = await of("in-memory", "workspaces", 900);
      await shot(page, "detail-memory");
      page = await of("no-token", "workspaces", 900);
      await shot(page, "detail-none");
      page = await of("unclear", "workspaces", 900);
      await press(page, w.rotate);
      await press(page, w.rotate);
      await shot(page, "which");
      page = await of("old-token");
      await press(page, w.rotate);
      await shot(page, "rotate");
      await press(page, w.rotate);
      await shot(page, "rotated-left");
      page = await of("full");
      await press(page, w.revoke);
      await shot(page, "revoke");
      page = await of("cut-off");
      await press(page, w.revoke);
      await press(page, w.revoke);
      await shot(page, "revoke-cut-off");
      await press(page, w.here);
      await shot(page, "revoked-here");
      page = await of("full");
      await press(page, w.replace);
      await shot(page, "replace");
      page = await of("tasks", "home", 1000);
      await shot(page, "tasks");
      await press(page, w.dismiss);
      await shot(page, "dismiss");
      page = await of("full", "home");
      await press(page, w.stop);
      await shot(page, "stop");
      await press(page, w.stopAct);
      await shot(page, "stopped");
      page = await of("stopped", "home");
      await shot(page, "after-stop");
      for (const scenario of ["refused", "ends-soon"]) await shot(await of(scenario, "home"), scenario);
      page = await of("shortfall", "tools");
      await shot(page, "shortfall");
    }, 240_000);
  }
}
