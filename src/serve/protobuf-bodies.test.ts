import { afterEach, describe, expect, test } from "vitest";
import { protobuf, type wire } from "../engine/index.ts";
import { call, rawModel, result } from "../testing/tinker-calls.ts";
import { TinkerWorld } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const { DTYPE_FLOAT32: FLOAT32 } = protobuf.DType;
/** zstd frames of Python's zstandard 0.25.0: 300,000,000 zeros would be 9 KiB; these are 2 MiB of them, and a short text. */
const BOMB = Buffer.from(
  "KLUv/aAAACAAVAAAEAAAAQD7/znAAgIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAwAQAA==",
  "base64",
);

const input = (weights: readonly number[] = [1, 1]): wire.WireForwardInput => ({
  loss_fn: "cross_entropy",
  data: [
    {
      model_input: { chunks: [{ type: "encoded_text", tokens: [3, 4] }] },
      loss_fn_inputs: {
        target_tokens: { data: [4, 5], dtype: "int64" },
        weights: { data: weights, dtype: "float32" },
      },
    },
  ],
});

const bodyOf = (
  model: string,
  sequence: number,
  of = input(),
  kind: "forward" | "forward_backward" = "forward",
) => protobuf.forwardRequestBytes({ model_id: model, seq_id: sequence, input: of }, kind, FLOAT32);

/** Replaces bytes that occur once. */
function altered(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Buffer.from(from));
  expect(at).toBeGreaterThanOrEqual(0);
  const changed = Uint8Array.from(bytes);
  changed.set(to, at);
  return changed;
}

async function send(url: string, body: Uint8Array, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}/api/v1/forward_backward`, {
    method: "POST",
    headers: { "content-type": protobuf.PROTOBUF, ...headers },
    body: body as Uint8Array<ArrayBuffer>,
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

describe("a message", () => {
  test("is answered as a message where that is asked for, and as JSON where it is not", async () => {
    const { url } = await world.server();
    const { model } = await rawModel(url);
    const sent = await send(url, bodyOf(model, 1));
    expect(sent.status).toBe(200);
    const json = (await result(url, sent)) as unknown as wire.WireForwardAnswer;
    const response = await fetch(`${url}/api/v1/retrieve_future`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: protobuf.PROTOBUF },
      body: JSON.stringify({ request_id: sent.json["request_id"] }),
    });
    expect(response.headers.get("content-type")).toBe(protobuf.PROTOBUF);
    const message = protobuf.readForwardAnswer(new Uint8Array(await response.arrayBuffer()));
    const [own] = message.loss_fn_outputs;
    const expected = Array.from(json.loss_fn_outputs[0]!["logprobs"]!.data, (value) => Math.fround(value!));
    expect(Array.from(own!["logprobs"]!.data)).toEqual(expected);
    expect(message.metrics).toEqual(json.metrics);
  });

  test("is one request however it is compressed, and however often it comes", async () => {
    const { url } = await world.server();
    const { model } = await rawModel(url);
    const body = bodyOf(model, 1, input(), "forward_backward");
    const first = await send(url, body);
    // A frame of one raw block: magic, single segment with a size of 4 bytes, block header, bytes.
    const frame = Buffer.alloc(12 + body.length);
    frame.writeUInt32LE(0xfd2fb528, 0);
    frame.writeUInt8(0xa0, 4);
    frame.writeUInt32LE(body.length, 5);
    frame.writeUIntLE((body.length << 3) | 1, 9, 3);
    frame.set(body, 12);
    const again = await send(url, frame, { "content-encoding": "zstd" });
    expect(again.json).toEqual(first.json);
    await result(url, first);
    const other = await send(url, bodyOf(model, 1, input([2, 2]), "forward_backward"));
    expect(other).toMatchObject({ status: 400, json: { code: "sequence-conflict" } });
  });
});

describe("a message that cannot be read", () => {
  const good = bodyOf("model", 1);

  test.each([
    [
      "cut short",
      good.subarray(0, -5),
      {},
      400,
      "malformed-body",
      /^forward_backward: body: expected a ForwardBackwardRequest in \d+ bytes: /,
    ],
    [
      "JSON",
      Buffer.from("{}"),
      {},
      400,
      "malformed-body",
      /^forward_backward: body: expected a ForwardBackwardRequest/,
    ],
    [
      "compressed in an unknown way",
      good,
      { "content-encoding": "br" },
      415,
      "unsupported-media-type",
      /^content-encoding: expected zstd or none, got "br"$/,
    ],
    [
      "not compressed as it says",
      good,
      { "content-encoding": "zstd" },
      400,
      "malformed-body",
      /^body: expected one frame of zstd, as content-encoding says: another magic number$/,
    ],
    [
      "compressed and cut short",
      BOMB.subarray(0, 40),
      { "content-encoding": "zstd" },
      400,
      "malformed-body",
      /^body: expected one frame of zstd, as content-encoding says: cut short$/,
    ],
    [
      "larger than allowed once it is unpacked",
      BOMB,
      { "content-encoding": "zstd" },
      413,
      "too-large",
      /^body: expected at most 1000000 bytes$/,
    ],
    [
      "a frame whose window is larger than any body",
      Buffer.from("KLUv/QD4AQAAAQAA", "base64"),
      { "content-encoding": "zstd" },
      413,
      "too-large",
      /^body: expected at most/,
    ],
    [
      "of another type",
      good,
      { "content-type": "text/plain" },
      415,
      "unsupported-media-type",
      /^content-type: expected application\/x-protobuf or application\/json, got "text\/plain"$/,
    ],
  ])("is refused: %s", async (_, body, headers, status, code, error) => {
    const { url } = await world.server({ maxBodyBytes: 1_000_000 });
    const answer = await send(url, body, headers as Readonly<Record<string, string>>);
    expect(answer).toMatchObject({ status, json: { code, call: "forward_backward" } });
    expect(answer.json["error"]).toMatch(error);
  });

  // DType is field 3 of a tensor (0x18), its shape field 4 (0x22).
  test.each([
    [
      "an element type of another SDK",
      [0x18, 0x01],
      [0x18, 0x63],
      /^forward_backward: data\[0\]\.loss_fn_inputs\.weights\.dtype: expected one of .*, got 99$/,
    ],
    [
      "a shape that disagrees with its data",
      [0x18, 0x01, 0x22, 0x01, 0x02],
      [0x18, 0x01, 0x22, 0x01, 0x07],
      /^forward_backward: data\[0\]\.loss_fn_inputs\.weights\.shape: expected a shape of 2 numbers, as there are in data, got \[7\]$/,
    ],
    [
      "a chunk of a kind that is not known",
      [0x0a, 0x0c, 0x0a, 0x0a, 0x0a, 0x08],
      [0x0a, 0x0c, 0x7a, 0x0a, 0x0a, 0x08],
      /^forward_backward: data\[0\]\.model_input\[0\]: expected encoded_text or image/,
    ],
    [
      "a loss that is not known",
      [...Buffer.from("cross_entropy")],
      [...Buffer.from("cross_enTropy")],
      /^forward_backward: forward_backward_input\.loss_fn: /,
    ],
  ])("fails with its field, takes its number and changes nothing: %s", async (_, from, to, error) => {
    const { url } = await world.server();
    const { model } = await rawModel(url);
    const logprobs = async (sequence: number) => {
      const answer = await result(url, await send(url, bodyOf(model, sequence)));
      return (answer as unknown as wire.WireForwardAnswer).loss_fn_outputs;
    };
    const before = await logprobs(1);
    const bad = await send(url, altered(bodyOf(model, 2, input(), "forward_backward"), from, to));
    expect(bad.status).toBe(200);
    const failure = await result(url, bad);
    expect(failure).toMatchObject({ category: "user", call: "forward_backward" });
    expect(failure["error"]).toMatch(error);
    const adam_params = { learning_rate: 1 };
    const step = await call(url, "optim_step", { model_id: model, seq_id: 3, adam_params });
    expect(await result(url, step)).toMatchObject({ metrics: { grad_norm: 0 } });
    expect(await logprobs(4)).toEqual(before);
  });
});
