/**
 * @module
 * Options of a server.
 */
import type { ServedModel } from "./served-model.ts";

export interface ServiceOptions {
  /** Base models that clients may train and sample. */
  readonly models: readonly ServedModel[];
  /** Directory of checkpoints and of the database. */
  readonly state: string;
  /** Models that are open at once; 4 unless given. */
  readonly maxModels?: number;
  /** Trains all weights where a client asks for LoRA; false unless given. */
  readonly isLoraFull?: boolean;
  /** Says that it speaks the extension; true unless given. */
  readonly isExtended?: boolean;
  /** A session without a sign of life for so long is ended, ms; 10 minutes unless given. */
  readonly sessionLimitMs?: number;
  /** Longest that requests wait for one with a lower number, ms; 5 minutes unless given. */
  readonly gapLimitMs?: number;
  /** Longest that a request for a result is kept open, ms; 20 s unless given. */
  readonly pollMs?: number;
  /** Longest time that the end waits for operations under way, ms; a minute unless given. */
  readonly restLimitMs?: number;
  /** Results that are kept, in characters, beyond which the oldest are forgotten; 512 Mi unless given. */
  readonly resultLimit?: number;
  /** Largest size of the database, bytes; that of the disk unless given. */
  readonly maxDatabaseBytes?: number;
  /** Seed of samples whose request has none. */
  readonly seed?: number;
  /** Version that the server says it has. */
  readonly version: string;
}
