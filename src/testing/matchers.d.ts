import "vitest";

declare module "vitest" {
  interface Matchers<T> {
    /** Elementwise |received − expected| ≤ atol + rtol·|expected|. */
    toBeAllclose(expected: ArrayLike<number>, tolerance?: { rtol?: number; atol?: number }): T;
  }
}
