import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    // The page's policy forbids inline scripts; everything it needs comes as files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  server: { port: 5173, strictPort: true },
  test: {
    include: ["tests/**/*.spec.ts"],
    globalSetup: "tests/support/serve.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    // The tests wait for the browser as long as they work: one more than there are cores of the smallest computer they run on.
    maxWorkers: 3,
  },
});
