import { ConfigError } from "../errors/index.ts";

/** Element types that weights can be written in. */
export type FloatType = "F32" | "F16" | "BF16";

/** Their names in config.json. */
export const TORCH_DTYPES = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;

/** Whether a tensor's element type is one of them. */
export function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(TORCH_DTYPES, dtype);
}

/** @throws ConfigError when weights cannot be written in an element type of this name */
export function requireFloatType(dtype: string): asserts dtype is FloatType {
  if (!isFloatType(dtype)) {
    throw new ConfigError(`dtype: expected ${Object.keys(TORCH_DTYPES).join(", ")}, got ${dtype}`);
  }
}
