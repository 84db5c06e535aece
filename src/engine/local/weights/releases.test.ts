import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  chatTemplateOf,
  directoryFiles,
  graphsOf,
  type ProcessorConfig,
  readJson,
  writeSafetensors,
} from "../../../model/index.ts";
import {
  configJson,
  FIXTURE_CHAT_TEMPLATE,
  FIXTURE_MODEL_TYPE,
  loadImageProcessor,
  loadVideoProcessor,
  parseFixtureConfig,
} from "../../../testing/fixture-architecture.ts";
import {
  CASES,
  type Checkpoint,
  checkpointDirectory,
  FIXTURE_NAMES,
  recordedCase,
  registerCase,
  weightsOf,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

/**
 * A release of transformers on a checkpoint of `fixtures/model`: the files that it wrote, and its outputs for the
 * cases.
 */
interface RecordedModel {
  readonly config: unknown;
  /** Names and shapes on disk. */
  readonly saved: Readonly<Record<string, readonly number[]>>;
  readonly memory: readonly string[];
  readonly logprobs: Readonly<Record<string, readonly number[][]>>;
}

interface Release {
  readonly models: Readonly<Record<string, RecordedModel>>;
  /** A directory with tokenizer and processor as it saves it, and the settings that it then has. */
  readonly directory: {
    readonly files: readonly string[];
    readonly settings: Readonly<Record<string, unknown>>;
    readonly image: ProcessorConfig;
    readonly video: ProcessorConfig;
    readonly templateIn: readonly string[];
  };
  /** Its values of fields that a config.json leaves out. */
  readonly defaults: Readonly<Record<string, unknown>> & { readonly tokens: readonly (number | null)[] };
}

interface Index {
  readonly releases: readonly {
    readonly transformers: string;
    readonly record: string;
    readonly foveaOfRelease: Readonly<Record<string, number>>;
    readonly releaseOfFovea: Readonly<Record<string, number>>;
    /** Cases that it places otherwise. */
    readonly otherPositions?: Readonly<Record<string, readonly string[]>>;
  }[];
  readonly failed: readonly unknown[];
}

const folder = mkdtempSync(join(tmpdir(), "fovea-releases-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixtures = fileURLToPath(new URL("../../../../fixtures/model-files/releases/", import.meta.url));
const digits = fileURLToPath(new URL("../../../../assets/small/", import.meta.url));
const index = readJson(join(fixtures, "index.json")) as Index;
const recorded = readdirSync(fixtures)
  .filter((name) => name !== "index.json")
  .map((name) => [name, readJson(join(fixtures, name)) as Release] as const);
const each = recorded.flatMap(([release, { models }]) =>
  Object.entries(models).map(([name, model]) => [release, name as Checkpoint, model] as const),
);

/** The checkpoint under other names and with that release's config.json. */
function directoryOf(name: Checkpoint, names: readonly string[], config: unknown): string {
  const source = checkpointDirectory(name);
  const directory = mkdtempSync(join(folder, "model-"));
  cpSync(source, directory, { recursive: true });
  const weights = weightsOf(source);
  const renamed = names.map((own) => [own, weights.get(FIXTURE_NAMES.canonical(own))!] as const);
  expect(new Set(names.map((own) => FIXTURE_NAMES.canonical(own)))).toEqual(new Set(weights.keys()));
  writeSafetensors(join(directory, "model.safetensors"), new Map(renamed));
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  return directory;
}

describe("the index", () => {
  const minors = index.releases.map(({ transformers }) => transformers.split(".").slice(0, 2).join("."));

  test("has every minor from 4.49 to 4.57 and from 5.0 on, and none that failed", () => {
    const four = Array.from({ length: 9 }, (_, i) => `4.${49 + i}`);
    const five = Array.from({ length: minors.length - four.length }, (_, i) => `5.${i}`);
    expect(five.length).toBeGreaterThanOrEqual(24);
    expect(minors).toEqual([...four, ...five]);
    expect(index.failed).toEqual([]);
  });

  test("names a record for each release, and no record without a release", () => {
    const named = new Set(index.releases.map(({ record }) => record));
    expect([...named].sort()).toEqual(recorded.map(([name]) => name).sort());
  });

  test("has both directions within 1e-4, for a tied and an untied checkpoint and a whole directory", () => {
    for (const { foveaOfRelease, releaseOfFovea } of index.releases) {
      for (const side of [foveaOfRelease, releaseOfFovea]) {
        expect(Object.keys(side).sort()).toEqual(["digits", "tied-gqa", "untied-mqa"]);
        for (const difference of Object.values(side)) expect(difference).toBeLessThan(1e-4);
      }
    }
  });

  test("says which releases place images or videos otherwise, as docs/model.md does", () => {
    const elsewhere = index.releases.flatMap(({ transformers, otherPositions = {} }) =>
      "tied-gqa" in otherPositions ? [transformers] : [],
    );
    expect(elsewhere).toEqual(["5.3.0", "5.4.0"]);
    const films = minors.filter((_, i) => index.releases[i]!.otherPositions?.["digits"] !== undefined);
    expect([films[0], films.at(-1), films.length]).toEqual(["4.52", "5.17", 24]);
  });
});

describe.each(each)("what %s has of %s", (_release, name, { config, saved, memory, logprobs }) => {
  test.each([
    ["on disk", Object.keys(saved)],
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

  test("has the shapes that its config.json leads to", () => {
    const found = Object.entries(saved).map(([own, shape]) => [FIXTURE_NAMES.canonical(own), shape] as const);
    expect(new Map(found)).toEqual(graphsOf(parseFixtureConfig(config)).names.shapes);
  });

  test("says the same model as the config.json that is written for it", () => {
    const own = parseFixtureConfig(config);
    expect(parseFixtureConfig(configJson(own))).toEqual(own);
  });
});

describe.each(recorded)("a directory that %s saved", (release, { directory, defaults }) => {
  const path = join(folder, release);
  const config = parseFixtureConfig(readJson(join(checkpointDirectory("tied-gqa"), "config.json")));

  test("has its settings for images and for videos, and its chat template", () => {
    mkdirSync(path);
    for (const [name, json] of Object.entries(directory.settings))
      writeFileSync(join(path, name), JSON.stringify(json));
    const jinja = "chat_template.jinja";
    if (directory.files.includes(jinja)) copyFileSync(join(digits, jinja), join(path, jinja));
    expect(loadImageProcessor(directoryFiles(path), config)).toEqual(directory.image);
    expect(loadVideoProcessor(directoryFiles(path), config)).toMatchObject(directory.video);
    const template = (at: string) => chatTemplateOf(directoryFiles(at), FIXTURE_CHAT_TEMPLATE).source;
    expect(template(path)).toBe(template(digits));
    expect(directory.templateIn).not.toEqual([]);
  });

  test("may leave out what this release leaves out: the same is taken for it", () => {
    const { text, vision, ...tokens } = parseFixtureConfig({
      model_type: FIXTURE_MODEL_TYPE,
      vocab_size: 152_000,
      hidden_size: 32,
      intermediate_size: 48,
      num_hidden_layers: 1,
      num_attention_heads: 4,
      num_key_value_heads: 4,
      rope_scaling: { mrope_section: [2, 1, 1] },
      vision_config: { depth: 1, hidden_size: 16, num_heads: 2, intermediate_size: 24, out_hidden_size: 32 },
    });
    // A head that neither place speaks of is not tied, although releases 4.52 to 4.56 take it for tied: they
    // say so in text_config where they write a tied one.
    const { tieWordEmbeddings: _, tokens: ids, ...rest } = defaults;
    expect({ ...text, ...vision }).toMatchObject(rest);
    const own = [
      tokens.imageTokenId,
      tokens.videoTokenId,
      tokens.visionStartTokenId,
      tokens.visionEndTokenId,
    ];
    expect(own.map((id, i) => (ids[i] === null ? null : id))).toEqual(ids);
  });
});
