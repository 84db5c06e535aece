import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openTask } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { smallProblems, writeJsonl } from "../testing/data-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { describeEnvironment, RunDirectory } from "../train/index.ts";
import { readGrid } from "./grid.ts";
import { requireSameData } from "./same-data.ts";
import { CellStore } from "./store.ts";

/** A cell of a grid of file data that was trained and measured, and how to check it. */
async function finished() {
  const path = writeJsonl(await smallProblems(4));
  const { cells, measures } = readGrid({
    config: { data: { kind: "files", path }, sft: { steps: 0 }, evaluation: { split: "train" } },
    start: false,
    seeds: [0],
  });
  const [cell] = cells;
  const [{ evidence }] = measures as [(typeof measures)[number]];
  const store = new CellStore(temporaryDirectory());
  const { fingerprint } = await splitSource(await openTask(cell!.config), "train");
  const record = { kind: "train", steps: 1, config: {}, data: { train: fingerprint } } as const;
  RunDirectory.create(store.runDirectory(cell!), record, describeEnvironment());
  store.keep(cell!, evidence, {}, await evidence.fingerprint!(cell!.config));
  return { path, store, cell: cell!, check: () => requireSameData(cells, { store, measures }) };
}

describe("a cell of file data", () => {
  test("stays known while the data are the same, and where they are gone", async () => {
    const { path, check } = await finished();
    await expect(check()).resolves.toBeUndefined();
    rmSync(path);
    await expect(check()).resolves.toBeUndefined();
  });

  test("is refused where rows have changed since it was trained", async () => {
    const { path, store, cell, check } = await finished();
    appendFileSync(path, readFileSync(path, "utf8").split("\n")[0]!);
    await expect(check()).rejects.toThrow(
      /^seed 0: expected the data that it was trained on, ".*", got ".*"; restore/,
    );
    await expect(check()).rejects.toThrow(store.runDirectory(cell));
  });

  test("is refused where rows have changed since it was measured, though its run is gone", async () => {
    const { path, store, cell, check } = await finished();
    rmSync(store.runDirectory(cell), { recursive: true });
    writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(1).join("\n"));
    await expect(check()).rejects.toThrow(
      /^seed 0: expected the data that it was measured on, ".*", got ".*"; restore/,
    );
  });
});
