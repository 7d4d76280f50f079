// Where things stand in a chart: a band for each point of time from left to right, figures from the bottom up.
import { nice, ticks } from "d3-array";

/** Room for the figures at the left, and for times below. */
export const GUTTER = 44;
export const FOOT = 24;
export const HEAD = 8;
/** What a time below needs. */
const ROOM = 72;

export type Plot = {
  width: number;
  height: number;
  /** How wide a point's place is, and a bar in it. */
  step: number;
  bar: number;
  bottom: number;
  /** The figures at the left. */
  rungs: number[];
  /** The points whose times stand below. */
  marks: number[];
  left: (index: number) => number;
  mid: (index: number) => number;
  y: (figure: number) => number;
};

export function plotOf(width: number, height: number, points: number, top: number, most: number | null, whole: boolean): Plot {
  const step = Math.max(0, width - GUTTER) / Math.max(1, points);
  const bar = Math.min(28, Math.max(1, step - Math.max(1, Math.min(6, step * 0.3))));
  const bottom = height - FOOT;
  const [, reach] = most === null ? nice(0, top > 0 ? top : 1, 3) : [0, most];
  const every = Math.max(1, Math.ceil((points * ROOM) / Math.max(ROOM, width - GUTTER)));
  const mid = (index: number) => GUTTER + step * (index + 0.5);
  return {
    width, height, step, bar, bottom,
    rungs: ticks(0, reach, most === null ? 3 : 2).filter((rung) => !whole || Number.isInteger(rung)),
    // Counted from the latest, which people look at first.
    marks: Array.from({ length: points }, (_, index) => index).filter((index) => (points - 1 - index) % every === 0),
    left: (index) => mid(index) - bar / 2,
    mid,
    y: (figure) => bottom - (figure / reach) * (bottom - HEAD),
  };
}

/** The point below a place; the nearest where it is beside them all. */
export function pointAt(plot: Plot, x: number, points: number): number {
  return Math.min(points - 1, Math.max(0, Math.floor((x - GUTTER) / plot.step)));
}
