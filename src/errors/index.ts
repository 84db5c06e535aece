/**
 * @module
 * The typed errors of Fovea. Every message names the problem, the expected value, the value given and its place. To add
 * a kind, extend `FoveaError`, give it a stable `code`, and document who can fix the cause.
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

/** The configuration or the command line is invalid. */
export class ConfigError extends FoveaError {
  readonly code = "config";
}

/** Arrays or tensors have sizes that do not match. */
export class ShapeError extends FoveaError {
  readonly code = "shape";
}

/** A number is outside its domain: NaN, infinite, negative mass, probability above one. */
export class NumericError extends FoveaError {
  readonly code = "numeric";
}

/** A data set, an image or a problem cannot be read. */
export class DataError extends FoveaError {
  readonly code = "data";
}

/** A model directory cannot be read: config, weights, tokenizer or processor. */
export class ModelError extends FoveaError {
  readonly code = "model";
}

/** A download from the Hugging Face Hub failed: no network, no such repository, no access, or a broken file. */
export class DownloadError extends FoveaError {
  readonly code = "download";
}

/** An engine does not support a request, or failed to carry it out. */
export class EngineError extends FoveaError {
  readonly code = "engine";
  /** Whether the engine itself broke or was closed, so that the request is not to blame. */
  readonly isFault: boolean;
  /** Whether the engine has ended, so that every later call fails too; it is a fault then. */
  readonly hasEnded: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { readonly isFault?: boolean; readonly hasEnded?: boolean } = {},
  ) {
    super(message, options);
    this.hasEnded = options.hasEnded ?? false;
    this.isFault = options.isFault ?? this.hasEnded;
  }
}

/** A remote engine has lost its session or its model, and with it all updates since the last checkpoint. */
export class SessionLostError extends FoveaError {
  readonly code = "session-lost";
}

/** The caller cancelled a request while a remote engine did not answer. */
export class InterruptedError extends FoveaError {
  readonly code = "interrupted";
}

/** A run directory cannot be written, read or resumed. */
export class RunError extends FoveaError {
  readonly code = "run";
}

/**
 * A user's part failed: a reward, credit method, task or judge threw, crashed, or returned an invalid value. The author
 * of the part has to fix it; the run can be resumed.
 */
export class PartError extends FoveaError {
  readonly code = "part";
  /** Whether the part as a whole is unusable, so that single items need not be tried. */
  readonly isTotal: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isTotal?: boolean } = {}) {
    super(message, options);
    this.isTotal = options.isTotal ?? false;
  }
}
