import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { EngineError, ModelError, RunError } from "../../../errors/index.ts";
import {
  openSafetensors,
  parseConfig,
  readJson,
  readTensor,
  writeSafetensors,
} from "../../../model/index.ts";
import { FIXTURE_MODEL_TYPE } from "../../../testing/fixture-architecture.ts";
import {
  ADAM,
  bytesOf,
  CHECKPOINTS,
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  registerCase,
  weightsOf,
  writeVariant,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

const NAME = "untied-mqa";
const recorded = recordedCase(NAME, "one-image");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (directory: string) => new LocalModel({ model: directory, threads: 1 });
const opened: LocalModel[] = [];
afterAll(() => Promise.all(opened.map((model) => model.close())));

function fresh(name: (typeof CHECKPOINTS)[number] = NAME): LocalModel {
  const model = open(checkpointDirectory(name));
  opened.push(model);
  return model;
}

/** One update on the recorded case. */
async function update(model: LocalModel): Promise<void> {
  await model.accumulate(registerCase(model, recorded), coefficientsOf(recorded));
  expect(model.step(ADAM).applied).toBe(true);
}

const logprobs = async (model: LocalModel, weights: "policy" | "reference" = "policy") =>
  (await model.score(registerCase(model, recorded), { weights })).map((score) => score.logprobs);

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The weights in memory, by way of a file. */
function weightsIn(model: LocalModel): Buffer {
  const directory = join(folder, "weights");
  model.save(directory, false);
  return bytesOf(directory, "model.safetensors");
}

describe.each(CHECKPOINTS)("%s, written", (name) => {
  test("has the names, shapes and bytes that transformers wrote", () => {
    fresh(name).save(join(folder, "copy"), true);
    const original = openSafetensors(join(checkpointDirectory(name), "model.safetensors"));
    const written = openSafetensors(join(folder, "copy", "model.safetensors"));
    expect([...written.tensors.keys()].sort()).toEqual([...original.tensors.keys()].sort());
    for (const [tensor, { dtype, shape }] of original.tensors) {
      expect(written.tensors.get(tensor)).toMatchObject({ dtype, shape });
      expect(Buffer.compare(bytes(readTensor(written, tensor)), bytes(readTensor(original, tensor)))).toBe(0);
    }
    expect(written.metadata).toEqual(original.metadata);
  });

  test("has the configuration that it was read with, and the processor's files", () => {
    fresh(name).save(join(folder, "copy"), false);
    const read = (directory: string) => parseConfig(readJson(join(directory, "config.json")));
    expect(read(join(folder, "copy"))).toEqual(read(checkpointDirectory(name)));
    for (const file of ["preprocessor_config.json", "generation_config.json"]) {
      expect(bytesOf(folder, "copy", file)).toEqual(bytesOf(checkpointDirectory(name), file));
    }
  });
});

test("what a model's config.json says beyond its sizes is in the saved one, with the stored element type", () => {
  const source = join(folder, "source");
  cpSync(checkpointDirectory(NAME), source, { recursive: true });
  const path = join(source, "config.json");
  const more = { max_position_embeddings: 4096, eos_token_id: [5, 7], torch_dtype: "float16" };
  writeFileSync(path, JSON.stringify({ ...(readJson(path) as object), ...more }));
  const model = open(source);
  opened.push(model);
  model.save(join(folder, "copy"), false, { dtype: "BF16" });
  expect(readJson(join(folder, "copy", "config.json"))).toMatchObject({ ...more, torch_dtype: "bfloat16" });
});

test("an element type that there is not is refused, and the checkpoint before it stays as it is", () => {
  const place = join(folder, "typed");
  const model = fresh();
  model.save(place, true);
  const files = () => readdirSync(place).map((name) => [name, readFileSync(join(place, name), "latin1")]);
  const before = files();
  expect(() => model.save(place, true, { dtype: "bfloat16" as "BF16" })).toThrow(
    "dtype: expected F32, F16, BF16, got bfloat16",
  );
  expect(files()).toEqual(before);
});

test("files of another model in its place are replaced, and gone where this model has none", () => {
  const place = join(folder, "place");
  mkdirSync(place);
  writeFileSync(join(place, "preprocessor_config.json"), "{}");
  writeFileSync(join(place, "processor_config.json"), "{}");
  const model = fresh();
  model.save(place, false);
  const own = checkpointDirectory(NAME);
  expect(bytesOf(place, "preprocessor_config.json")).toEqual(bytesOf(own, "preprocessor_config.json"));
  expect(existsSync(join(own, "processor_config.json"))).toBe(false);
  expect(existsSync(join(place, "processor_config.json"))).toBe(false);
});

test.each(["optimizer.safetensors", "value_head.safetensors"])(
  "a directory in the place of %s is an error that names it",
  (name) => {
    const place = join(folder, "place");
    mkdirSync(join(place, name), { recursive: true });
    const model = fresh();
    expect(() => model.save(place, false)).toThrow(RunError);
    expect(() => model.save(place, false)).toThrow(
      `${join(place, name)}: expected a file that can be removed`,
    );
  },
);

describe("a checkpoint", () => {
  test("continues bitwise identically where it was saved: weights, optimiser and reference", async () => {
    const straight = fresh();
    await update(straight);
    straight.setReference();
    await update(straight);
    straight.save(join(folder, "middle"), true);
    await update(straight);

    const loaded = fresh();
    await update(loaded);
    loaded.load(join(folder, "middle"));
    const reopened = open(join(folder, "middle"));
    reopened.load(join(folder, "middle"));
    for (const continued of [loaded, reopened]) {
      await update(continued);
      expect(weightsIn(continued).equals(weightsIn(straight))).toBe(true);
      expect(await logprobs(continued, "reference")).toEqual(await logprobs(straight, "reference"));
      continued.save(join(folder, "end"), true);
      straight.save(join(folder, "end-straight"), true);
      expect(readdirSync(join(folder, "end"))).toContain("optimizer.safetensors");
      for (const file of readdirSync(join(folder, "end"))) {
        expect(bytesOf(folder, "end", file).equals(bytesOf(folder, "end-straight", file)), file).toBe(true);
      }
    }
    await reopened.close();
  });

  test("when only opened gives its weights; optimiser and reference start from the beginning", async () => {
    const trained = fresh();
    await update(trained);
    trained.setReference();
    trained.save(join(folder, "opened"), true);
    const opened = open(join(folder, "opened"));
    expect(weightsIn(opened).equals(weightsIn(trained))).toBe(true);
    await expect(logprobs(opened, "reference")).rejects.toThrow(/reference weights .* none were set/);
    await update(opened);
    await update(trained);
    expect(weightsIn(opened).equals(weightsIn(trained))).toBe(false);
    await opened.close();
  });

  test("without the optimiser starts it from zero, and removes the optimiser of an older save", async () => {
    const model = fresh();
    await update(model);
    model.setReference();
    model.save(join(folder, "saved"), true);
    await update(model);
    model.save(join(folder, "saved"), false);
    expect(readdirSync(join(folder, "saved")).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "preprocessor_config.json",
    ]);
    const other = open(join(folder, "saved"));
    expect(await logprobs(other)).toEqual(await logprobs(model));
    model.load(join(folder, "saved"));
    await update(model);
    await update(other);
    expect(weightsIn(model).equals(weightsIn(other))).toBe(true);
    await other.close();
  });

  test("can be written over the directory that the model came from", async () => {
    const directory = join(folder, "own");
    cpSync(checkpointDirectory(NAME), directory, { recursive: true });
    const model = open(directory);
    await update(model);
    model.save(directory, true);
    const again = open(directory);
    expect(await logprobs(again)).toEqual(await logprobs(model));
    await Promise.all([model.close(), again.close()]);
  });

  test("loaded clears the gradient of the weights before", async () => {
    const model = fresh();
    await model.accumulate(registerCase(model, recorded), coefficientsOf(recorded));
    model.load(checkpointDirectory(NAME));
    expect(model.step(ADAM).gradientNorm).toBe(0);
  });

  test("cannot be written below a file", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => fresh().save(join(folder, "file", "checkpoint"), true)).toThrow(RunError);
  });
});

describe("the reference", () => {
  test("keeps the log-probs of the weights it was set from, image tokens included", async () => {
    const model = fresh();
    model.setReference();
    const before = await logprobs(model);
    await update(model);
    const after = await logprobs(model);
    expect(after).not.toEqual(before);
    expect(await logprobs(model, "reference")).toEqual(before);
    expect(await logprobs(model)).toEqual(after);
  });

  test("must be set before it is scored with", async () => {
    const sequences = registerCase(fresh(), recorded);
    await expect(opened.at(-1)!.score(sequences, { weights: "reference" })).rejects.toThrow(EngineError);
  });
});

test("image tokens follow the weights: a prompt known before a change scores like one that is new after it", async () => {
  const model = fresh();
  const known = registerCase(model, recorded);
  const score = async (weights: "policy" | "reference") =>
    (await model.score(known, { weights }))[0]!.logprobs;
  const expectCurrent = async () => {
    for (const weights of ["policy", "reference", "policy"] as const) {
      expect([await score(weights)]).toEqual(await logprobs(model, weights));
    }
  };
  await model.score(known);
  model.setReference();
  await update(model);
  await expectCurrent();
  model.setReference();
  await expectCurrent();
  model.load(checkpointDirectory(NAME));
  await expectCurrent();
});

describe("a gradient that is not finite", () => {
  test("is reported; no step is taken, weights and optimiser stay, and the gradient is cleared", async () => {
    const [model, twin] = [fresh(), fresh()];
    await update(model);
    await update(twin);
    const before = weightsIn(model);
    const sequences = registerCase(model, recorded);
    const broken = coefficientsOf(recorded);
    broken[0]![2] = Number.POSITIVE_INFINITY;
    expect(await model.accumulate(sequences, broken)).toEqual({ tokens: broken[0]!.length, finite: false });
    const report = model.step(ADAM);
    expect(report.applied).toBe(false);
    expect(Number.isFinite(report.gradientNorm)).toBe(false);
    expect(weightsIn(model).equals(before)).toBe(true);
    await update(model);
    await update(twin);
    expect(weightsIn(model).equals(weightsIn(twin))).toBe(true);
  });
});

describe("a checkpoint that cannot be loaded leaves the model as it was", () => {
  const CONFIG = "config.json";
  const cases: readonly [what: string, spoil: (directory: string) => void, kind: unknown, message: RegExp][] =
    [
      [
        "a directory that is not there",
        (path) => rmSync(path, { recursive: true }),
        EngineError,
        /no such directory/,
      ],
      ["no config.json", (path) => rmSync(join(path, CONFIG)), ModelError, /config\.json/],
      [
        "another architecture",
        (path) => writeFileSync(join(path, CONFIG), '{"model_type":"llama"}'),
        ModelError,
        new RegExp(`model_type: expected "${FIXTURE_MODEL_TYPE}"`),
      ],
      [
        "another model of the same architecture",
        (path) => cpSync(checkpointDirectory("tied-gqa"), path, { recursive: true }),
        ModelError,
        /another model than this engine's: .*num_attention_heads: expected 2, got 4/,
      ],
      ["no weights", (path) => rmSync(join(path, "model.safetensors")), ModelError, /got neither/],
      [
        "truncated weights",
        (path) => truncateSync(join(path, "model.safetensors"), 20_000),
        ModelError,
        /truncated/,
      ],
      [
        "a tensor of another shape",
        (path) => {
          const weights = weightsOf(path);
          weights.set("model.norm.weight", { shape: [16], data: new Float32Array(16) });
          writeSafetensors(join(path, "model.safetensors"), weights);
        },
        ModelError,
        /model\.norm\.weight expected \[32\], got \[16\]/,
      ],
      [
        "a missing and an extra tensor",
        (path) => {
          const weights = weightsOf(path);
          weights.set("surplus", weights.get("model.norm.weight")!);
          weights.delete("model.norm.weight");
          writeSafetensors(join(path, "model.safetensors"), weights);
        },
        ModelError,
        /missing tensors: model\.norm\.weight; .*surplus/,
      ],
      [
        "the optimiser of a smaller model",
        (path) => {
          const moments = new Map([
            ["first_moment.model.embed_tokens.weight", { shape: [4], data: new Float32Array(4) }],
          ]);
          writeSafetensors(join(path, "optimizer.safetensors"), moments, { metadata: { steps: "3" } });
        },
        EngineError,
        /first_moment\.model\.embed_tokens\.weight: expected \[97, 32\], got \[4\]/,
      ],
      [
        "a reference that lacks a parameter",
        (path) => {
          const reference = weightsOf(path);
          reference.delete("visual.merger.ln_q.weight");
          writeSafetensors(join(path, "reference.safetensors"), reference);
        },
        EngineError,
        /reference\.safetensors: visual\.merger\.ln_q\.weight: expected \[24\], got no such tensor/,
      ],
      [
        "an optimiser without its number of steps",
        (path) =>
          writeSafetensors(
            join(path, "optimizer.safetensors"),
            new Map([["x", { shape: [0], data: new Float32Array() }]]),
          ),
        EngineError,
        /steps: expected an integer ≥ 0, got nothing/,
      ],
    ];
  test.each(cases)("%s", async (_, spoil, kind, message) => {
    const model = fresh();
    await update(model);
    const before = await logprobs(model);
    const directory = join(folder, "spoilt");
    mkdirSync(directory);
    writeVariant(NAME, directory, () => {});
    spoil(directory);
    expect(() => model.load(directory)).toThrow(kind as typeof ModelError);
    expect(() => model.load(directory)).toThrow(message);
    expect(await logprobs(model)).toEqual(before);
    if (existsSync(directory) && !/another model|optimi|reference/.test(_)) {
      expect(() => open(directory)).toThrow(ModelError);
    }
  });
});
