/**
 * @module
 * RMSNorm and layer norm.
 */
import type { Tensor } from "../graph.ts";
import { formatShape } from "../shape.ts";
import { reshape, sum } from "./broadcast.ts";
import { add, divide, multiply, squareRoot, subtract } from "./elementwise.ts";
import { mean } from "./reduce.ts";

/**
 * y = w · x / √(mean(x²) + ε) over the last axis.
 *
 * The backward computes the inverse root again: the kernel's second output is wrong on WebGPU.
 *
 * @param x `[N, D]`
 * @param weight `[D]`
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const { graph } = x;
  if (x.shape.length !== 2 || weight.shape.length !== 1 || weight.shape[0] !== x.shape[1]) {
    throw graph.shapeError(
      "rmsNorm",
      `expected [N, D] and [D], got ${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
    );
  }
  const output = graph.single("SimplifiedLayerNormalization", [x, weight], x.shape, {
    attributes: { axis: -1n, epsilon, stash_type: 1n },
  });
  graph.record({
    inputs: [x, weight],
    outputs: [output],
    // x̂ = x / r, r = √(mean(x²) + ε);  dx = (gw − x̂ · mean(gw · x̂)) / r,  dw = Σ g · x̂
    backward: ([g]) => {
      const root = squareRoot(add(mean(multiply(x, x), [1]), graph.scalar(epsilon)));
      const normalised = divide(x, root);
      const weighted = multiply(g!, weight);
      const projection = mean(multiply(weighted, normalised), [1]);
      return [
        divide(subtract(weighted, multiply(normalised, projection)), root),
        reshape(sum(multiply(g!, normalised), [0]), weight.shape),
      ];
    },
  });
  return output;
}

/**
 * y = w · (x − mean(x)) / √(var(x) + ε) + b over the last axis.
 *
 * @param x `[N, D]`
 * @param weight `[D]`
 * @param bias `[D]`
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const { graph } = x;
  const fits = ({ shape }: Tensor) => shape.length === 1 && shape[0] === x.shape[1];
  if (x.shape.length !== 2 || !fits(weight) || !fits(bias)) {
    const got = `${formatShape(x.shape)}, ${formatShape(weight.shape)} and ${formatShape(bias.shape)}`;
    throw graph.shapeError("layerNorm", `expected [N, D], [D] and [D], got ${got}`);
  }
  const output = graph.single("LayerNormalization", [x, weight, bias], x.shape, {
    attributes: { axis: -1n, epsilon, stash_type: 1n },
  });
  graph.record({
    inputs: [x, weight, bias],
    outputs: [output],
    // x̂ = (x − mean(x)) / r;  dx = (gw − mean(gw) − x̂ · mean(gw · x̂)) / r,  dw = Σ g · x̂,  db = Σ g
    backward: ([g]) => {
      const centred = subtract(x, mean(x, [1]));
      const root = squareRoot(add(mean(multiply(centred, centred), [1]), graph.scalar(epsilon)));
      const normalised = divide(centred, root);
      const weighted = multiply(g!, weight);
      const projection = mean(multiply(weighted, normalised), [1]);
      const level = subtract(weighted, mean(weighted, [1]));
      return [
        divide(subtract(level, multiply(normalised, projection)), root),
        reshape(sum(multiply(g!, normalised), [0]), weight.shape),
        reshape(sum(g!, [0]), bias.shape),
      ];
    },
  });
  return output;
}
