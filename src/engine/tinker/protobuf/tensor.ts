/**
 * @module
 * A tensor of one datum: bytes, element type, shape.
 */
import { create } from "@bufbuild/protobuf";
import type { WireTensor } from "../wire.ts";
import { packed, unpacked } from "./numbers.ts";
import { DType, type Tensor, TensorSchema } from "./tinker_pb.ts";
import { WireFault } from "./wire-fault.ts";

/** The type of real numbers in messages: float32 by the protocol, float64 where the peer speaks the extension. */
export type RealType = typeof DType.DTYPE_FLOAT32 | typeof DType.DTYPE_FOVEA_FLOAT64;

/** A tensor of the JSON form as a message. */
export function tensorMessage(
  { data, dtype, shape, sparse_crow_indices }: WireTensor,
  real: RealType,
  field: string,
): Tensor {
  if (sparse_crow_indices != null) throw new WireFault(field, "expected a dense tensor, got a sparse one");
  const type = dtype === "int64" ? DType.DTYPE_INT64 : real;
  return create(TensorSchema, {
    encoding: { case: "dense", value: packed(data, type, field) },
    dtype: type,
    shape: (shape ?? [data.length]).map(BigInt),
  });
}

/** The name of an element type in the JSON form: integers are int64, all else float32. */
export function jsonType(dtype: DType): "int64" | "float32" {
  return dtype === DType.DTYPE_INT64 || dtype === DType.DTYPE_INT32 ? "int64" : "float32";
}

/**
 * The product of a shape.
 *
 * @throws WireFault when a dimension is negative, or the product too large to count
 */
export function elements(shape: readonly bigint[], field: string): number {
  const product = shape.reduce((all, dimension) => all * Number(dimension), 1);
  if (shape.some((dimension) => dimension < 0n) || !Number.isSafeInteger(product)) {
    throw new WireFault(`${field}.shape`, `expected dimensions of at least 0, got [${shape.join(", ")}]`);
  }
  return product;
}

/**
 * A message as a tensor.
 *
 * @throws WireFault when it is sparse or empty, its element type is unknown, or shape and bytes disagree
 */
export function tensorOf({ encoding, dtype, shape }: Tensor, field: string): WireTensor {
  if (encoding.case !== "dense") {
    throw new WireFault(
      field,
      `expected dense bytes, got ${encoding.case === undefined ? "none" : "a sparse tensor"}`,
    );
  }
  const data = unpacked(encoding.value, dtype, field);
  if (shape.length > 0 && elements(shape, field) !== data.length) {
    throw new WireFault(
      `${field}.shape`,
      `expected a shape of ${data.length} numbers, as there are in data, got [${shape.join(", ")}]`,
    );
  }
  return { data, dtype: jsonType(dtype), shape: shape.length > 0 ? shape.map(Number) : [data.length] };
}
