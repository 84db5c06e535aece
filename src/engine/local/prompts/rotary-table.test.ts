import { expect, test } from "vitest";
import { graphsOf, readConfig } from "../../../model/index.ts";
import { checkpointDirectory } from "../../../testing/model-fixtures.ts";
import { RotaryTable } from "./rotary-table.ts";

const { rotary } = graphsOf(readConfig(checkpointDirectory("untied-mqa")));

test("each frequency takes its angle from its own component of the position", () => {
  const table = new RotaryTable(rotary);
  expect(table.half).toBe(8);
  const [cosine, sine] = [new Float32Array(16), new Float32Array(16)];
  table.write([2, 3, 5], 1, cosine, sine);
  // Sections 2, 3, 3 of time, height, width; theta 1e6 and head size 16.
  const angles = [2, 2, 3, 3, 3, 5, 5, 5].map((position, i) => position * 1e6 ** (-i / 8));
  expect(cosine.subarray(8)).toBeAllclose(angles.map(Math.cos), { rtol: 0, atol: 1e-6 });
  expect(sine.subarray(8)).toBeAllclose(angles.map(Math.sin), { rtol: 0, atol: 1e-6 });
  expect(cosine.subarray(0, 8).every((value) => value === 0)).toBe(true);
});

test("a video of hours between its frames takes no more memory than another", () => {
  const table = new RotaryTable(rotary);
  const before = process.memoryUsage().arrayBuffers;
  const [cosine, sine] = [new Float32Array(8), new Float32Array(8)];
  for (const position of [131_071, 131_072, 20_000_000]) {
    table.write([position, 1, position], 0, cosine, sine);
    const frequencies = [...rotary.frequencies].map(
      (frequency, i) => (i < 2 || i > 4 ? position : 1) * frequency,
    );
    expect(cosine).toEqual(Float32Array.from(frequencies, (angle) => Math.cos(Math.fround(angle))));
    expect(sine).toEqual(Float32Array.from(frequencies, (angle) => Math.sin(Math.fround(angle))));
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
});

test("position 0 rotates nothing, and later positions do not change the rows of earlier positions", () => {
  const table = new RotaryTable(rotary);
  const write = (position: number) => {
    const [cosine, sine] = [new Float32Array(8), new Float32Array(8)];
    table.write([position, position, position], 0, cosine, sine);
    return { cosine, sine };
  };
  expect(write(0)).toEqual({ cosine: new Float32Array(8).fill(1), sine: new Float32Array(8) });
  const early = write(200);
  const late = write(5000);
  expect(write(200)).toEqual(early);
  expect([late.cosine[0], late.sine[0]]).toBeAllclose([Math.cos(5000), Math.sin(5000)], { atol: 1e-6 });
});
