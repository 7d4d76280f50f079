// Where the steps of a graph stand, by what waits for what.
import { graphlib, layout } from "@dagrejs/dagre";

import type { StepView } from "../../lib/backend/types";

export type Way = "right" | "down";
export type Placed = { step: StepView; x: number; y: number };
export type Drawing = { nodes: Placed[]; edges: { id: string; path: string }[]; width: number; height: number };

export const WIDE = 148;
/** Two lines for the name and one for the time. */
export const HIGH = 56;
const EDGE = 12;

export function drawn(steps: StepView[], way: Way): Drawing {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: way === "right" ? "LR" : "TB", nodesep: 14, ranksep: 28, marginx: EDGE, marginy: EDGE });
  graph.setDefaultEdgeLabel(() => ({}));
  // By their places: an id may be any text, and some texts are names of what every object has.
  const place = new Map(steps.map(({ id }, i) => [id, `n${i}`]));
  for (const name of place.values()) graph.setNode(name, { width: WIDE, height: HIGH });
  for (const { id, dependsOn } of steps) {
    for (const other of dependsOn) if (place.has(other)) graph.setEdge(place.get(other) ?? "", place.get(id) ?? "");
  }
  layout(graph);
  const nodes = steps.map((step) => {
    const { x, y } = graph.node(place.get(step.id) ?? "");
    return { step, x: (x ?? 0) - WIDE / 2, y: (y ?? 0) - HIGH / 2 };
  });
  const edges = graph.edges().map((edge) => {
    const [from, to] = [graph.node(edge.v), graph.node(edge.w)];
    // What lies between neighbours needs no bend; a longer way goes around the steps between.
    const bends = (graph.edge(edge).points ?? []).slice(1, -1);
    const points = [port(from, way, 1), ...(bends.length > 1 ? bends : []), port(to, way, -1)];
    return { id: `${edge.v} ${edge.w}`, path: curve(points, way) };
  });
  const { width = 0, height = 0 } = graph.graph();
  return { nodes, edges, width, height };
}

/** Names are hard to read when they are drawn smaller than this. */
const LEAST = 0.7;
export const ZOOM = { from: 0.4, to: 1.4, step: 0.2 };

/** How large the drawing is so that all of its width is in sight, as far as it can still be read. */
export const fitting = (width: number, room: number): number => Math.min(1, Math.max(LEAST, room / Math.max(1, width)));

type Point = { x: number; y: number };

/** The middle of a step's side where edges leave it (1) or come to it (-1). */
function port(node: Partial<Point>, way: Way, side: 1 | -1): Point {
  const { x = 0, y = 0 } = node;
  return way === "right" ? { x: x + (side * WIDE) / 2, y } : { x, y: y + (side * HIGH) / 2 };
}

/** A line through these points that leaves and comes straight. */
function curve([first, ...rest]: Point[], way: Way): string {
  if (!first) return "";
  let from = first;
  const parts = rest.map((to) => {
    const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const part = way === "right" ? `C${mx},${from.y} ${mx},${to.y} ${to.x},${to.y}` : `C${from.x},${my} ${to.x},${my} ${to.x},${to.y}`;
    from = to;
    return part;
  });
  return `M${first.x},${first.y}${parts.join("")}`;
}

/** The nearest step in a direction: how far it is that way counts, and how far aside counts twice. */
export function nearest(nodes: Placed[], from: Placed, key: string): Placed | null {
  const [dx, dy] = ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] } as Record<string, [number, number]>)[key] ?? [0, 0];
  const scored = nodes
    .map((node) => {
      const along = (node.x - from.x) * dx + (node.y - from.y) * dy;
      const aside = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
      return { node, along, score: along + 2 * aside };
    })
    .filter(({ along }) => along > 1)
    .sort((a, b) => a.score - b.score);
  return scored[0]?.node ?? null;
}
