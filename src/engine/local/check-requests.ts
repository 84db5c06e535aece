/**
 * @module
 * Requests that the local engine cannot mean, refused before anything is computed.
 */
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import { isSamplingTemperature, SAMPLING_TEMPERATURE } from "../../math/temperature.ts";
import type { AdamParameters, SampleRequest } from "../engine.ts";
import { checkPositive } from "./local-options.ts";

/** An ablation inside the model has no gradient, and one request cannot compare it with a second pass. */
export function checkDifferentiable(what: string, image: ImageAblation | undefined): void {
  if (image?.kind === "replace-values") {
    throw new EngineError(
      `${what}: expected an ablation of images, got replace-values, which can be scored only`,
    );
  }
}

/** An update that divides by zero or by a negative number would spoil every weight at once. */
export function checkAdam({
  learningRate,
  beta1,
  beta2,
  epsilon,
  weightDecay,
  maxGradientNorm,
}: AdamParameters): void {
  const check = (name: string, value: number, fits: boolean, expected: string) => {
    if (!(fits && Number.isFinite(value))) {
      throw new EngineError(`step: ${name}: expected ${expected}, got ${value}`);
    }
  };
  check("learningRate", learningRate, learningRate >= 0, "0 or more");
  check("beta1", beta1, beta1 >= 0 && beta1 < 1, "a number in [0, 1)");
  check("beta2", beta2, beta2 >= 0 && beta2 < 1, "a number in [0, 1)");
  check("epsilon", epsilon, epsilon > 0, "a positive number");
  check("weightDecay", weightDecay, weightDecay >= 0, "0 or more");
  check("maxGradientNorm", maxGradientNorm, maxGradientNorm >= 0, "0 or more");
}

/** Numbers that sampling cannot mean. */
export function checkSampling({
  groupSize,
  maxCompletionTokens,
  temperature,
  topP,
  topK,
}: Omit<SampleRequest, "prompts">): void {
  checkPositive("sample: groupSize", groupSize);
  checkPositive("sample: maxCompletionTokens", maxCompletionTokens);
  if (!isSamplingTemperature(temperature)) {
    throw new EngineError(`sample: temperature: expected ${SAMPLING_TEMPERATURE}, got ${temperature}`);
  }
  if (!(topP > 0 && topP <= 1)) {
    throw new EngineError(`sample: topP: expected a number in (0, 1], got ${topP}`);
  }
  if (!(Number.isInteger(topK) && topK >= 0)) {
    throw new EngineError(`sample: topK: expected 0 or a positive integer, got ${topK}`);
  }
}
