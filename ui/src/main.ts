import { mount } from "svelte";

import App from "./App.svelte";
import type { Backend } from "./lib/backend/backend";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

/** The real backend inside the app; a fake one in a plain browser, which the shipped page does not hold. */
async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.MODE !== "production" && !("__TAURI_INTERNALS__" in window)) {
    const { fakeFromUrl } = await import("./lib/backend/fake");
    return fakeFromUrl(location);
  }
  const { tauriBackend } = await import("./lib/backend/tauri");
  return tauriBackend();
}

const target = document.querySelector("#app");
if (target) mount(App, { target, props: { backend: await chooseBackend() } });
