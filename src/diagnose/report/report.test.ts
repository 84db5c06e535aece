import { describe, expect, test } from "vitest";
import { figureSvg, type Panel, ticks } from "./figure.ts";
import { intervalText, numberText, percentText } from "./table.ts";

describe("tables", () => {
  test("write numbers with their interval, and a dash for none", () => {
    expect(intervalText({ estimate: 0.5, low: 0.25, high: 0.75 }, 2)).toBe("0.50 [0.25, 0.75]");
    expect(intervalText({ estimate: Number.NaN, low: 0, high: 1 })).toBe("–");
    expect([numberText(undefined), percentText(Number.NaN), percentText(0.1234)]).toEqual([
      "–",
      "–",
      "12.3 %",
    ]);
  });
});

describe("figures", () => {
  const lines: Panel = {
    kind: "lines",
    title: "a < b & c",
    xLabel: "λ",
    yLabel: "share",
    isLog: true,
    series: [
      {
        name: '"one"',
        points: [
          { x: 1, y: 0, low: 0, high: 0.1 },
          { x: 2, y: 0.5, low: 0.4, high: 0.6 },
          { x: 4, y: Number.NaN },
        ],
      },
    ],
  };
  const dots: Panel = {
    kind: "dots",
    title: "areas",
    xLabel: "area",
    reference: 0.5,
    dots: [
      { name: "<m>", value: 0.7, low: 0.6, high: 0.8 },
      { name: "none", value: Number.NaN, low: 0, high: 1 },
    ],
  };

  test("have every panel, with text escaped and no NaN", () => {
    const svg = figureSvg("both", [lines, dots]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="840"/);
    expect(svg).toContain("a &lt; b &amp; c");
    expect(svg).toContain("&quot;one&quot;");
    expect(svg).toContain("&lt;m&gt;");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    const opened = svg.match(/<(g|svg|text|title|style)[ >]/g)!.length;
    expect(svg.match(/<\/(g|svg|text|title|style)>/g)).toHaveLength(opened);
  });

  test("place points by logarithms: the middle of 1 and 4 is 2", () => {
    const points = [1, 2, 4].map((x) => ({ x, y: x }));
    const svg = figureSvg("log", [{ ...lines, series: [{ name: "s", points }] }]);
    const [xs] = [
      /polyline points="([^"]*)"/
        .exec(svg)![1]!
        .split(" ")
        .map((pair) => Number(pair.split(",")[0])),
    ];
    expect(xs![1]! - xs![0]!).toBeCloseTo(xs![2]! - xs![1]!, 1);
  });

  test("survive panels without points", () => {
    const empty = figureSvg("empty", [
      { ...lines, series: [] },
      { ...dots, dots: [] },
    ]);
    expect(empty).not.toMatch(/NaN|Infinity/);
  });

  test.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 0.34, [0, 0.1, 0.2, 0.3]],
    [-2, 7, [-2, 0, 2, 4, 6]],
    [3, 3, [3]],
  ])("have round numbers from %d to %d", (low, high, expected) => {
    expect(ticks(low, high)).toEqual(expected);
  });
});
