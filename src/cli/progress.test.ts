import { describe, expect, test } from "vitest";
import { durationText, ProgressBar } from "./progress.ts";

describe("the progress bar", () => {
  test("redraws one line on a terminal, with the time left", () => {
    let now = 0;
    const written: string[] = [];
    const stderr = (text: string) => written.push(text);
    const bar = new ProgressBar({ stderr, hasTerminal: true, clock: () => now });
    bar.begin("learning");
    for (let done = 1; done <= 4; done++) {
      now += 30_000;
      bar.show({ label: "learning", done, total: 4, facts: ["reward 0.5"] });
    }
    expect(written[0]).toBe("\r\u001b[Klearning █████░░░░░░░░░░░░░░░ 1/4  reward 0.5  1m30s left");
    expect(written.at(-1)).toBe("\r\u001b[Klearning ████████████████████ 4/4  reward 0.5\n");
  });

  test("stays within one row of the terminal while it is redrawn", () => {
    const written: string[] = [];
    const bar = new ProgressBar({
      stderr: (text) => written.push(text),
      hasTerminal: true,
      clock: () => 0,
      columns: () => 40,
    });
    const facts = ["reward 0.500", "accuracy 0.500"];
    for (const done of [1, 2]) bar.show({ label: "learning", done, total: 2, facts });
    const [first, last] = written.map((text) => text.slice("\r\u001b[K".length));
    expect(first).toBe("learning ██████████░░░░░░░░░░ 1/2  rew…");
    expect(first).toHaveLength(39);
    expect(last).toContain("accuracy 0.500\n");
  });

  test("writes a line every ten seconds elsewhere, and always the last", () => {
    let now = 0;
    const written: string[] = [];
    const stderr = (text: string) => written.push(text);
    const bar = new ProgressBar({ stderr, hasTerminal: false, clock: () => now });
    for (let done = 1; done <= 50; done++) {
      now += 1000;
      bar.show({ label: "learning", done, total: 50, facts: [] });
    }
    expect(written).toHaveLength(6);
    expect(written.at(-1)).toBe("learning ████████████████████ 50/50\n");
  });

  test.each([
    [0, "0s"],
    [59.6, "1m00s"],
    [3599, "59m59s"],
    [7500, "2h05m"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
