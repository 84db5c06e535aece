import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VertexQueue } from "./vertex-queue.ts";

/** Every vertex in the order in which the queue has them first. */
function drained(queue: VertexQueue): number[] {
  const order: number[] = [];
  while (queue.size > 0) {
    const v = queue.first();
    order.push(v);
    queue.delete(v);
  }
  return order;
}

describe("VertexQueue", () => {
  test("has the greatest key first, whether keys were set, raised or lowered", () => {
    const queue = new VertexQueue(5);
    for (const [v, key] of [3, 1, 4, 2, 0].entries()) queue.set(v, key);
    queue.set(4, 9);
    queue.set(2, -1);
    queue.set(0, 3);
    expect([queue.size, queue.has(2), queue.key(4), queue.key(2)]).toEqual([5, true, 9, -1]);
    expect(drained(queue)).toEqual([4, 0, 3, 1, 2]);
  });

  test("has no vertex after it was deleted or all were cleared, and takes it again", () => {
    const queue = new VertexQueue(3);
    queue.set(0, 1);
    queue.set(1, 2);
    queue.delete(1);
    queue.delete(1);
    queue.delete(2);
    expect([queue.has(0), queue.has(1), queue.has(2), queue.size]).toEqual([true, false, false, 1]);
    queue.clear();
    expect([queue.has(0), queue.size]).toEqual([false, 0]);
    queue.set(1, 5);
    queue.set(0, 7);
    expect(drained(queue)).toEqual([0, 1]);
  });

  test("is a list that is searched for its greatest key, after any sequence of changes", () => {
    const vertices = 20;
    const change = fc.oneof(
      { weight: 6, arbitrary: fc.record({ v: fc.nat(vertices - 1), key: fc.integer({ min: -8, max: 8 }) }) },
      { weight: 3, arbitrary: fc.record({ v: fc.nat(vertices - 1) }) },
      { weight: 1, arbitrary: fc.constant("clear" as const) },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const queue = new VertexQueue(vertices);
        const plain = new Map<number, number>();
        for (const one of changes) {
          if (one === "clear") {
            queue.clear();
            plain.clear();
          } else if ("key" in one) {
            queue.set(one.v, one.key);
            plain.set(one.v, one.key);
          } else {
            queue.delete(one.v);
            plain.delete(one.v);
          }
          expect(queue.size).toBe(plain.size);
          for (let v = 0; v < vertices; v++) expect(queue.has(v)).toBe(plain.has(v));
          if (plain.size > 0) expect(plain.get(queue.first())).toBe(Math.max(...plain.values()));
        }
        const keys = drained(queue).map((v) => plain.get(v)!);
        expect(keys).toEqual([...plain.values()].sort((a, b) => b - a));
      }),
    );
  });
});
