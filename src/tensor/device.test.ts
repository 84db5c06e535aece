import { describe, expect, test } from "vitest";
import { EngineError } from "../errors/index.ts";
import { deviceError } from "./device.ts";

describe("a failure of the device", () => {
  test.each([
    [
      "Failed to get a WebGPU adapter: No supported adapters.\nmore",
      /^webgpu: compile: expected a graphics adapter .*, found none;.*engine\.device: cpu/,
    ],
    [
      "This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user.",
      /an operator has no kernel there, and none falls back/,
    ],
    [
      "WebGPU device lost (1): A valid external Instance reference no longer exists.",
      /the device was lost; resume the run from its last checkpoint/,
    ],
    ["Out of memory\nat somewhere", /^webgpu: compile: Out of memory$/],
  ])("%s", (message, expected) => {
    const cause = new Error(message);
    const error = deviceError("webgpu", "compile", cause) as EngineError;
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toMatch(expected);
    expect(error.cause).toBe(cause);
  });

  test("of the processor stays as it is", () => {
    const cause = new Error("Failed to get a WebGPU adapter");
    expect(deviceError("cpu", "run", cause)).toBe(cause);
  });
});
