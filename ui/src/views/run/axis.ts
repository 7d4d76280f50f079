// Where a time stands on the timeline. Long times in which nothing was done are folded, so that the work has its place.
import { timeDay, timeMinute, timeSecond, timeTickInterval, utcTicks } from "d3-time";

import type { StepView } from "../../lib/backend/types";
import { daysBetween } from "../../lib/text/calendar";

export type Range = { from: number; to: number };
/** A part of the axis: from and to in time, and in parts of its whole width. */
type Piece = Range & { left: number; right: number; folded: boolean };
export type Tick = { at: number; time: number; /** How exact its label has to be. */ unit: "elapsed" | "second" | "minute" | "day" };
export type Axis = { pieces: Piece[]; folds: Piece[]; ticks: Tick[]; start: number; end: number };

/** Idle times longer than all the work together, so many times over, leave it too little room. */
const TOO_IDLE = 3;
const WORTH_FOLDING = 2000;
const FOLD = 0.1;
const FOLDS = 0.4;
/** A fold leaves a little of the time on both sides, so that bars are seen to end and to begin. */
const RIM = 0.02;
const LABEL = 84;
const ELAPSED = 2 * 60_000;

export const endOf = (to: string | null, now: number): number => (to === null ? now : Date.parse(to));

/** When anything was done at all, in order and without overlaps. */
export function busyTimes(steps: StepView[], now: number): Range[] {
  const work = steps
    .flatMap(({ spans }) => spans)
    .filter(({ kind }) => kind === "work")
    .map(({ from, to }) => ({ from: Date.parse(from), to: endOf(to, now) }))
    .sort((a, b) => a.from - b.from);
  const busy: Range[] = [];
  for (const { from, to } of work) {
    const last = busy.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else busy.push({ from, to });
  }
  return busy;
}

/** The idle times that are folded: the longest first, until the work has room. */
export function foldsOf(busy: Range[], start: number, end: number): Range[] {
  const worked = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const edges = [start, ...busy.flatMap(({ from, to }) => [from, to]), end];
  const idle: Range[] = [];
  for (let i = 0; i + 1 < edges.length; i += 2) idle.push({ from: edges[i] ?? start, to: edges[i + 1] ?? end });
  let left = idle.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const folds: Range[] = [];
  for (const gap of idle.sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const long = gap.to - gap.from;
    if (worked === 0 || long < WORTH_FOLDING || left <= TOO_IDLE * worked || long < (worked + left) / 8) break;
    const rim = Math.min(long * 0.2, (worked + left - long) * RIM);
    folds.push({ from: gap.from + (gap.from > start ? rim : 0), to: gap.to - (gap.to < end ? rim : 0) });
    left -= long;
  }
  return folds.sort((a, b) => a.from - b.from);
}

/** The end of the axis while a run goes on: ahead of now, and the same for a while, so that the bars grow and do not creep. */
export function roomy(start: number, now: number): number {
  const long = Math.max(1000, now - start) * 1.04;
  return start + 1.25 ** Math.ceil(Math.log(long) / Math.log(1.25));
}

export function axisOf(start: number, end: number, folds: Range[], width: number): Axis {
  const share = folds.length > 0 ? Math.min(FOLD, FOLDS / folds.length) : 0;
  const shown = Math.max(1, end - start - folds.reduce((sum, { from, to }) => sum + to - from, 0));
  const scale = (1 - share * folds.length) / shown;
  const pieces: Piece[] = [];
  let from = start;
  let left = 0;
  const add = (to: number, wide: number, folded: boolean) => {
    pieces.push({ from, to, left, right: left + wide, folded });
    from = to;
    left += wide;
  };
  for (const fold of folds) {
    add(fold.from, (fold.from - from) * scale, false);
    add(fold.to, share, true);
  }
  add(end, (end - from) * scale, false);
  return { pieces, folds: pieces.filter(({ folded }) => folded), ticks: ticksOf(pieces, start, end, width), start, end };
}

/** Where a time stands, from 0 to 1. */
export function placeOf({ pieces }: Axis, time: number): number {
  const piece = pieces.find(({ to }) => time <= to) ?? pieces.at(-1);
  if (!piece) return 0;
  const part = piece.to > piece.from ? (time - piece.from) / (piece.to - piece.from) : 0;
  return piece.left + Math.min(1, Math.max(0, part)) * (piece.right - piece.left);
}

function ticksOf(pieces: Piece[], start: number, end: number, width: number): Tick[] {
  const open = pieces.filter(({ folded }) => !folded);
  const scale = Math.max(...open.map(({ left, right, from, to }) => ((right - left) * width) / Math.max(1, to - from)));
  const ticks = end - start <= ELAPSED ? elapsed(start, end, width) : open.flatMap((piece) => clock(piece, LABEL / scale));
  const placed = ticks.map((tick) => ({ ...tick, x: width * placeOf({ pieces, folds: [], ticks: [], start, end }, tick.time) }));
  // A label has its own place: no two overlap, none reaches beyond the end or into a fold.
  let last = -LABEL;
  return placed.flatMap(({ x, ...tick }) => {
    const cramped = x - last < LABEL * 0.9 || x > width - LABEL / 2 || pieces.some(({ folded, left, right }) => folded && x > left * width - LABEL * 0.4 && x < right * width + LABEL * 0.4);
    if (cramped) return [];
    last = x;
    return [{ ...tick, at: x / Math.max(1, width) }];
  });
}

/** Short runs are told by the time since they began. */
function elapsed(start: number, end: number, width: number): Tick[] {
  const count = Math.max(2, Math.floor(width / LABEL));
  return utcTicks(new Date(0), new Date(end - start), count).map((date) => ({ at: 0, time: start + date.getTime(), unit: "elapsed" }));
}

function clock({ from, to }: Piece, apart: number): Tick[] {
  const interval = timeTickInterval(new Date(from), new Date(to), Math.max(1, (to - from) / apart));
  if (!interval) return [];
  const dates = interval.range(new Date(from), new Date(to + 1));
  const unit = dates.every((date) => +timeDay.floor(date) === +date) ? "day" : dates.every((date) => +timeMinute.floor(date) === +date) ? "minute" : "second";
  return dates.filter((date) => unit !== "second" || +timeSecond.floor(date) === +date).map((date) => ({ at: 0, time: date.getTime(), unit }));
}

/** The day that a tick begins to stand for, where the day before it was another one. */
export function newDay(ticks: Tick[], index: number): boolean {
  const tick = ticks[index];
  const before = ticks[index - 1];
  return tick !== undefined && (before === undefined || daysBetween(before.time, tick.time) !== 0);
}

/** Whether times are told of more than one day. Those since the beginning are of none. */
export const manyDays = ({ start, end, ticks }: Axis): boolean => daysBetween(start, end) !== 0 && ticks.some(({ unit }) => unit !== "elapsed");

export type Label = { kind: "now" | "failed" | "fold" | "tick"; /** Its middle, in pixels. */ x: number; text: string; above?: string; title?: string };

type Placed = Label & { left: number; wide: number; side: "start" | "center" | "end" };

/** How wide a figure is at most in small text. */
const FIGURE = 7;
const APART = 8;
/** A span beside "now" would read as one with it. */
const FROM_NOW = 60;

/** The labels that find room, each moved inside where it would reach over an edge. What comes first has its place first. */
export function placedLabels(labels: Label[], width: number): Placed[] {
  const placed: Placed[] = [];
  for (const label of labels) {
    const wide = FIGURE * Math.max(label.text.length, label.above?.length ?? 0);
    const left = Math.max(0, Math.min(label.x - wide / 2, width - wide));
    const side = left === 0 ? "start" : left === width - wide ? "end" : "center";
    const crowded = placed.some((other) => left < other.left + other.wide + APART && left + wide > other.left - APART);
    const close = label.kind === "fold" && placed.some(({ kind, x }) => kind === "now" && Math.abs(x - label.x) < FROM_NOW);
    if (!crowded && !close) placed.push({ ...label, left, wide, side });
  }
  return placed;
}
