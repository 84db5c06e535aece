import { expect, test } from "vitest";
import type { Arrangement, WantedArrangement } from "./arrangement.ts";
import { candidates } from "./candidates.ts";

const AUTO = { threads: "auto", replicas: "auto" } as const;
/** A replica needs 10 bytes. */
const need = ({ replicas }: Arrangement) => 10 * replicas;
const pairs = (wanted: WantedArrangement, cores: number, memory = Infinity) =>
  candidates(wanted, { cores, memory }, need).map(({ threads, replicas }) => [threads, replicas]);

test("are one thread, all cores in one engine, and replicas with equally many each", () => {
  expect(pairs(AUTO, 1)).toEqual([[1, 1]]);
  expect(pairs(AUTO, 2)).toEqual([
    [1, 1],
    [2, 1],
    [2, 2],
  ]);
  expect(pairs(AUTO, 6)).toEqual([
    [1, 1],
    [6, 1],
    [6, 2],
    [6, 3],
    [6, 6],
  ]);
});

test("keep what is given", () => {
  expect(pairs({ threads: 4, replicas: "auto" }, 2)).toEqual([
    [4, 1],
    [4, 2],
    [4, 4],
  ]);
  expect(pairs({ threads: 1, replicas: "auto" }, 8)).toEqual([[1, 1]]);
  expect(pairs({ threads: "auto", replicas: 3 }, 8)).toEqual([
    [3, 3],
    [6, 3],
  ]);
  expect(pairs({ threads: "auto", replicas: 4 }, 2)).toEqual([[4, 4]]);
});

test("leave out arrangements that do not fit in memory, except for the smallest", () => {
  expect(pairs(AUTO, 4, 25)).toEqual([
    [1, 1],
    [4, 1],
    [4, 2],
  ]);
  expect(pairs(AUTO, 4, 5)).toEqual([
    [1, 1],
    [4, 1],
  ]);
  expect(pairs({ threads: "auto", replicas: 2 }, 4, 5)).toEqual([
    [2, 2],
    [4, 2],
  ]);
});
