import { describe, expect, test } from "vitest";
import { nearestName } from "../parts/index.ts";
import { OTHER_NAMES } from "./nearest-setting.ts";
import { resolveConfig } from "./resolve-config.ts";
import { configSchema } from "./schema.ts";
import { everyKey } from "./schema-keys.ts";

const refusal = (file: object): string => {
  try {
    resolveConfig({ file: file as never });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected a refusal");
};

test.each<[file: object, message: string]>([
  [{ learningRate: 1 }, "unknown key learningRate; did you mean train.learningRate or sft.learningRate?"],
  [{ train: { lr: 1 } }, "unknown key train.lr; did you mean train.learningRate?"],
  [{ sft: { lr: 1 } }, "unknown key sft.lr; did you mean sft.learningRate?"],
  [
    { algorithm: { epsilon: 1 } },
    "unknown key algorithm.epsilon; did you mean algorithm.clipLow or algorithm.clipHigh?",
  ],
  [{ train: { eps: 1 } }, "unknown key train.eps; did you mean train.epsilon?"],
  [{ credit: { kind: "dyco-rl", tau: 1 } }, "unknown key credit.tau; did you mean credit.threshold?"],
  [{ benchmarks: [] }, "unknown key benchmarks; did you mean evaluation.benchmarks?"],
  [{ kl: 1 }, "unknown key kl; did you mean algorithm.klCoefficient?"],
  [{ beta: 1 }, "unknown key beta; did you mean algorithm.klCoefficient?"],
  [{ train: { kl: 1 } }, "unknown key train.kl; did you mean algorithm.klCoefficient?"],
  [{ learning_rate: 1 }, "unknown key learning_rate; did you mean train.learningRate or sft.learningRate?"],
  [
    { train: { maxCompletionTokens: 8 } },
    "did you mean sampling.maxCompletionTokens or evaluation.maxCompletionTokens?",
  ],
  [
    { train: { temperature: 1 } },
    "did you mean sampling.temperature or evaluation.temperature or evaluation.judge.temperature?",
  ],
  [
    { algorithm: { beta: 1 } },
    'algorithm.beta does not apply to algorithm.kind "grpo"; it belongs to "dpo"; did you mean algorithm.klCoefficient?',
  ],
  [{ algorithm: { clipLo: 1 } }, "unknown key algorithm.clipLo; did you mean algorithm.clipLow?"],
  [{ zz: 1 }, "unknown key zz"],
  [{ nope: 1 }, "unknown key nope"],
])("%j: %s", (file, message) => {
  const said = refusal(file);
  expect(said).toContain(message);
  expect(said.endsWith("?")).toBe(message.includes("?"));
});

describe("other names of settings", () => {
  test.each(Object.entries(OTHER_NAMES))("%s names settings that there are", (_, settings) => {
    const keys = everyKey(configSchema);
    for (const setting of settings) expect(keys).toContain(setting);
  });
});

test("a short name is near to few others", () => {
  expect(nearestName("kl", ["id", "kind", "k1"])).toBe("k1");
  expect(nearestName("kl", ["id", "kind"])).toBeUndefined();
  expect(nearestName("tau", ["tag", "threshold"])).toBe("tag");
});
