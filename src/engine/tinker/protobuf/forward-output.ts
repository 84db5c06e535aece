/**
 * @module
 * Answers to `forward` and `forward_backward` as the message `ForwardBackwardOutput`, to and from the form that JSON answers
 * have. A field of all data is one run of bytes, with offsets where each datum begins; data may differ in length along the
 * first dimension only.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import type { WireForwardAnswer, WireTensor, WireTensors } from "../wire.ts";
import { messageOf } from "./message.ts";
import { elementBytes, packed, unpacked } from "./numbers.ts";
import { elements, jsonType, type RealType } from "./tensor.ts";
import {
  type ArrayRecord,
  ArrayRecordSchema,
  type BatchedTensor,
  BatchedTensorSchema,
  DType,
  ForwardBackwardOutputSchema,
} from "./tinker_pb.ts";
import { WireFault } from "./wire-fault.ts";

/** An answer as bytes. */
export function forwardAnswerBytes(
  { loss_fn_outputs: data, metrics }: WireForwardAnswer,
  real: RealType,
): Uint8Array {
  const message = create(ForwardBackwardOutputSchema, {
    lossFnOutputType: "TensorData",
    metrics: Object.fromEntries(
      Object.entries(metrics ?? {}).map(([name, value]) => [name, value ?? Number.NaN]),
    ),
    lossFnOutputs: data.length === 0 ? [] : [record(data, real)],
  });
  return toBinary(ForwardBackwardOutputSchema, message);
}

function record(data: readonly WireTensors[], real: RealType): ArrayRecord {
  const names = new Set(data.flatMap((tensors) => Object.keys(tensors)));
  const fields = [...names].map(
    (name) =>
      [
        name,
        batched(
          data.map((tensors) => tensors[name]),
          real,
          name,
        ),
      ] as const,
  );
  return create(ArrayRecordSchema, {
    typeTag: "TensorData",
    numDatums: BigInt(data.length),
    fields: Object.fromEntries(fields),
  });
}

/** WireTensors of one name, a missing one as nothing. */
function batched(tensors: readonly (WireTensor | undefined)[], real: RealType, name: string): BatchedTensor {
  const known = tensors.filter((tensor) => tensor !== undefined);
  const dtype = known.every((tensor) => tensor.dtype === "int64") ? DType.DTYPE_INT64 : real;
  const trailing = (known[0]?.shape ?? []).slice(1);
  // Matrices whose sides differ have no common trailing shape: their numbers travel in one row each.
  const isCommon = known.every(({ shape }) => String((shape ?? []).slice(1)) === String(trailing));
  const parts = tensors.map((tensor) => packed(tensor?.data ?? [], dtype, name));
  const offsets = [0];
  for (const part of parts) offsets.push(offsets.at(-1)! + part.byteLength);
  return create(BatchedTensorSchema, {
    data: Buffer.concat(parts),
    offsets: packed(offsets, DType.DTYPE_INT64, `${name}.offsets`),
    dtype,
    trailingShape: isCommon ? trailing.map(BigInt) : [],
  });
}

/**
 * Reads an answer.
 *
 * @throws WireFault when it is no such message, or a field's bytes, offsets, shape and number of data disagree
 */
export function readForwardAnswer(bytes: Uint8Array): WireForwardAnswer {
  const { lossFnOutputs, metrics } = messageOf(ForwardBackwardOutputSchema, bytes);
  const loss_fn_outputs = lossFnOutputs.flatMap(({ fields, numDatums }, r) => {
    const where = `loss_fn_outputs[${r}]`;
    const columns = Object.entries(fields).map(
      ([name, field]) => [name, column(field, `${where}.fields.${name}`)] as const,
    );
    const count = Number(numDatums) || (columns[0]?.[1].length ?? 0);
    for (const [name, { length }] of columns) {
      if (length === count) continue;
      throw new WireFault(`${where}.fields.${name}.offsets`, `expected ${count} data, got ${length}`);
    }
    return Array.from({ length: count }, (_, d) =>
      Object.fromEntries(columns.map(([name, tensors]) => [name, tensors[d]!] as const)),
    );
  });
  return { loss_fn_outputs, metrics: { ...metrics } };
}

/** The tensors of a field, one a datum. */
function column({ data, offsets, dtype, trailingShape }: BatchedTensor, field: string): WireTensor[] {
  const size = elementBytes(dtype, field);
  const bounds = unpacked(offsets, DType.DTYPE_INT64, `${field}.offsets`);
  const row = elements(trailingShape, field);
  if ((bounds.at(-1) ?? 0) !== data.byteLength || (bounds[0] ?? 0) !== 0) {
    throw new WireFault(
      `${field}.offsets`,
      `expected them to run from 0 to the ${data.byteLength} bytes of data, got ${bounds[0]} to ${bounds.at(-1)}`,
    );
  }
  const tensors: WireTensor[] = [];
  for (let d = 0; d + 1 < bounds.length; d++) {
    const [start, end] = [bounds[d]!, bounds[d + 1]!];
    const count = (end - start) / size;
    if (count < 0 || !Number.isInteger(count) || !Number.isInteger(start / size)) {
      throw new WireFault(
        `${field}.offsets[${d + 1}]`,
        `expected whole elements of ${size} bytes from ${start} on, got ${end}`,
      );
    }
    if (row === 0 ? count > 0 : count % row !== 0) {
      throw new WireFault(
        `${field}.trailing_shape`,
        `expected rows of ${row} numbers, got ${count} numbers of datum ${d}`,
      );
    }
    const shape = [row === 0 ? 0 : count / row, ...trailingShape.map(Number)];
    tensors.push({
      data: unpacked(data.subarray(start, end), dtype, `${field}[${d}]`),
      dtype: jsonType(dtype),
      shape,
    });
  }
  return tensors;
}
