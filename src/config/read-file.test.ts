import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { readConfigFile } from "./read-file.ts";

const folder = temporaryDirectory();
const file = join(folder, "runs", "run.yaml");
mkdirSync(join(folder, "runs"));
afterAll(() => rmSync(folder, { recursive: true }));

test("texts that begin with ./ or ../ are paths beside the file, under any key", async () => {
  writeFileSync(
    file,
    `
data: { path: ./train.jsonl, validation: ./validation.jsonl, test: ../test.jsonl, warmStart: ./traces.jsonl, images: images }
model: ../model
verdict: { kind: judge, cache: ./replies }
reward:
  - accuracy
  - { module: reward.mjs, weight: 0.1, table: ./table.csv }
  - { command: [node, ./reward.mjs], weight: 1 }
  - { command: [node, ./reward.mjs], cwd: .., weight: 1 }
evaluation: { benchmarks: [{ kind: chartqa, data: ./chartqa.parquet }] }
`,
  );
  const beside = (...path: string[]) => join(folder, "runs", ...path);
  expect(await readConfigFile(file)).toEqual({
    data: {
      path: beside("train.jsonl"),
      validation: beside("validation.jsonl"),
      test: join(folder, "test.jsonl"),
      warmStart: beside("traces.jsonl"),
      images: "images",
    },
    model: join(folder, "model"),
    verdict: { kind: "judge", cache: beside("replies") },
    reward: [
      "accuracy",
      { module: beside("reward.mjs"), weight: 0.1, table: beside("table.csv") },
      { command: ["node", "./reward.mjs"], weight: 1, cwd: beside() },
      { command: ["node", "./reward.mjs"], cwd: "..", weight: 1 },
    ],
    evaluation: { benchmarks: [{ kind: "chartqa", data: beside("chartqa.parquet") }] },
  });
});

test("a key that is there twice is refused with its place, in JSON as in YAML", async () => {
  const json = join(folder, "runs", "run.json");
  writeFileSync(json, '{ "train": { "iterations": 3,\n\t"iterations": 5 } }');
  await expect(readConfigFile(json)).rejects.toThrow(
    /run\.json: Map keys must be unique at line 2, column 2/,
  );
  writeFileSync(file, "train:\n  iterations: 3\n  iterations: 5\n");
  await expect(readConfigFile(file)).rejects.toThrow(/run\.yaml: Map keys must be unique at line 3/);
});
