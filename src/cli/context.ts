/**
 * @module
 * The world as a command sees it, so that tests can run commands in this process.
 */
import type { OpenEngine } from "../config/index.ts";
import type { Interruption } from "./interruption.ts";

export interface CliContext {
  /** Results. */
  readonly stdout: (text: string) => void;
  /** Progress and errors. */
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal, whose last line can be drawn anew. */
  readonly hasTerminal: boolean;
  /** Whether stdout may be coloured. */
  readonly hasColour: boolean;
  readonly interruption: Interruption;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
  /** Makes the engine; the configured one unless given. */
  readonly openEngine?: OpenEngine;
}
