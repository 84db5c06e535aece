import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { madeRun } from "../../testing/made-run.ts";
import { Run } from "../runs/run.ts";
import { PermittedParts } from "./permitted-parts.ts";
import { ProblemImages } from "./problem-images.ts";

test("problems and images of another run that was begun at the same path are that run's", async () => {
  const path = madeRun({ flags: ["data.kinds=[largest]"] });
  const run = new Run("made", path);
  const images = new ProblemImages(new PermittedParts([]));
  const before = await images.problem(run, 3);
  expect(await images.problem(run, 3)).toEqual(before);
  rmSync(path, { recursive: true });
  madeRun({ path, flags: ["data.kinds=[sum]", "data.digits=[5,5]"] });
  const after = await images.problem(run, 3);
  expect(after.question).not.toBe(before.question);
  const fresh = new ProblemImages(new PermittedParts([]));
  expect(await images.png(run, 3, 0)).toEqual(await fresh.png(run, 3, 0));
});
