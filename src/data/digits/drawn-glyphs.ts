/**
 * @module
 * Pictures of values drawn by code: gauges, which are read by a level, and dials, which are read by an angle. Each picture
 * has a style of its own, as each scan has a hand; what is drawn depends on its number alone.
 */
import { createHash } from "node:crypto";
import { Rng } from "../../math/index.ts";
import { FULL_INK, type Glyphs } from "./glyphs.ts";

const SIDE = 20;
/** As many as there are scans: 180 of each value. */
const COUNT = 1800;
const VALUES = 10;

/** Ink at a point of a picture, 0 to 1; the point in [0, 1), from the top left. */
type Ink = (x: number, y: number) => number;

/** Draws the picture of a value in a style. */
type Draw = (value: number, style: Rng) => Ink;

/** Points along each axis of a pixel whose ink is averaged. */
const SAMPLES = 3;

function drawnGlyphs(name: string, draw: Draw, count: number): Glyphs {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % VALUES);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  for (let i = 0; i < count; i++) {
    const ink = draw(labels[i]!, new Rng(0).fork(`${name}/${i}`));
    for (let p = 0; p < SIDE * SIDE; p++) {
      let sum = 0;
      for (let s = 0; s < SAMPLES * SAMPLES; s++) {
        const x = ((p % SIDE) + ((s % SAMPLES) + 0.5) / SAMPLES) / SIDE;
        const y = (Math.floor(p / SIDE) + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES) / SIDE;
        sum += ink(x, y);
      }
      pixels[i * SIDE * SIDE + p] = Math.round((FULL_INK * sum) / (SAMPLES * SAMPLES));
    }
  }
  const sha256 = createHash("sha256").update(labels).update(pixels).digest("hex");
  return { side: SIDE, count, labels, pixels, sha256 };
}

/** A track from top to bottom, filled from below to a tenth for each unit, the fill plain, striped or hollow. */
const gauge: Draw = (value, style) => {
  const width = style.uniform(0.3, 0.7);
  const left = style.uniform(0.05, 0.95 - width);
  const track = style.uniform(0.12, 0.4);
  const fill = style.uniform(0.65, 1);
  const edge = style.uniform(0.04, 0.08);
  const pattern = style.pick(["plain", "stripes", "hollow"] as const);
  const stripe = style.uniform(0.08, 0.16);
  const level = 1 - (value + 0.5) / VALUES;
  return (x, y) => {
    if (x < left || x > left + width) return 0;
    const isEdge = x < left + edge || x > left + width - edge;
    if (y < level) return isEdge || y < edge ? track : 0;
    const isTop = y < level + edge;
    switch (pattern) {
      case "plain":
        return fill;
      case "stripes":
        return isTop || Math.floor(y / stripe) % 2 === 0 ? fill : track;
      case "hollow":
        return isTop || isEdge ? fill : track;
    }
  };
};

/** A ring filled clockwise from its top, to a tenth of a turn for each unit; filled whole, along its rim, or faintly to a hand. */
const dial: Draw = (value, style) => {
  const radius = style.uniform(0.38, 0.48);
  const ring = style.uniform(0.12, 0.35);
  const fill = style.uniform(0.65, 1);
  const pattern = style.pick(["whole", "rim", "hand"] as const);
  const faint = style.uniform(0.45, 0.6);
  const level = (value + 0.5) / VALUES;
  return (x, y) => {
    const [u, v] = [x - 0.5, y - 0.5];
    const distance = Math.hypot(u, v);
    if (distance > radius + 0.02) return 0;
    const turn = (Math.atan2(u, -v) / (2 * Math.PI) + 1) % 1;
    const isRing = distance > radius - 0.03;
    if (turn > level) return isRing ? ring : 0;
    switch (pattern) {
      case "whole":
        return fill;
      case "rim":
        return distance > 0.5 * radius ? fill : 0;
      case "hand":
        return turn > level - 0.04 ? fill : faint;
    }
  };
};

const drawn = new Map<string, Glyphs>();

function once(name: string, draw: Draw, count = COUNT): Glyphs {
  const found = drawn.get(name) ?? drawnGlyphs(name, draw, count);
  drawn.set(name, found);
  return found;
}

/** 1,800 gauges, 180 of each value, drawn once. */
export const gaugeGlyphs = (): Glyphs => once("gauge", gauge);

/** 1,800 dials, 180 of each value, drawn once. */
export const dialGlyphs = (): Glyphs => once("dial", dial);

const cross: Ink = (x, y) =>
  (Math.abs(x - y) < 0.09 || Math.abs(x + y - 1) < 0.09) && x > 0.15 && x < 0.85 ? 1 : 0;

const frame: Ink = (x, y) => {
  const reach = Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5));
  return reach > 0.27 && reach < 0.38 ? 1 : 0;
};

/** A cross and a frame, which represent no value: their labels have no meaning. */
export const markGlyphs = (): Glyphs => once("mark", (value) => (value === 0 ? cross : frame), 2);
