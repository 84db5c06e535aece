import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameList } from "./frame-list.ts";

const HEADER =
  "#software: Lavf59.27.100\n#tb 0: 1/30\n#media_type 0: video\n#dimensions 0: 320x240\n#sar 0: 1/1\n";

const list = (frames: readonly (readonly [time: number, duration: number])[], header = HEADER) =>
  header +
  frames.map(([time, duration]) => `0, ${time}, ${time}, ${duration}, 115200, 0x1e10197e\n`).join("");

function video(text: string, cuts: readonly number[] = []) {
  const reader = new FrameList();
  const bytes = new TextEncoder().encode(text);
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    reader.push(bytes.subarray(from, end));
    from = end;
  }
  return reader.video();
}

const even = Array.from({ length: 60 }, (_, n) => [n, 1] as const);

describe("a list of frames", () => {
  test("has their number, their size and their rate", () => {
    expect(video(list(even))).toEqual({ totalFrames: 60, fps: 30, width: 320, height: 240 });
  });

  test("gives the same list for any division of the text into parts", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
        expect(video(list(even), cuts)).toEqual(video(list(even)));
      }),
    );
  });

  test("may start at any time, and end without a line break", () => {
    const late = even.map(([time, duration]) => [time + 150, duration] as const);
    expect(video(list(late).trimEnd())).toEqual(video(list(even)));
  });

  test("counts the time of the last frame, as ffmpeg says it or as the shortest before it", () => {
    // Ten frames a second, then thirty: what ffmpeg 5.1 and 9.0 say of one video.
    const times = [0, 3, 6, 9, 10, 11];
    const { fps } = video(list(times.map((time) => [time, 1])));
    expect(fps).toBeCloseTo((6 / 12) * 30, 12);
    const said = times.map((time, i) => [time, (times[i + 1] ?? 12) - time] as const);
    expect(video(list(said)).fps).toBe(fps);
    expect(video(list(times.map((time) => [time, 0]))).fps).toBe(fps);
    expect(video(list([...times.map((time) => [time, 1] as const).slice(0, 5), [11, 7]])).fps).toBeCloseTo(
      10,
      12,
    );
  });

  test("may have frames at one time", () => {
    const twice = even.map(([time], i) => [i % 2 === 1 ? time - 1 : time, 2] as const);
    expect(video(list(twice)).fps).toBe(30);
  });

  test.each([
    ["no frames", list([]), "no frames"],
    ["no size", list(even, "#tb 0: 1/30\n"), "got 0 x 0"],
    ["no time base", list(even, "#dimensions 0: 320x240\n"), "at NaN fps"],
    ["no times", `${HEADER}0, NOPTS, NOPTS, 1, 115200, 0x0\n`, "at NaN fps"],
    ["one time for all", list([[5, 0]]), "at Infinity fps"],
  ])("with %s is refused", (_, text, message) => {
    expect(() => video(text)).toThrow(message);
  });
});
