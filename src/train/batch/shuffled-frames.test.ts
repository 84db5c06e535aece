import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Prompt } from "../../engine/index.ts";
import { Rng } from "../../math/index.ts";
import { anotherOrder, withShuffledFrames } from "./shuffled-frames.ts";

/** A clip whose frames contain their place. */
const clip = (frames: number, fps = 2) => ({
  frames: Array.from({ length: frames }, (_, i) => ({
    width: 1,
    height: 1,
    data: Uint8Array.of(i, i, i),
  })),
  fps,
});
const video = (frames: number, fps?: number) => ({ kind: "video" as const, video: clip(frames, fps) });
const text = (...tokens: number[]) => ({ kind: "text" as const, tokens });
const orderOf = (prompt: Prompt | undefined, place: number) => {
  const chunk = prompt?.chunks[place];
  return chunk?.kind === "video" ? chunk.video.frames.map(({ data }) => data[0]) : undefined;
};

describe("another order", () => {
  test("has every frame once and is never the one that was, for any seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer(), (frames, seed) => {
        const order = anotherOrder(frames, new Rng(seed));
        const sorted = Array.from({ length: frames }, (_, i) => i);
        expect(order).not.toEqual(sorted);
        expect(order.toSorted((a, b) => a - b)).toEqual(sorted);
      }),
    );
  });

  test("of two frames is the only other one", () => {
    expect(anotherOrder(2, new Rng(3))).toEqual([1, 0]);
  });

  test("is each of the five others of three frames about as often", () => {
    const rng = new Rng(11);
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i++) {
      const order = anotherOrder(3, rng).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["021", "102", "120", "201", "210"]);
    // 400 each with a standard deviation of 18.
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(90);
  });
});

describe("a prompt with shuffled frames", () => {
  const prompt: Prompt = { chunks: [text(1, 2), video(5, 0.5), text(3), video(2), video(1), text(4)] };

  test("has the same text, frames and rates, with each video's frames in an order of its own", () => {
    const shuffled = withShuffledFrames(prompt, new Rng(1));
    for (const place of [0, 2, 4, 5]) expect(shuffled?.chunks[place]).toBe(prompt.chunks[place]);
    expect(shuffled?.chunks[1]).toMatchObject({ video: { fps: 0.5 } });
    expect(orderOf(shuffled, 1)?.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(orderOf(shuffled, 1)).not.toEqual([0, 1, 2, 3, 4]);
    expect(orderOf(shuffled, 3)).toEqual([1, 0]);
    expect(orderOf(prompt, 1)).toEqual([0, 1, 2, 3, 4]);
    const twins = withShuffledFrames({ chunks: [video(16), video(16)] }, new Rng(1));
    expect(orderOf(twins, 0)).not.toEqual(orderOf(twins, 1));
  });

  test("is the same for the same generator, at any place", () => {
    const rng = new Rng(1);
    const first = orderOf(withShuffledFrames(prompt, rng), 1);
    rng.word();
    expect(orderOf(withShuffledFrames(prompt, rng), 1)).toEqual(first);
    expect(orderOf(withShuffledFrames({ chunks: [video(16)] }, new Rng(1)), 0)).not.toEqual(
      orderOf(withShuffledFrames({ chunks: [video(16)] }, new Rng(2)), 0),
    );
  });

  test("is none where there is nothing to put in order", () => {
    expect(withShuffledFrames({ chunks: [text(1)] }, new Rng(1))).toBeUndefined();
    expect(withShuffledFrames({ chunks: [video(1)] }, new Rng(1))).toBeUndefined();
    const image = { kind: "image" as const, image: clip(1).frames[0]! };
    expect(withShuffledFrames({ chunks: [image, text(1)] }, new Rng(1))).toBeUndefined();
  });
});

test("a video that is shown frame by frame, with text between, has its frames in another order too", () => {
  const whole = clip(4);
  const frame = (i: number) => ({
    kind: "video" as const,
    video: { frames: [whole.frames[i]!], fps: 2 },
    partOf: whole,
  });
  const prompt: Prompt = { chunks: [frame(0), text(1), frame(1), text(2), frame(2), frame(3), video(2)] };
  const shuffled = withShuffledFrames(prompt, new Rng(5));
  const order = [0, 2, 4, 5].flatMap((place) => orderOf(shuffled, place)!);
  expect(order.toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3]);
  expect(order).not.toEqual([0, 1, 2, 3]);
  expect(shuffled?.chunks[0]).toMatchObject({ partOf: whole, video: { fps: 2 } });
  expect([shuffled?.chunks[1], shuffled?.chunks[3]]).toEqual([text(1), text(2)]);
  expect(orderOf(shuffled, 6)).toEqual([1, 0]);
});
