/**
 * @module
 * A gradient whose forward pass may be a program of its own, which keeps little, while the backward pass computes the
 * rest again.
 */
import { byteSize, type Program, type Tensor } from "../../tensor/index.ts";

/**
 * The activations that a training step keeps: all that are expensive to compute, the inputs of the layers, or either,
 * by memory.
 */
export type Checkpointing = "auto" | "none" | "blocks";

/** The programs of a gradient, which are kept and released together. */
export class PassPrograms {
  /** None where one program computes all. */
  readonly forward: Program | undefined;
  readonly backward: Program;

  constructor(forward: Program | undefined, backward: Program) {
    this.forward = forward;
    this.backward = backward;
  }

  get workingBytes(): number {
    return (this.forward?.workingBytes ?? 0) + this.backward.workingBytes;
  }

  async release(): Promise<void> {
    await this.forward?.release();
    await this.backward.release();
  }
}

/** Bytes of tensors that lie in memory together. */
export function sizeOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, tensor) => sum + byteSize(tensor), 0);
}
