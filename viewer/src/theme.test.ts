import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("./theme.css", import.meta.url), "utf8");

/** Custom properties of a rule. */
function properties(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}

function channels(colour: string): number[] {
  if (colour.startsWith("#")) return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return colour.split(" ").map(Number);
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** A colour as someone without red or green cones sees it: Viénot, Brettel and Mollon 1999, linear RGB. */
function seenBy(kind: "protan" | "deutan", colour: string): number[] {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => (channel / 255) ** 2.2);
  return kind === "protan"
    ? [0.11238 * red + 0.88762 * green, 0.00401 * red - 0.00401 * green + blue]
    : [0.29275 * red + 0.70725 * green, -0.02234 * red + 0.02234 * green + blue];
}

describe.each([
  ["light", ":root"],
  ["dark", ':root[data-theme="dark"]'],
])("%s", (_name, selector) => {
  const colours = properties(selector);

  test.each(["ink", "soft", "faint", "accent", "good", "bad"])("%s can be read on every ground", (name) => {
    for (const ground of ["paper", "raised", "sunk"]) {
      expect(contrast(colours[name] ?? "", colours[ground] ?? ""), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("curve %i is visible on the paper", (place) => {
    expect(contrast(colours[`run-${place}`] ?? "", colours["paper"] ?? "")).toBeGreaterThanOrEqual(3);
  });

  test.each(["protan", "deutan"] as const)("the ends of the diverging scale differ to %s eyes", (kind) => {
    const [plus, minus] = [seenBy(kind, colours["plus"] ?? ""), seenBy(kind, colours["minus"] ?? "")];
    expect(Math.hypot(...plus.map((value, i) => value - (minus[i] ?? 0)))).toBeGreaterThan(0.25);
  });
});
