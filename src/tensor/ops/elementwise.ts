/**
 * @module
 * Elementwise arithmetic with NumPy broadcasting, and the activations of the model.
 */
import type { Tensor } from "../graph.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import { sumTo } from "./broadcast.ts";

/** a + b */
export function add(a: Tensor, b: Tensor): Tensor {
  const output = binary("add", "Add", a, b);
  a.graph.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([g]) => [sumTo(g!, a.shape), sumTo(g!, b.shape)],
  });
  return output;
}

/** a − b */
export function subtract(a: Tensor, b: Tensor): Tensor {
  const output = binary("subtract", "Sub", a, b);
  a.graph.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([g]) => [sumTo(g!, a.shape), sumTo(negate(g!), b.shape)],
  });
  return output;
}

/** a · b */
export function multiply(a: Tensor, b: Tensor): Tensor {
  const output = binary("multiply", "Mul", a, b);
  a.graph.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([g]) => [sumTo(multiply(g!, b), a.shape), sumTo(multiply(g!, a), b.shape)],
  });
  return output;
}

/** a / b */
export function divide(a: Tensor, b: Tensor): Tensor {
  const output = binary("divide", "Div", a, b);
  a.graph.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([g]) => {
      const overB = divide(g!, b);
      return [sumTo(overB, a.shape), sumTo(negate(multiply(overB, output)), b.shape)];
    },
  });
  return output;
}

/** −a */
export function negate(a: Tensor): Tensor {
  return unary("Neg", a, (g) => negate(g));
}

/** a · factor */
export function scale(a: Tensor, factor: number): Tensor {
  return multiply(a, a.graph.scalar(factor));
}

/** e^a */
export function exponential(a: Tensor): Tensor {
  return unary("Exp", a, (g, y) => multiply(g, y));
}

/** ln a */
export function logarithm(a: Tensor): Tensor {
  return unary("Log", a, (g) => divide(g, a));
}

/** √a; its slope at 0 is infinite */
export function squareRoot(a: Tensor): Tensor {
  return unary("Sqrt", a, (g, y) => divide(scale(g, 0.5), y));
}

/** 1 / (1 + e^−a) */
export function sigmoid(a: Tensor): Tensor {
  return unary("Sigmoid", a, (g, y) => multiply(g, subtract(y, multiply(y, y))));
}

/** (e^a − e^−a) / (e^a + e^−a) */
export function hyperbolicTangent(a: Tensor): Tensor {
  return unary("Tanh", a, (g, y) => multiply(g, subtract(a.graph.scalar(1), multiply(y, y))));
}

/** a · sigmoid(a) */
export function silu(a: Tensor): Tensor {
  return gated(a, 1);
}

/** a · sigmoid(1.702 a), the quick approximation of the GELU (arXiv:1606.08415, section 2). */
export function quickGelu(a: Tensor): Tensor {
  return gated(a, 1.702);
}

/** a · sigmoid(steepness · a) */
function gated(a: Tensor, steepness: number): Tensor {
  const output = a.graph.single("QuickGelu", [a], a.shape, {
    domain: "com.microsoft",
    attributes: { alpha: steepness },
  });
  a.graph.record({
    inputs: [a],
    outputs: [output],
    // y' = σ + s·y·(1 − σ) = σ + s·(y − y·σ)
    backward: ([g]) => {
      const gate = sigmoid(steepness === 1 ? a : scale(a, steepness));
      const rest = subtract(output, multiply(output, gate));
      return [multiply(g!, add(gate, steepness === 1 ? rest : scale(rest, steepness)))];
    },
  });
  return output;
}

/** The exact GELU: a · Φ(a), Φ by erf. */
export function gelu(a: Tensor): Tensor {
  const output = a.graph.single("Gelu", [a], a.shape, { attributes: { approximate: "none" } });
  a.graph.record({
    inputs: [a],
    outputs: [output],
    // y' = Φ(a) + a·φ(a)
    backward: ([g]) => {
      const cdf = scale(add(errorFunction(scale(a, Math.SQRT1_2)), a.graph.scalar(1)), 0.5);
      const density = scale(exponential(scale(multiply(a, a), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [multiply(g!, add(cdf, multiply(a, density)))];
    },
  });
  return output;
}

/** The GELU with tanh in the place of erf: ½·a·(1 + tanh u), u = √(2/π)·(a + 0.044715·a³). */
export function geluTanh(a: Tensor): Tensor {
  const output = a.graph.single("Gelu", [a], a.shape, { attributes: { approximate: "tanh" } });
  a.graph.record({
    inputs: [a],
    outputs: [output],
    // y' = ½·(1 + t) + ½·a·(1 − t²)·u',  t = tanh u,  u' = √(2/π)·(1 + 3·0.044715·a²)
    backward: ([g]) => {
      const { graph } = a;
      const slope = Math.sqrt(2 / Math.PI);
      const square = multiply(a, a);
      const one = graph.scalar(1);
      const inner = scale(multiply(a, add(one, scale(square, 0.044715))), slope);
      const tanh = graph.single("Tanh", [inner], a.shape);
      const rise = scale(add(one, scale(square, 3 * 0.044715)), slope);
      const bend = multiply(multiply(a, subtract(one, multiply(tanh, tanh))), rise);
      return [multiply(g!, scale(add(add(one, tanh), bend), 0.5))];
    },
  });
  return output;
}

/** erf(a); used inside `gelu`'s backward only, so it has no backward of its own. */
function errorFunction(a: Tensor): Tensor {
  return a.graph.single("Erf", [a], a.shape);
}

function unary(operator: string, a: Tensor, backward: (gradient: Tensor, output: Tensor) => Tensor): Tensor {
  const output = a.graph.single(operator, [a], a.shape);
  a.graph.record({ inputs: [a], outputs: [output], backward: ([g]) => [backward(g!, output)] });
  return output;
}

function binary(operation: string, operator: string, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape === undefined) {
    throw a.graph.shapeError(
      operation,
      `${formatShape(a.shape)} and ${formatShape(b.shape)} do not broadcast`,
    );
  }
  return a.graph.single(operator, [a, b], shape);
}
