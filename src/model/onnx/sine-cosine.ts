/**
 * @module
 * Sines and cosines by plain arithmetic. WebGPU promises an absolute error of 2⁻¹¹ for the operators `Sin`
 * and `Cos`, and only within [−π, π]. Rotary angles of a few hundred tokens lie outside. The functions here are right
 * to 2⁻²².
 */
import type { DynamicGraph, Value } from "../../tensor/index.ts";

/** π/2 in three parts, the first two of so few digits that their products with whole numbers below 2¹⁴ are exact. */
const FIRST = 201 / 2 ** 7;
const SECOND = 1014 / 2 ** 21;
const HALF_PI = [FIRST, SECOND, Math.PI / 2 - FIRST - SECOND] as const;

/** Taylor coefficients from the powers 3 and 4 up; what is left out is below 2⁻²⁵ on [−π/4, π/4]. */
const SINE = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362_880] as const;
const COSINE = [1 / 24, -1 / 720, 1 / 40_320] as const;

/** Cosine and sine of each angle, angles being at most 2.5·10⁴ in size; larger angles lose digits slowly. */
export function sineAndCosine(
  graph: DynamicGraph,
  angle: Value,
): { readonly cosine: Value; readonly sine: Value } {
  const plus = (a: Value, b: Value) => graph.node("Add", [a, b]);
  const times = (a: Value, b: Value) => graph.node("Mul", [a, b]);
  const scaled = (a: Value, factor: number) => times(a, graph.float(factor));
  const floor = (a: Value) => graph.node("Floor", [a]);
  const polynomial = (x: Value, coefficients: readonly number[]) =>
    coefficients
      .map((coefficient) => graph.float(coefficient))
      .reduceRight((sum, coefficient) => plus(coefficient, times(x, sum)));

  // angle = turn · π/2 + rest
  const turn = floor(plus(scaled(angle, 2 / Math.PI), graph.float(0.5)));
  const rest = HALF_PI.reduce((left, part) => plus(left, scaled(turn, -part)), angle);
  const square = times(rest, rest);
  const sine = plus(rest, times(times(rest, square), polynomial(square, SINE)));
  const even = plus(graph.float(1), scaled(square, -0.5));
  const cosine = plus(even, times(times(square, square), polynomial(square, COSINE)));

  const quadrant = plus(turn, scaled(floor(scaled(turn, 0.25)), -4));
  const is = (...quadrants: readonly [number, number]) =>
    graph.node(
      "Or",
      quadrants.map((value) => graph.node("Equal", [quadrant, graph.float(value)])),
    );
  const isOdd = is(1, 3);
  const signed = (isNegative: Value, a: Value, b: Value) => {
    const size = graph.node("Where", [isOdd, a, b]);
    return graph.node("Where", [isNegative, graph.node("Neg", [size]), size]);
  };
  return { sine: signed(is(2, 3), cosine, sine), cosine: signed(is(1, 2), sine, cosine) };
}
