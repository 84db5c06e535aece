/**
 * @module
 * Where programs compute, and numbers that stay there from one run to the next.
 */
import type * as ort from "onnxruntime-node";
import { EngineError } from "../errors/index.ts";
import type { Shape } from "./shape.ts";

/** Where programs compute: on the processor's cores, or on a graphics adapter by WebGPU. */
export type Device = "cpu" | "webgpu";

/**
 * float32 numbers in a buffer of the device, which programs read without a copy. Their holder must dispose of them.
 */
export class DeviceArray {
  readonly shape: Shape;
  /** onnxruntime's own handle. */
  readonly tensor: ort.Tensor;

  constructor(tensor: ort.Tensor) {
    this.tensor = tensor;
    this.shape = tensor.dims;
  }

  /** Frees the buffer; it must not be read after that. */
  dispose(): void {
    this.tensor.dispose();
  }
}

/** A failure of the device as an error that says what to do; other errors are the caller's. */
export function deviceError(device: Device, doing: string, cause: unknown): unknown {
  if (device === "cpu") return cause;
  const { message } = cause as Error;
  return new EngineError(`${device}: ${doing}: ${deviceProblem(message)}`, { cause });
}

function deviceProblem(message: string): string {
  if (/get a WebGPU adapter/.test(message)) {
    return (
      `expected a graphics adapter with a Vulkan, Metal or Direct3D 12 driver, found none; ` +
      `install its driver, or choose engine.device: cpu (${/Failed to get a WebGPU adapter.*/.exec(message)?.[0] ?? firstLine(message)})`
    );
  }
  if (/fallback to CPU EP/.test(message)) {
    return `an operator has no kernel there, and none falls back to the processor; choose engine.device: cpu`;
  }
  const isLost = /device (?:is |was )?lost|lost device/i.test(message);
  return isLost
    ? `the device was lost; resume the run from its last checkpoint, on the same device or with engine.device: cpu (${firstLine(message)})`
    : firstLine(message);
}

const firstLine = (message: string): string => message.trim().split("\n", 1)[0]!;
