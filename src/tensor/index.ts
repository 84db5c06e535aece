/**
 * @module
 * Static-shape computation graphs with reverse-mode autodiff, run by onnxruntime. Read `graph.ts`, then `ops/`,
 * `autodiff.ts`, `onnx.ts` and `program.ts`.
 */
export { gradients, type Seed } from "./autodiff.ts";
export { type Device, DeviceArray } from "./device.ts";
export { discard } from "./discard.ts";
export { DynamicGraph, type Value, type WeightType } from "./dynamic-graph.ts";
export { byteSize, workingBytes } from "./execution.ts";
export { type DataType, Graph, type Tensor } from "./graph.ts";
export {
  type ExternalData,
  encodeModelParts,
  type Initializer,
  type OnnxValue,
} from "./onnx.ts";
export * from "./ops/index.ts";
export {
  type Feeds,
  Program,
  type ProgramOptions,
  type Results,
  type Targets,
  type TensorData,
} from "./program.ts";
export { QUANTISED_BLOCK, type QuantisedMatrix, quantise, quantisedBytes } from "./quantised-matrix.ts";
export { requireDevice } from "./require-device.ts";
export { savedTensors } from "./saved.ts";
export { elementCount, type Shape } from "./shape.ts";
