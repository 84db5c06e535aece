import { afterEach, describe, expect, test, vi } from "vitest";
import { ADAM, checkpointDirectory, recordedCase, registerCase } from "../../../testing/model-fixtures.ts";
import { TeacherForcing } from "../scoring/teacher-forcing.ts";
import { DeviceModel } from "./device-model.ts";
import { DeviceParameters } from "./device-parameters.ts";

const NAME = "tied-gqa";
const recorded = recordedCase(NAME, "padded-batch");

afterEach(() => vi.restoreAllMocks());

/** A model whose adapter takes everything and computes nothing. */
function open() {
  vi.spyOn(DeviceParameters.prototype, "prepare").mockResolvedValue();
  vi.spyOn(DeviceParameters.prototype, "gradientNorm").mockResolvedValue(1);
  const step = vi
    .spyOn(DeviceParameters.prototype, "step")
    .mockResolvedValue({ gradientNorm: 1, applied: true });
  const clear = vi.spyOn(DeviceParameters.prototype, "clearGradient");
  const accumulate = vi.spyOn(TeacherForcing.prototype, "accumulate").mockResolvedValue();
  const model = new DeviceModel({ model: checkpointDirectory(NAME), device: "webgpu", threads: 1 });
  const sequences = registerCase(model, recorded);
  const coefficients = sequences.map(({ completion }) => new Float64Array(completion.length));
  return { model, step, clear, accumulate, add: () => model.accumulate(sequences, coefficients) };
}

describe("a failed accumulation on a graphics adapter", () => {
  test("is followed by no step on the part that it left, which is cleared there", async () => {
    const { model, step, clear, accumulate, add } = open();
    await add();
    accumulate.mockRejectedValueOnce(new Error("the adapter was lost"));
    await expect(add()).rejects.toThrow("the adapter was lost");
    await expect(model.step(ADAM)).rejects.toThrow(
      "step: the gradient was not whole and is cleared, since accumulate failed: the adapter was lost",
    );
    expect(step).not.toHaveBeenCalled();
    expect(clear).toHaveBeenCalledOnce();
    await add();
    expect(await model.step(ADAM)).toMatchObject({ applied: true });
  });

  test("is forgotten when the gradient is cleared", async () => {
    const { model, clear, accumulate, add } = open();
    accumulate.mockRejectedValueOnce(new Error("the adapter was lost"));
    await expect(add()).rejects.toThrow("the adapter was lost");
    model.clearGradient();
    expect(clear).toHaveBeenCalledOnce();
    expect(await model.step(ADAM)).toMatchObject({ applied: true });
  });
});
