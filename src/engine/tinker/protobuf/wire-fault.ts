/**
 * @module
 * The fault of a body, and its field: a client makes an `EngineError` of it, a server a refusal.
 */

/** A body that cannot be read. */
export class WireFault extends Error {
  /** Path of the field, such as `data[3].loss_fn_inputs.weights`; "body" for the whole. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}
