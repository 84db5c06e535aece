import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError, ShapeError } from "../errors/index.ts";
import { openSafetensors, readTensor, readTensorInto } from "./safetensors.ts";
import { storedParts, writeSafetensors } from "./write-safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "some.safetensors");
const fixtures = new URL("../../fixtures/model-files/", import.meta.url);

/** A file with this header text and so many bytes of data. */
function broken(header: string, dataBytes: number, length = Buffer.byteLength(header)): string {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length));
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(dataBytes)]));
  return path;
}

function tensor(begin: unknown, end: unknown, shape: unknown = [2], dtype: unknown = "F32") {
  return { dtype, shape, data_offsets: [begin, end] };
}

describe("a file of the safetensors library", () => {
  const file = openSafetensors(new URL("tensors.safetensors", fixtures).pathname);
  const expected: Record<string, { shape: number[]; values: (number | string)[] }> = JSON.parse(
    readFileSync(new URL("tensors.json", fixtures), "utf8"),
  );

  test.each(["f32", "f16", "bf16", "empty", "scalar"])("gives the numbers of tensor %s", (name) => {
    const values = expected[name]?.values.map((value) =>
      typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value,
    );
    expect([...readTensor(file, name)]).toEqual(values?.map(Math.fround));
    expect(file.tensors.get(name)?.shape).toEqual(expected[name]?.shape);
  });

  test.each(["f32", "f16", "bf16"])("gives any stretch of tensor %s", (name) => {
    const whole = readTensor(file, name);
    const part = new Float32Array(4).fill(-1);
    readTensorInto(file, name, part.subarray(1, 3), 1);
    expect([...part]).toEqual([-1, whole[1], whole[2], -1]);
    const beyond = new Float32Array(2);
    expect(() => readTensorInto(file, name, beyond, whole.length - 1)).toThrow(ShapeError);
  });

  test("gives its metadata", () => {
    expect(file.metadata).toEqual({ format: "pt" });
  });

  test("refuses to read integers as weights", () => {
    expect(() => readTensor(file, "i64")).toThrow("tensor i64: expected F32, F16 or BF16, got I64");
    expect(() => readTensor(file, "nothing")).toThrow("no tensor nothing");
  });
});

describe("writeSafetensors", () => {
  test("written tensors read back bitwise identical", () => {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== "__metadata__");
    const data = fc.float32Array({ maxLength: 12 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, data), { selector: ([key]) => key, maxLength: 5 }),
        (entries) => {
          const tensors = new Map(
            entries.map(([key, values]) => [key, { shape: [values.length], data: values }]),
          );
          writeSafetensors(path, tensors, { metadata: { a: "b" } });
          const file = openSafetensors(path);
          expect([...file.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
          for (const [key, values] of entries) expect(readTensor(file, key)).toEqual(values);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("writes views of larger buffers, and BF16 in half the bytes", () => {
    const data = new Float32Array(8).fill(1.25).subarray(2, 6);
    writeSafetensors(path, new Map([["x", { shape: [2, 2], data }]]), { dtype: "BF16" });
    const file = openSafetensors(path);
    expect(file.tensors.get("x")).toMatchObject({ dtype: "BF16", shape: [2, 2] });
    expect([...readTensor(file, "x")]).toEqual([1.25, 1.25, 1.25, 1.25]);
  });

  test("writes F16, and more numbers than are narrowed at once", () => {
    const data = Float32Array.from({ length: 2 ** 21 + 3 }, (_, i) => i % 2048);
    writeSafetensors(path, new Map([["x", { shape: [data.length], data }]]), { dtype: "F16" });
    const file = openSafetensors(path);
    expect(file.tensors.get("x")?.dtype).toBe("F16");
    expect(Buffer.compare(Buffer.from(readTensor(file, "x").buffer), Buffer.from(data.buffer))).toBe(0);
  });

  test("gives a tensor of more bytes than an array of Node holds in parts", () => {
    // Its pages are never touched.
    const data = new Float32Array(2 ** 30 + 1);
    const parts = [...storedParts("x", { shape: [data.length], data }, "F32")];
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(4 * data.length);
    expect(parts.every(({ buffer }) => buffer === data.buffer)).toBe(true);
  });

  test("asks for each tensor once, in its turn, and holds none", () => {
    const asked: string[] = [];
    const lazy = (name: string, value: number) => ({
      shape: [1],
      get data() {
        asked.push(name);
        return Float32Array.of(value);
      },
    });
    writeSafetensors(
      path,
      new Map([
        ["a", lazy("a", 1)],
        ["b", lazy("b", 2)],
      ]),
    );
    expect(asked).toEqual(["a", "b"]);
    expect([...readTensor(openSafetensors(path), "b")]).toEqual([2]);
  });

  test("refuses data that does not fill its shape", () => {
    const tensors = new Map([["x", { shape: [2, 3], data: new Float32Array(5) }]]);
    expect(() => writeSafetensors(path, tensors)).toThrow(ShapeError);
    expect(() => writeSafetensors(path, tensors)).toThrow("tensor x: shape [2, 3] needs 6 numbers, got 5");
  });
});

describe("openSafetensors refuses", () => {
  const one = JSON.stringify({ x: tensor(0, 8) });

  test("a file that is not there", () => {
    expect(() => openSafetensors(join(folder, "none"))).toThrow(ModelError);
    expect(() => openSafetensors(join(folder, "none"))).toThrow("cannot be opened");
  });

  test.each([folder, "/dev/zero"])("what is no file: %s", (place) => {
    expect(() => openSafetensors(place)).toThrow("cannot be opened: not a file");
  });

  test("a header of 100 MB, without reading it", () => {
    const huge = broken("{}", 0, 100_000_000);
    truncateSync(huge, 100_000_008);
    expect(() => openSafetensors(huge)).toThrow("header of 100000000 bytes, expected at most 16777216");
  });

  test("a file of less than a length field", () => {
    writeFileSync(path, "1234");
    expect(() => openSafetensors(path)).toThrow("truncated: 4 bytes");
  });

  test("a whole file cut at any byte", () => {
    writeSafetensors(path, new Map([["x", { shape: [2], data: Float32Array.of(1, 2) }]]));
    const whole = readFileSync(path);
    const cut = join(folder, "cut.safetensors");
    for (let size = 0; size < whole.length; size++) {
      writeFileSync(cut, whole.subarray(0, size));
      expect(() => openSafetensors(cut), `${size} bytes`).toThrow(/truncated/);
    }
  });

  test.each<[why: string, header: string, dataBytes: number, length: number | undefined, message: RegExp]>([
    ["a header beyond the limit", one, 8, 100_000_000, /header of 100000000 bytes/],
    ["a length of all bits", one, 8, 2 ** 53, /header of 9007199254740992 bytes/],
    ["a header beyond the end", one, 8, 5000, /truncated: header ends at byte 5008/],
    ["a header that is not JSON", "{nonsense", 8, undefined, /header is not valid JSON/],
    ["a header that is no object", "[1, 2]", 8, undefined, /header: expected a JSON object/],
    ["a tensor that is no object", '{"x": 3}', 0, undefined, /tensor x: expected a JSON object/],
    [
      "a name given twice",
      `${one.slice(0, -1)},${one.slice(1)}`,
      8,
      undefined,
      /tensor x is in the header twice/,
    ],
    [
      "a name given twice, once with an escape",
      `${one.slice(0, -1)},${one.slice(1).replace("x", "\\u0078")}`,
      8,
      undefined,
      /tensor x is in the header twice/,
    ],
    [
      "a dtype that is a property of every object",
      JSON.stringify({ x: tensor(0, 8, [2], "constructor") }),
      8,
      undefined,
      /dtype: expected one of/,
    ],
    [
      "metadata that is no text",
      JSON.stringify({ __metadata__: { format: 3 }, x: tensor(0, 8) }),
      8,
      undefined,
      /__metadata__: format: expected a string, got 3/,
    ],
    [
      "arrays nested millions deep",
      `{"x": ${"[".repeat(8e6)}${"]".repeat(8e6)}}`,
      0,
      undefined,
      /header is not valid JSON: nested deeper than 8 levels/,
    ],
    [
      "a name of megabytes",
      `{"${"y".repeat(8e6)}": 3}`,
      0,
      undefined,
      /tensor y{197}\.\.\.: expected a JSON object/,
    ],
    [
      "an unknown dtype",
      JSON.stringify({ x: tensor(0, 8, [2], "F31") }),
      8,
      undefined,
      /dtype: expected one of/,
    ],
    ["a negative size", JSON.stringify({ x: tensor(0, 8, [-2]) }), 8, undefined, /shape: expected sizes/],
    [
      "offsets the wrong way round",
      JSON.stringify({ x: tensor(8, 0) }),
      8,
      undefined,
      /data_offsets: expected/,
    ],
    [
      "a range that does not fit the shape",
      JSON.stringify({ x: tensor(0, 4) }),
      4,
      undefined,
      /expected 8 bytes/,
    ],
    ["a range beyond the end", one, 7, undefined, /truncated file/],
    ["bytes after the last tensor", one, 9, undefined, /1 unused bytes after/],
    [
      "a gap",
      JSON.stringify({ x: tensor(0, 8), y: tensor(12, 20) }),
      20,
      undefined,
      /4 unused bytes before tensor y/,
    ],
    ["an overlap", JSON.stringify({ x: tensor(0, 8), y: tensor(4, 12) }), 12, undefined, /tensor y overlaps/],
  ])("%s", (_, header, dataBytes, length, message) => {
    const file = broken(header, dataBytes, length);
    expect(() => openSafetensors(file)).toThrow(ModelError);
    expect(() => openSafetensors(file)).toThrow(message);
  });
});
