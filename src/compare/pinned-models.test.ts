import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resolveConfig } from "../config/index.ts";
import { RunError } from "../errors/index.ts";
import { type HubServer, startHub } from "../testing/hub-server.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { type Cell, cellKey } from "./cell.ts";
import { pinModels, pinnedCells, readPinnedModels } from "./pinned-models.ts";

let hub: HubServer;
beforeEach(async () => {
  const files = { "config.json": Buffer.from("{}"), "model.safetensors": Buffer.from("weights") };
  hub = await startHub({ name: "org/name", files });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", temporaryDirectory());
  vi.stubEnv("HF_TOKEN", "");
  vi.stubEnv("HF_HUB_OFFLINE", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

const cellOf = (model: string): Cell => ({
  labels: {},
  seed: 0,
  config: resolveConfig({ file: { model } }),
  isTrained: true,
});

test("a model of the hub stays at the commit that it was when its directory of cells was begun", async () => {
  const directory = temporaryDirectory();
  const cells = [cellOf("org/name"), cellOf("small")];
  expect(readPinnedModels(directory)).toEqual({});
  const pinned = await pinModels(cells, directory);
  expect(pinned).toEqual({ "org/name@main": hub.commit });
  const [first, small] = pinnedCells(cells, pinned);
  expect(first!.config.model).toMatchObject({ kind: "hub", revision: hub.commit });
  expect(small!.config).toEqual(cells[1]!.config);
  expect(cellKey(first!)).toBe(cellKey(cellOf(`org/name@${hub.commit}`)));

  // The hub's main may be another commit by now, and a finished directory needs no hub.
  const moved = "f".repeat(40);
  writeFileSync(join(directory, "hub-models.json"), JSON.stringify({ "org/name@main": moved }));
  await hub.close();
  const [again] = pinnedCells(cells, await pinModels(cells, directory));
  expect(again!.config.model).toMatchObject({ revision: moved });
  expect(cellKey(again!)).not.toBe(cellKey(first!));
});

test("a commit is recorded for a start of another model too, and none for a model that a commit names", async () => {
  const directory = temporaryDirectory();
  const cell = { ...cellOf(`org/name@${hub.commit}`), start: cellOf("org/name@main").config };
  const pinned = await pinModels([cell], directory);
  expect(Object.keys(pinned)).toEqual(["org/name@main"]);
  expect(pinnedCells([cell], pinned)[0]!.start!.model).toMatchObject({ revision: hub.commit });
  expect(JSON.parse(readFileSync(join(directory, "hub-models.json"), "utf8"))).toEqual(pinned);
});

test.each(["{", '["main"]', '{"org/name@main": "main"}'])(
  "a file without a record of commits is refused: %s",
  (text) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "hub-models.json"), text);
    expect(() => readPinnedModels(directory)).toThrow(RunError);
    expect(() => readPinnedModels(directory)).toThrow("hub-models.json: expected the commits of the models");
  },
);
