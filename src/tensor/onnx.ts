/**
 * @module
 * Writes a graph as an ONNX model: a protobuf written by hand, since only a dozen fields of it are needed.
 * Field numbers follow onnx.proto3.
 */
import type { Attribute, DataType, Node } from "./graph.ts";
import { ProtobufWriter } from "./protobuf.ts";
import type { Shape } from "./shape.ts";

const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};
const ATTRIBUTE_TYPES = { float: 1, integer: 2, string: 3, integers: 7 } as const;
/** `TensorProto.DataLocation.EXTERNAL` */
const EXTERNAL = 1;

export type ElementType = DataType | "int32" | "float16";

/** A size, or the name of one that is known at run time only. */
export type Dimension = number | string;

/** An input or output. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** Numbers in a file beside the model's. */
export interface ExternalData {
  /** File name, relative to the model's directory. */
  readonly location: string;
  /** Bytes. */
  readonly offset: number;
  readonly length: number;
}

/** A constant with its numbers, row-major and least significant byte first, or where they are. */
export interface Initializer {
  readonly tensor: { readonly name: string; readonly type: ElementType; readonly shape: Shape };
  readonly data: ArrayBufferView | ExternalData;
}

/** The content of a model file. */
export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly Initializer[];
  readonly nodes: readonly Node[];
}

/** The versions that a runtime needs to read the model. */
export interface OnnxVersion {
  readonly ir: number;
  /** Version of each operator set, by domain. */
  readonly opsets: Readonly<Record<string, number>>;
}

/** The versions of Fovea's own programs. */
const OWN_VERSION: OnnxVersion = { ir: 10, opsets: { "": 23, "com.microsoft": 1 } };

/** The bytes of a `ModelProto`. */
export function encodeModel(graph: OnnxGraph, version: OnnxVersion = OWN_VERSION): Uint8Array {
  return writeModel(graph, version).finish();
}

/** The same in pieces, the numbers of constants among them uncopied. */
export function encodeModelParts(graph: OnnxGraph, version: OnnxVersion): readonly Uint8Array[] {
  return writeModel(graph, version).parts();
}

function writeModel(graph: OnnxGraph, { ir, opsets }: OnnxVersion): ProtobufWriter {
  const model = new ProtobufWriter();
  model.integer(1, ir);
  model.message(7, (writer) => encodeGraph(writer, graph));
  for (const [domain, opset] of Object.entries(opsets)) encodeOpset(model, domain, opset);
  return model;
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

function encodeConstant(writer: ProtobufWriter, { tensor, data }: Initializer): void {
  for (const size of tensor.shape) {
    writer.integer(1, size);
  }
  writer.integer(2, ELEMENT_TYPES[tensor.type]);
  writer.string(8, tensor.name);
  if (ArrayBuffer.isView(data)) {
    writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  for (const [key, value] of Object.entries(data)) {
    writer.message(13, (entry) => {
      entry.string(1, key);
      entry.string(2, String(value));
    });
  }
  writer.integer(14, EXTERNAL);
}

function encodeValue(writer: ProtobufWriter, tensor: OnnxValue): void {
  writer.string(1, tensor.name);
  writer.message(2, (type) =>
    type.message(1, (tensorType) => {
      tensorType.integer(1, ELEMENT_TYPES[tensor.type]);
      tensorType.message(2, (shape) => {
        for (const size of tensor.shape) {
          shape.message(1, (dimension) =>
            typeof size === "number" ? dimension.integer(1, size) : dimension.string(2, size),
          );
        }
      });
    }),
  );
}
