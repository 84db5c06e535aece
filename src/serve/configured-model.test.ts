import { expect, test } from "vitest";
import { resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { configuredModel } from "./configured-model.ts";

test("a model whose rollouts are in 8 bits is not served, with the reason", async () => {
  const config = resolveConfig({ file: { engine: { kind: "local", rollouts: "int8" } } });
  const served = configuredModel(config, "small");
  await expect(served).rejects.toThrow(ConfigError);
  await expect(served).rejects.toThrow(
    'engine.rollouts: expected "fp32" where a model is served, got "int8"',
  );
});
