import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { readGridFile } from "./read-grid-file.ts";

const folder = temporaryDirectory();
mkdirSync(join(folder, "grids"));
afterAll(() => rmSync(folder, { recursive: true }));

const gridFile = (config: string) => {
  const path = join(folder, "grids", "grid.yaml");
  writeFileSync(path, `config: ${config}\naxes: { credit: [uniform, dyco-rl] }\nseeds: [3]\n`);
  return path;
};

test("a grid may name a configuration file, from where the grid's own is", async () => {
  writeFileSync(join(folder, "run.yaml"), "train: { iterations: 7 }\n");
  const written = await readGridFile(gridFile("{ train: { iterations: 7 } }"));
  expect(written.cells.map(({ config }) => config.train.iterations)).toEqual([7, 7, 7]);
  expect((await readGridFile(gridFile("../run.yaml"))).cells).toEqual(written.cells);
  writeFileSync(join(folder, "grids", "run.yaml"), "train: { iterations: 7 }\n");
  expect((await readGridFile(gridFile("run.yaml"))).cells).toEqual(written.cells);
  await expect(readGridFile(gridFile("none.yaml"))).rejects.toThrow(ConfigError);
});
