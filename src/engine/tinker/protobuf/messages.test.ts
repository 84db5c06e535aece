import { readFileSync } from "node:fs";
import { create, ScalarType, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WireForwardAnswer, WireSampleAnswer } from "../wire.ts";
import {
  DType,
  forwardAnswerBytes,
  forwardRequestBytes,
  readForwardAnswer,
  readForwardRequest,
  readSampleAnswer,
  sampleAnswerBytes,
  WireFault,
} from "./index.ts";
import { DTypeSchema, ForwardBackwardOutputSchema, file_tinker, StopReasonSchema } from "./tinker_pb.ts";

const fixture = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../../fixtures/tinker/${name}.json`, import.meta.url), "utf8"),
  ) as unknown;
interface SdkField {
  readonly number: number;
  readonly type: string;
  readonly repeated: boolean;
  readonly of: string;
}
const sdk = fixture("descriptor") as {
  readonly tinker: string;
  readonly package: string;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly messages: Readonly<Record<string, Readonly<Record<string, SdkField>>>>;
};
const recorded = fixture("messages") as Readonly<Record<"request" | "output" | "sample", string>>;
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const { DTYPE_FLOAT32: FLOAT32, DTYPE_FOVEA_FLOAT64: FLOAT64 } = DType;
/** Numbers from here on are this project's own. */
const OWN = 1000;

const numbers = (tensor: { readonly data: ArrayLike<number | null> } | undefined) =>
  Array.from(tensor?.data ?? []);

describe("the schema", () => {
  test("has the names, numbers and types of the SDK that it names", () => {
    expect(sdk.tinker).toBe("0.38.0");
    expect(file_tinker.proto.package).toBe(sdk.package);
    const messages = file_tinker.messages.filter(({ name }) => name !== "EarlierImageChunk");
    expect(messages.length).toBeGreaterThan(12);
    for (const { name, fields } of messages) {
      for (const field of fields.filter(({ number }) => number < OWN)) {
        const theirs = sdk.messages[name]?.[field.name];
        const isMap = field.fieldKind === "map";
        const scalar = field.fieldKind === "scalar" || field.fieldKind === "list" ? field.scalar : undefined;
        expect(theirs, `${name}.${field.name}`).toMatchObject({
          number: field.number,
          repeated: isMap || field.fieldKind === "list",
          ...(scalar !== undefined && { type: ScalarType[scalar].toLowerCase() }),
          ...(field.fieldKind === "enum" && { type: "enum", of: field.enum.name }),
          ...(field.fieldKind === "message" && { type: "message", of: field.message.name }),
        });
      }
    }
    for (const { name, values } of [DTypeSchema, StopReasonSchema]) {
      const own = values.filter(({ number }) => number < OWN);
      expect(Object.fromEntries(own.map((value) => [value.name, value.number]))).toEqual(sdk.enums[name]);
    }
  });
});

describe("what the SDK writes", () => {
  test("is read: a request", () => {
    const { call, model_id, seq_id, whole } = readForwardRequest(bytesOf(recorded.request));
    expect({ call, model_id, seq_id }).toEqual({ call: "forward", model_id: "model", seq_id: 7 });
    expect(whole()).toEqual({
      model_id: "model",
      seq_id: 7,
      forward_input: {
        loss_fn: "cispo",
        loss_fn_config: { clip_low_threshold: 0.5 },
        data: [
          {
            model_input: {
              chunks: [
                { type: "encoded_text", tokens: [5, 70_000] },
                { type: "image", data: bytesOf("89504e47"), format: "png", expected_tokens: 4 },
                { type: "encoded_text", tokens: [1] },
              ],
            },
            loss_fn_inputs: {
              target_tokens: { data: Float64Array.of(3, 2 ** 40), dtype: "int64", shape: [2] },
              weights: { data: Float64Array.of(0.5, -1.25), dtype: "float32", shape: [2] },
            },
          },
        ],
      },
    });
  });

  test("is read: results, with integers of 32 bits and bfloat16", () => {
    const { loss_fn_outputs, metrics } = readForwardAnswer(bytesOf(recorded.output));
    expect(metrics).toEqual({ "loss:sum": 2.25 });
    expect(loss_fn_outputs.map(({ logprobs, ids, half }) => [logprobs, ids, half].map(numbers))).toEqual([
      [[-0.5, -1.5], [1], [1]],
      [[-0.25], [2, 3], [-2.5]],
    ]);
    const sample = readSampleAnswer(bytesOf(recorded.sample));
    expect(sample.sequences).toEqual([
      {
        stop_reason: "length",
        tokens: Float64Array.of(4, 70_000),
        logprobs: Float64Array.of(-0.5, -2),
      },
    ]);
    expect(sample.prompt_logprobs).toEqual(Float64Array.of(Number.NaN, -0.75));
  });

  test("equals the body written here, byte for byte", () => {
    const { whole, ...head } = readForwardRequest(bytesOf(recorded.request));
    const { forward_input: input } = whole() as { readonly forward_input: never };
    const written = forwardRequestBytes({ model_id: head.model_id, seq_id: 7, input }, "forward", FLOAT32);
    // Fields of 32 bits are written in ascending order by both; maps in the order of their keys.
    expect(Buffer.from(written).toString("hex")).toBe(recorded.request);
  });
});

describe("what is written here is read again", () => {
  const real = fc.double({ noNaN: true, noDefaultInfinity: true });
  const row = fc.array(real, { maxLength: 6 });

  test("results of any lengths, in double precision as they were and in single precision rounded", () => {
    const answers = fc.array(fc.record({ logprobs: row, entropy: row }), { maxLength: 5 });
    fc.assert(
      fc.property(answers, (data) => {
        const answer: WireForwardAnswer = {
          loss_fn_outputs: data.map(({ logprobs, entropy }) => ({
            logprobs: { data: logprobs },
            entropy: { data: entropy },
          })),
          metrics: { "loss:sum": 1.5 },
        };
        const exact = readForwardAnswer(forwardAnswerBytes(answer, FLOAT64));
        expect(exact.loss_fn_outputs.map(({ logprobs }) => numbers(logprobs))).toEqual(
          data.map(({ logprobs }) => logprobs),
        );
        const rounded = readForwardAnswer(forwardAnswerBytes(answer, FLOAT32));
        expect(rounded.loss_fn_outputs.map(({ entropy }) => numbers(entropy))).toEqual(
          data.map(({ entropy }) => entropy.map(Math.fround)),
        );
      }),
    );
  });

  test("samples, with entropy and signals where both ends speak the extension", () => {
    const sample: WireSampleAnswer = {
      sequences: [
        {
          stop_reason: "stop",
          tokens: [3, 0],
          logprobs: [-0.1, -0.2],
          entropy: [0.3, 0.4],
          signals: { gram: { data: [1, 2, 2, 5], shape: [2, 2] } },
        },
      ],
    };
    const [own] = readSampleAnswer(sampleAnswerBytes(sample, FLOAT64)).sequences;
    expect(own).toEqual({
      stop_reason: "stop",
      tokens: Float64Array.of(3, 0),
      logprobs: Float64Array.of(-0.1, -0.2),
      entropy: Float64Array.of(0.3, 0.4),
      signals: { gram: { data: Float64Array.of(1, 2, 2, 5), dtype: "float32", shape: [2, 2] } },
    });
    const [plain] = readSampleAnswer(sampleAnswerBytes(sample, FLOAT32)).sequences;
    expect(plain).toEqual({
      stop_reason: "stop",
      tokens: Float64Array.of(3, 0),
      logprobs: Float64Array.from([-0.1, -0.2], Math.fround),
    });
  });

  test("matrices of different sizes, flat", () => {
    const square = (side: number) => ({ data: new Array(side * side).fill(1), shape: [side, side] });
    const data = [2, 3].map((side) => ({ gram: square(side) }));
    const read = readForwardAnswer(forwardAnswerBytes({ loss_fn_outputs: data }, FLOAT32));
    expect(read.loss_fn_outputs.map(({ gram }) => gram!.data.length)).toEqual([4, 9]);
    const alike = [data[0]!, data[0]!];
    const [first] = readForwardAnswer(
      forwardAnswerBytes({ loss_fn_outputs: alike }, FLOAT32),
    ).loss_fn_outputs;
    expect(first!["gram"]!.shape).toEqual([2, 2]);
  });
});

describe("bytes that cannot be read are a fault that names the field", () => {
  const good = bytesOf(recorded.output);
  type Fields = Parameters<typeof create<typeof ForwardBackwardOutputSchema>>[1];
  const output = (fields: Fields) =>
    toBinary(ForwardBackwardOutputSchema, create(ForwardBackwardOutputSchema, fields));
  const offsets = (...values: readonly number[]) => {
    const bytes = new DataView(new ArrayBuffer(8 * values.length));
    for (const [i, value] of values.entries()) bytes.setBigInt64(8 * i, BigInt(value), true);
    return new Uint8Array(bytes.buffer);
  };
  const field = (about: object) =>
    output({
      lossFnOutputs: [{ numDatums: 1n, fields: { logprobs: { dtype: FLOAT32, ...about } } }],
    } as Fields);

  test.each([
    [
      "cut short",
      good.subarray(0, good.length - 3),
      /^body: expected a ForwardBackwardOutput in \d+ bytes: /,
    ],
    ["no message", bytesOf("ffffffff"), /^body: expected a ForwardBackwardOutput in 4 bytes: /],
    [
      "another element type",
      field({ dtype: 9, data: new Uint8Array(4), offsets: offsets(0, 4) }),
      /fields\.logprobs\.dtype: expected one of .*1000 \(float64\), got 9$/,
    ],
    [
      "part of a number",
      field({ data: new Uint8Array(6), offsets: offsets(0, 6) }),
      /fields\.logprobs\.offsets\[1\]: expected whole elements of 4 bytes/,
    ],
    [
      "offsets beyond the data",
      field({ data: new Uint8Array(4), offsets: offsets(0, 8) }),
      /fields\.logprobs\.offsets: expected them to run from 0 to the 4 bytes of data, got 0 to 8$/,
    ],
    [
      "offsets that go back",
      field({ data: new Uint8Array(4), offsets: offsets(0, 8, 4) }),
      /fields\.logprobs\.offsets(\[2\])?: expected /,
    ],
    [
      "another number of data",
      field({ data: new Uint8Array(8), offsets: offsets(0, 4, 8) }),
      /fields\.logprobs\.offsets: expected 1 data, got 2$/,
    ],
    [
      "a shape that does not fit",
      field({ data: new Uint8Array(4), offsets: offsets(0, 4), trailingShape: [3n] }),
      /fields\.logprobs\.trailing_shape: expected rows of 3 numbers, got 1 numbers of datum 0$/,
    ],
    [
      "a negative shape",
      field({ data: new Uint8Array(4), offsets: offsets(0, 4), trailingShape: [-1n] }),
      /fields\.logprobs\.shape: expected dimensions of at least 0, got \[-1\]$/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readForwardAnswer(bytes)).toThrow(WireFault);
    expect(() => readForwardAnswer(bytes)).toThrow(message);
  });

  test("a stop reason of another SDK", () => {
    const sample = bytesOf(recorded.sample);
    // Field 1 of a sequence is 0x08, its value LENGTH.
    const at = Buffer.from(sample).indexOf(Buffer.from([0x08, 0x01]));
    const other = Uint8Array.from(sample);
    other[at + 1] = 7;
    expect(() => readSampleAnswer(other)).toThrow(
      /^sequences\[0\]\.stop_reason: expected 0 \(stop\) or 1 \(length\), got 7$/,
    );
  });

  test("any flipped byte is read as something or is a fault, and nothing else", () => {
    const all = [
      [recorded.output, readForwardAnswer],
      [recorded.sample, readSampleAnswer],
      [recorded.request, (bytes: Uint8Array) => readForwardRequest(bytes).whole()],
    ] as const;
    let faults = 0;
    for (const [hex, read] of all) {
      const bytes = bytesOf(hex);
      for (let i = 0; i < bytes.length; i++) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const changed = Uint8Array.from(bytes);
          changed[i]! ^= mask;
          try {
            read(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(WireFault);
            faults += 1;
          }
        }
      }
    }
    expect(faults).toBeGreaterThan(100);
  });
});
