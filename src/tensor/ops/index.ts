/**
 * @module
 * The operations. Each operation's backward is beside its forward.
 */
export { type AttentionOutput, attention } from "./attention.ts";
export { expand, reshape, sum } from "./broadcast.ts";
export { jensenShannon, nucleusEntropy } from "./distribution.ts";
export {
  add,
  divide,
  exponential,
  gelu,
  geluTanh,
  hyperbolicTangent,
  logarithm,
  multiply,
  negate,
  quickGelu,
  scale,
  sigmoid,
  silu,
  squareRoot,
  subtract,
} from "./elementwise.ts";
export { gatherRows } from "./gather.ts";
export { addProduct, linear, type MatmulOptions, matmul } from "./matmul.ts";
export { layerNorm, rmsNorm } from "./norm.ts";
export { quantisedLinear } from "./quantised-linear.ts";
export { mean } from "./reduce.ts";
export { rotary } from "./rotary.ts";
export { concatenate, slice, split, transpose } from "./shaping.ts";
export { logSoftmax, softmax, softmaxDivergence, softmaxEntropy, targetLogprobs } from "./softmax.ts";
