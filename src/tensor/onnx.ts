/**
 * @module
 * Writes a graph as an ONNX model (IR 10, opset 23 and `com.microsoft` 1): a protobuf written by hand, since only
 * a dozen fields of it are needed. Field numbers are those of onnx.proto3.
 */
import type { Attribute, Constant, DataType, Node, Tensor } from "./graph.ts";
import { ProtobufWriter } from "./protobuf.ts";

const ELEMENT_TYPES: Readonly<Record<DataType, number>> = { float32: 1, int64: 7, bool: 9 };
const ATTRIBUTE_TYPES = { float: 1, integer: 2, string: 3, integers: 7 } as const;

/** What goes into a model file. */
export interface OnnxGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
}

/** The bytes of a `ModelProto`. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const model = new ProtobufWriter();
  model.integer(1, 10);
  model.message(7, (writer) => encodeGraph(writer, graph));
  encodeOpset(model, "", 23);
  encodeOpset(model, "com.microsoft", 1);
  return model.finish();
}

function encodeOpset(model: ProtobufWriter, domain: string, version: number): void {
  model.message(8, (writer) => {
    writer.string(1, domain);
    writer.integer(2, version);
  });
}

function encodeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) {
    writer.message(1, (inner) => encodeNode(inner, node));
  }
  writer.string(2, "fovea");
  for (const constant of graph.constants) {
    writer.message(5, (inner) => encodeConstant(inner, constant));
  }
  for (const input of graph.inputs) {
    writer.message(11, (inner) => encodeValue(inner, input));
  }
  for (const output of graph.outputs) {
    writer.message(12, (inner) => encodeValue(inner, output));
  }
}

function encodeNode(writer: ProtobufWriter, node: Node): void {
  for (const input of node.inputs) {
    writer.string(1, input);
  }
  for (const output of node.outputs) {
    writer.string(2, output);
  }
  writer.string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => encodeAttribute(inner, name, value));
  }
  writer.string(7, node.domain);
}

function encodeAttribute(writer: ProtobufWriter, name: string, value: Attribute): void {
  writer.string(1, name);
  if (typeof value === "number") {
    writer.float(2, value);
    writer.integer(20, ATTRIBUTE_TYPES.float);
  } else if (typeof value === "bigint") {
    writer.integer(3, value);
    writer.integer(20, ATTRIBUTE_TYPES.integer);
  } else if (typeof value === "string") {
    writer.string(4, value);
    writer.integer(20, ATTRIBUTE_TYPES.string);
  } else {
    for (const item of value) {
      writer.integer(8, item);
    }
    writer.integer(20, ATTRIBUTE_TYPES.integers);
  }
}

function encodeConstant(writer: ProtobufWriter, { tensor, data }: Constant): void {
  for (const size of tensor.shape) {
    writer.integer(1, size);
  }
  writer.integer(2, ELEMENT_TYPES[tensor.type]);
  writer.string(8, tensor.name);
  writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValue(writer: ProtobufWriter, tensor: Tensor): void {
  writer.string(1, tensor.name);
  writer.message(2, (type) =>
    type.message(1, (tensorType) => {
      tensorType.integer(1, ELEMENT_TYPES[tensor.type]);
      tensorType.message(2, (shape) => {
        for (const size of tensor.shape) {
          shape.message(1, (dimension) => dimension.integer(1, size));
        }
      });
    }),
  );
}
