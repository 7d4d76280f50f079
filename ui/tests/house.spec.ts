// The laws of the house that the page keeps: no circles, small rooms. A circle is a missing room below both.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import { expect, test } from "vitest";

type Graph = Map<string, Set<string>>;

/** What each of the files asks for, types included; packages aside. */
function imports(files: string[], read: (file: string) => string): Graph {
  const known = new Set(files);
  const found = (file: string, asked: string) =>
    ["", ".ts", ".svelte.ts", "/index.ts"].map((end) => normalize(join(dirname(file), asked)) + end).find((path) => known.has(path));
  const asked = (file: string) => [...read(file).matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g)].map(([, path]) => found(file, path!));
  // A component that shows itself within itself asks for its own file.
  const others = (file: string) => asked(file).filter((path) => path !== undefined).filter((path) => path !== file);
  return new Map(files.map((file) => [file, new Set(others(file))]));
}

/** The same between folders; a folder and what lies in it are one room. */
function between(graph: Graph): Graph {
  const rooms: Graph = new Map();
  const within = (one: string, other: string) => `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
  for (const [file, asked] of graph) {
    const room = dirname(file);
    const others = [...asked].map((path) => dirname(path)).filter((other) => !within(room, other));
    rooms.set(room, new Set([...(rooms.get(room) ?? []), ...others]));
  }
  return rooms;
}

/** The first circle that is met, as the way round. */
function circle(graph: Graph): string[] {
  const done = new Set<string>();
  const follow = (at: string, way: string[]): string[] => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return [];
    const round = [...(graph.get(at) ?? [])].map((next) => follow(next, [...way, at])).find((way) => way.length > 0);
    done.add(at);
    return round ?? [];
  };
  return [...graph.keys()].map((at) => follow(at, [])).find((way) => way.length > 0) ?? [];
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => /\.(ts|svelte)$/.test(path)).map((path) => join("src", path));
const read = (file: string) => readFileSync(file, "utf8");

test("no two files of the page need each other, and no two rooms", () => {
  const graph = imports(files, read);
  expect([...graph.values()].reduce((sum, asked) => sum + asked.size, 0)).toBeGreaterThan(files.length);
  expect(circle(graph)).toEqual([]);
  expect(circle(between(graph))).toEqual([]);
});

test("no component has more than 200 lines", () => {
  const long = files.filter((file) => file.endsWith(".svelte") && read(file).trimEnd().split("\n").length > 200);
  expect(long).toEqual([]);
});

test("the page keeps nothing in the browser: a test's page is loaded again for the next test", () => {
  const keeping = files.filter((file) => /\b(localStorage|sessionStorage|indexedDB|cookie|caches|serviceWorker)\b/.test(read(file)));
  expect(keeping).toEqual([]);
});

test("a circle is found, between files and between rooms", () => {
  const seeded: Record<string, string> = {
    "a/one.ts": 'import type { Two } from "../b/two";',
    "a/other.ts": "",
    "b/two.ts": 'const three = await import("./Three.svelte");',
    "b/Three.svelte": 'import "../a/other";\n',
  };
  const graph = () => imports(Object.keys(seeded), (file) => seeded[file]!);
  expect(circle(graph())).toEqual([]);
  expect(circle(between(graph()))).toEqual(["a", "b", "a"]);
  seeded["b/Three.svelte"] = 'import { one } from "../a/one";';
  expect(circle(graph())).toEqual(["a/one.ts", "b/two.ts", "b/Three.svelte", "a/one.ts"]);
});
