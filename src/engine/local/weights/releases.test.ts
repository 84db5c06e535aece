import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { canonicalName, configJson, parseConfig, writeSafetensors } from "../../../model/index.ts";
import {
  CASES,
  type Checkpoint,
  checkpointDirectory,
  recordedCase,
  registerCase,
  weightsOf,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

/** What one release of transformers wrote of a checkpoint of `fixtures/model`, and what it said of its cases. */
interface Release {
  readonly transformers: string;
  readonly models: Readonly<
    Record<
      string,
      {
        readonly config: unknown;
        readonly saved: readonly string[];
        readonly memory: readonly string[];
        readonly logprobs: Readonly<Record<string, readonly number[][]>>;
      }
    >
  >;
}

const folder = mkdtempSync(join(tmpdir(), "fovea-releases-"));
afterAll(() => rmSync(folder, { recursive: true }));

const releases = new URL("../../../../fixtures/model-files/releases/", import.meta.url);
const recorded = readdirSync(releases).map(
  (name): Release => JSON.parse(readFileSync(new URL(name, releases), "utf8")),
);
const each = recorded.flatMap(({ transformers, models }) =>
  Object.entries(models).map(([name, model]) => [transformers, name as Checkpoint, model] as const),
);

/** The checkpoint under other names and with that release's config.json. */
function directoryOf(name: Checkpoint, names: readonly string[], config: unknown): string {
  const source = checkpointDirectory(name);
  const directory = mkdtempSync(join(folder, "model-"));
  cpSync(source, directory, { recursive: true });
  const weights = weightsOf(source);
  const renamed = names.map((own) => [own, weights.get(canonicalName(own))!] as const);
  expect(new Set(names.map(canonicalName))).toEqual(new Set(weights.keys()));
  writeSafetensors(join(directory, "model.safetensors"), new Map(renamed));
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  return directory;
}

test("are the layouts that there have been: flat, nested with rope_scaling, nested with rope_parameters", () => {
  expect(recorded.map(({ transformers }) => transformers).sort()).toEqual([
    "4.49.0",
    "4.52.4",
    "4.57.6",
    "5.23.0",
  ]);
});

describe.each(each)(
  "what transformers %s saved of %s",
  (_version, name, { config, saved, memory, logprobs }) => {
    test.each([
      ["on disk", saved],
      ["in memory", memory],
    ])("opens under its names %s and has that release's log-probs", async (_where, names) => {
      const model = new LocalModel({ model: directoryOf(name, names, config), threads: 1 });
      try {
        for (const caseName of CASES) {
          const scores = await model.score(registerCase(model, recordedCase(name, caseName)), {});
          expect(scores).toHaveLength(logprobs[caseName]!.length);
          for (const [i, score] of scores.entries())
            expect(score.logprobs).toBeAllclose(logprobs[caseName]![i]!, { rtol: 0, atol: 5e-5 });
        }
      } finally {
        await model.close();
      }
    });

    test("says the same model as the config.json that is written for it", () => {
      const own = parseConfig(config);
      expect(parseConfig(configJson(own))).toEqual(own);
    });
  },
);
