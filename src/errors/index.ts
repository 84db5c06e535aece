/**
 * @module
 * The typed errors of Fovea. Every message says what is wrong, what was expected, what came, and where.
 * To add a kind: extend `FoveaError`, give it a stable `code`, and say in its comment who can mend the cause.
 */

/** Base of every error that Fovea throws on purpose. */
export abstract class FoveaError extends Error {
  /** Stable, machine-readable kind. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The user's configuration or command line cannot be meant as written. */
export class ConfigError extends FoveaError {
  readonly code = "config";
}

/** Arrays or tensors whose sizes do not fit together. */
export class ShapeError extends FoveaError {
  readonly code = "shape";
}

/** A number outside its domain: NaN, infinite, negative mass, probability above one. */
export class NumericError extends FoveaError {
  readonly code = "numeric";
}

/** A data set, an image or a problem that cannot be read. */
export class DataError extends FoveaError {
  readonly code = "data";
}

/** A model directory that cannot be read: config, weights, tokenizer, processor. */
export class ModelError extends FoveaError {
  readonly code = "model";
}

/** Something that cannot be had from the Hugging Face Hub: no network, no such repository, no right to it, broken. */
export class DownloadError extends FoveaError {
  readonly code = "download";
}

/** An engine that cannot do, or failed to do, what it was asked. */
export class EngineError extends FoveaError {
  readonly code = "engine";
}

/** A remote engine whose session or model is gone: what was learnt since the last checkpoint is lost with it. */
export class SessionLostError extends FoveaError {
  readonly code = "session-lost";
}

/** The caller asked for an end while an engine elsewhere gave no answer. */
export class InterruptedError extends FoveaError {
  readonly code = "interrupted";
}

/** A run directory that cannot be written, read or resumed. */
export class RunError extends FoveaError {
  readonly code = "run";
}

/**
 * A part of the user's own that failed: a reward, credit method, task or judge that threw, died, or answered with rubbish.
 * Whoever wrote the part mends it; the run can be resumed.
 */
export class PartError extends FoveaError {
  readonly code = "part";
  /** Whether the part cannot do anything any more, so that single items need not be tried. */
  readonly isTotal: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isTotal?: boolean } = {}) {
    super(message, options);
    this.isTotal = options.isTotal ?? false;
  }
}
