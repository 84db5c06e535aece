/**
 * @module
 * Typed arrays within JSON, bitwise identical: their bytes in base64.
 */

const ARRAYS = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
type ArrayName = keyof typeof ARRAYS;

/** A replacer of `JSON.stringify` that writes typed arrays as their bytes. */
export function packed(_key: string, value: unknown): unknown {
  for (const [name, kind] of Object.entries(ARRAYS)) {
    if (!(value instanceof kind)) continue;
    return { [name]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  }
  return value;
}

/** The reviver of `JSON.parse` that reads what `packed` wrote. */
export function unpacked(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const [[name, text] = [], ...more] = Object.entries(value);
  if (more.length > 0 || typeof text !== "string" || !(name !== undefined && name in ARRAYS)) return value;
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new ARRAYS[name as ArrayName](bytes.buffer);
}
