// Builds the page twice (with the fake backend, and as it is shipped) and serves both under the app's own policy.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize, resolve } from "node:path";

import type { TestProject } from "vitest/node";
import { build } from "vite";

declare module "vitest" {
  export interface ProvidedContext {
    fakeUrl: string;
    shippedUrl: string;
    shippedFolder: string;
  }
}

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** The policy of the app, with `form-action` and the like, as its configuration says. */
const FALLBACK = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src ipc: http://ipc.localhost";

function policy(): string {
  const file = resolve("../tauri.conf.json");
  if (!existsSync(file)) return FALLBACK;
  const csp: unknown = JSON.parse(readFileSync(file, "utf8"))?.app?.security?.csp;
  return typeof csp === "string" ? csp : FALLBACK;
}

function serve(folder: string, csp: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = join(folder, pathname === "/" ? "index.html" : normalize(pathname));
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    // What lies there has its content's hash in its name. Loading is what a browser does most in these tests.
    const kept = pathname.startsWith("/assets/") ? { "cache-control": "max-age=86400, immutable" } : {};
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": csp, ...kept });
    createReadStream(file).pipe(response);
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`;

export default async function setup(project: TestProject): Promise<() => void> {
  const cache = resolve("node_modules/.cache/window");
  const make = async (mode: string) => {
    const outDir = join(cache, mode);
    process.env["NODE_ENV"] = "production";
    await build({ mode, logLevel: "error", build: { outDir, emptyOutDir: true } });
    return outDir;
  };
  const [fakeFolder, shippedFolder] = await Promise.all([make("test"), make("production")]);
  const servers = [await serve(fakeFolder, policy()), await serve(shippedFolder, policy())] as const;
  project.provide("fakeUrl", urlOf(servers[0]));
  project.provide("shippedUrl", urlOf(servers[1]));
  project.provide("shippedFolder", shippedFolder);
  return () => servers.forEach((server) => server.close());
}
