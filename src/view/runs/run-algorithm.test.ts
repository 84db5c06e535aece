import { expect, test } from "vitest";
import type { Config } from "../../config/index.ts";
import { tinyConfig } from "../../testing/tiny-run.ts";
import { tokenClip } from "./run-algorithm.ts";

const clipOf = (...flags: readonly string[]) => tokenClip(tinyConfig("credit=uniform", ...flags));

test("algorithms that clip the ratio of each token have their bounds", () => {
  expect(clipOf("algorithm=grpo")).toEqual({ clipLow: 0.2, clipHigh: 0.2 });
  expect(clipOf("algorithm=dapo")).toMatchObject({ clipLow: 0.2, clipHigh: 0.28 });
  expect(clipOf("algorithm=grpo", "algorithm.dualClip=3")).toEqual({
    clipLow: 0.2,
    clipHigh: 0.2,
    dualClip: 3,
  });
});

test("a ratio of the whole completion, another surrogate, and a module have none for a token", () => {
  expect(clipOf("algorithm=gspo")).toBeNull();
  expect(clipOf("algorithm=gspo", "algorithm.form=sequence")).toBeNull();
  expect(clipOf("algorithm=cispo")).toBeNull();
  expect(clipOf("algorithm=sapo")).toBeNull();
  expect(clipOf("algorithm=reinforce")).toBeNull();
  const module = { kind: "module", module: "a.ts", options: {} } as const;
  expect(tokenClip({ algorithm: module })).toBeNull();
  expect(tokenClip({ algorithm: { kind: "of the future" } } as unknown as Config)).toBeNull();
  expect(tokenClip({} as Config)).toBeNull();
});
