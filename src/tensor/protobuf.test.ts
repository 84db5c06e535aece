import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProtobufWriter } from "./protobuf.ts";

function bytesOf(write: (writer: ProtobufWriter) => void): number[] {
  const writer = new ProtobufWriter();
  write(writer);
  return [...writer.finish()];
}

/** Reads one varint, as the protobuf encoding guide describes it. */
function readVarint(bytes: readonly number[]): bigint {
  return bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
}

describe("integers", () => {
  test.each<[number | bigint, number[]]>([
    [0, [0x00]],
    [1, [0x01]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [150, [0x96, 0x01]],
    [300, [0xac, 0x02]],
    [2n ** 63n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    [-1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    [-2n, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])("%s is %j after its tag", (value, bytes) => {
    expect(bytesOf((writer) => writer.integer(1, value))).toEqual([0x08, ...bytes]);
  });

  test("any 64-bit value reads back, negative values as two's complement", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const [, ...rest] = bytesOf((writer) => writer.integer(1, value));
        expect(BigInt.asIntN(64, readVarint(rest))).toBe(value);
        expect(rest.every((byte, i) => byte >= 0x80 === i < rest.length - 1)).toBe(true);
      }),
    );
  });
});

describe("fields", () => {
  test("a tag is the field number and the wire type, in two bytes from field 16 on", () => {
    expect(bytesOf((writer) => writer.integer(15, 1))).toEqual([0x78, 0x01]);
    expect(bytesOf((writer) => writer.integer(20, 1))).toEqual([0xa0, 0x01, 0x01]);
  });

  test("a float is four bytes, least significant first", () => {
    expect(bytesOf((writer) => writer.float(2, 1))).toEqual([0x15, 0x00, 0x00, 0x80, 0x3f]);
  });

  test("a string is its length in UTF-8 bytes, then the bytes", () => {
    expect(bytesOf((writer) => writer.string(2, "testing"))).toEqual([
      0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ]);
    expect(bytesOf((writer) => writer.string(1, "é"))).toEqual([0x0a, 0x02, 0xc3, 0xa9]);
    expect(bytesOf((writer) => writer.string(1, ""))).toEqual([0x0a, 0x00]);
  });

  test("a message is written with its length, and fields keep their order", () => {
    const write = (writer: ProtobufWriter) => {
      writer.message(3, (inner) => inner.integer(1, 150));
      writer.bytes(4, Uint8Array.of(1, 2));
    };
    expect(bytesOf(write)).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01, 0x22, 0x02, 0x01, 0x02]);
  });

  test("lengths of 128 bytes and more take two bytes", () => {
    const bytes = bytesOf((writer) => writer.bytes(1, new Uint8Array(200)));
    expect(bytes.slice(0, 3)).toEqual([0x0a, 0xc8, 0x01]);
    expect(bytes).toHaveLength(203);
  });
});
