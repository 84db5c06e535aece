/**
 * @module
 * The temperatures that a distribution can be computed at in single precision.
 */

/** The lowest temperature above 0: divided by it, logits of any model stay finite. */
export const LEAST_TEMPERATURE = 1e-6;

/** Whether logits can be divided by a temperature. */
export function isTemperature(value: number): boolean {
  return value >= LEAST_TEMPERATURE && Number.isFinite(value);
}

/** Whether it is a temperature to sample at: 0 takes the likeliest token. */
export function isSamplingTemperature(value: number): boolean {
  return value === 0 || isTemperature(value);
}

/** The temperatures that can be sampled at, in words. */
export const SAMPLING_TEMPERATURE = `0 or at least ${LEAST_TEMPERATURE}`;
