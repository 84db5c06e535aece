import { describe, expect, test } from "vitest";
import type { Tensor } from "../graph.ts";
import { exponential, multiply, scale } from "../ops/index.ts";
import { checkGradients } from "./gradient-check.ts";

/** e^a whose backward is off by a factor. */
function wrongExponential(factor: number) {
  return (a: Tensor) => {
    const output = a.graph.single("Exp", [a], a.shape);
    a.graph.record({
      inputs: [a],
      outputs: [output],
      backward: ([g]) => [scale(multiply(g!, output), factor)],
    });
    return output;
  };
}

describe("the check itself", () => {
  test("finds a backward that is wrong by one part in a thousand", async () => {
    await expect(checkGradients({ shapes: [[8]], build: wrongExponential(1.001) })).rejects.toThrow(
      "reverse",
    );
    await checkGradients({ shapes: [[8]], build: wrongExponential(1) });
  });

  test("finds a backward that leaves an input out", async () => {
    const forgetful = (a: Tensor, b: Tensor) => {
      const output = a.graph.single("Mul", [a, b], a.shape);
      a.graph.record({ inputs: [a, b], outputs: [output], backward: ([g]) => [multiply(g!, b)] });
      return output;
    };
    await expect(checkGradients({ shapes: [[4], [4]], build: forgetful })).rejects.toThrow("∂L/∂x1[");
  });

  test("resolves a smooth function to about 1e-5", async () => {
    expect(await checkGradients({ shapes: [[64]], build: exponential })).toBeLessThan(3e-5);
  });
});
