import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { FIXTURE_NAMES } from "../testing/model-fixtures.ts";
import { openSafetensors, readTensor } from "./safetensors.ts";
import { readWeights } from "./weights.ts";
import { writeSafetensors } from "./write-safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with tensors of several shapes, one of them empty, as bytes. */
function seedFile(dtype: "F32" | "F16" | "BF16"): Buffer {
  const path = join(folder, `seed-${dtype}.safetensors`);
  const row = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 7 - 1);
  const tensors = new Map([
    ["model.embed_tokens.weight", { shape: [6, 4], data: row(24) }],
    ["model.layers.0.self_attn.q_proj.bias", { shape: [4], data: row(4) }],
    ["empty", { shape: [0, 5], data: row(0) }],
    ["scalar", { shape: [], data: row(1) }],
  ]);
  writeSafetensors(path, tensors, { dtype, metadata: { format: "pt" } });
  return readFileSync(path);
}

/** The header's JSON with another value somewhere: offsets, sizes, dtypes, names. */
function changedHeader(bytes: Buffer, rng: Rng): Buffer {
  const length = Number(bytes.readBigUInt64LE());
  const values = [
    -1,
    0.5,
    1e308,
    2 ** 53,
    null,
    "",
    "F32",
    [],
    [0, 8],
    {},
    true,
    "\ud800",
    Number.MAX_SAFE_INTEGER,
  ];
  const json = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const names = Object.keys(json);
  const name = names[rng.integer(names.length)]!;
  const value = values[rng.integer(values.length)];
  const entry = json[name];
  const kind = rng.integer(6);
  if (kind === 0) json[name] = value;
  else if (kind === 1) entry[["dtype", "shape", "data_offsets"][rng.integer(3)]!] = value;
  else if (kind === 2 && entry.data_offsets) entry.data_offsets[rng.integer(2)] += rng.integer(33) - 16;
  else if (kind === 3 && entry.shape) entry.shape[rng.integer(3)] = value;
  else if (kind === 4) json[`${name}2`] = structuredClone(entry);
  else delete json[name];
  let text = JSON.stringify(json);
  if (rng.integer(4) === 0) text = text.replace(`"${name}":`, `"${names[rng.integer(names.length)]}":`);
  const header = Buffer.from(text);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, bytes.subarray(8 + length)]);
}

/** One way of breaking a file. */
type Mutation = (bytes: Buffer, rng: Rng) => Buffer;

const MUTATIONS: Record<string, Mutation> = {
  "cut off": (bytes, rng) => bytes.subarray(0, rng.integer(bytes.length)),
  "with flipped bits": (bytes, rng) => {
    for (let flips = 1 + rng.integer(4); flips > 0; flips--)
      bytes[rng.integer(bytes.length)]! ^= 1 << rng.integer(8);
    return bytes;
  },
  "with a flipped bit in the header": (bytes, rng) => {
    bytes[8 + rng.integer(Number(bytes.readBigUInt64LE()))]! ^= 1 << rng.integer(8);
    return bytes;
  },
  "with another header length": (bytes, rng) => {
    const lengths = [0n, 1n, 7n, 100_000_000n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];
    const near = BigInt(Math.max(0, Number(bytes.readBigUInt64LE()) + rng.integer(65) - 32));
    bytes.writeBigUInt64LE(rng.integer(2) === 0 ? near : lengths[rng.integer(lengths.length)]!);
    return bytes;
  },
  "with another header": changedHeader,
  "with bytes put in": (bytes, rng) => {
    const at = rng.integer(bytes.length);
    const junk = Buffer.from(Array.from({ length: 1 + rng.integer(40) }, () => rng.integer(256)));
    return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
  },
  "with bytes taken out": (bytes, rng) => {
    const at = rng.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + rng.integer(40))]);
  },
};

/** Reads everything in a file: whether that went well, where a typed error that names the file is well too. */
function outcome(path: string, read: () => void): "read" | "refused" {
  try {
    read();
    return "read";
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(ModelError);
    expect((error as Error).message).toContain(path);
    expect((error as Error).message.length).toBeLessThan(1000);
    return "refused";
  }
}

describe("a broken safetensors file", () => {
  const seeds = (["F32", "F16", "BF16"] as const).map(seedFile);

  test.each(Object.keys(MUTATIONS))("%s is read or refused, 360 times", (kind) => {
    const rng = new Rng(11).fork(kind);
    const path = join(folder, "broken.safetensors");
    const before = process.memoryUsage().arrayBuffers;
    const outcomes = { read: 0, refused: 0 };
    for (let i = 0; i < 360; i++) {
      writeFileSync(path, MUTATIONS[kind]!(Buffer.from(seeds[i % seeds.length]!), rng));
      outcomes[
        outcome(path, () => {
          const file = openSafetensors(path);
          for (const name of file.tensors.keys()) readTensor(file, name);
        })
      ]++;
    }
    expect(outcomes.read + outcomes.refused).toBe(360);
    expect(outcomes.refused).toBeGreaterThan(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });
});

test("a broken index is read or refused, 400 times", () => {
  const rng = new Rng(12);
  writeFileSync(join(folder, "one.safetensors"), seedFile("F32"));
  const names = [...openSafetensors(join(folder, "one.safetensors")).tensors.keys()];
  const index = JSON.stringify({
    metadata: { total_size: 1 },
    weight_map: Object.fromEntries(names.map((name) => [name, "one.safetensors"])),
  });
  const path = join(folder, "model.safetensors.index.json");
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(index);
    for (let flips = 1 + rng.integer(3); flips > 0; flips--)
      bytes[rng.integer(bytes.length)]! ^= 1 << rng.integer(8);
    writeFileSync(path, rng.integer(4) === 0 ? bytes.subarray(0, rng.integer(bytes.length)) : bytes);
    const result = outcome(folder, () => {
      const weights = readWeights(folder, FIXTURE_NAMES);
      for (const name of weights.shapes.keys()) weights.read(name);
    });
    if (result === "refused") refused++;
  }
  expect(refused).toBeGreaterThan(200);
});
