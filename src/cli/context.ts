/**
 * @module
 * A command's input and output, so that tests can run commands in this process.
 */
import type { OpenEngine } from "../config/index.ts";
import type { Interruption } from "./interruption.ts";

export interface CliContext {
  /** Where results go. */
  readonly stdout: (text: string) => void;
  /** Where progress and errors go. */
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal, whose last line can be redrawn. */
  readonly hasTerminal: boolean;
  /** Columns of the terminal that stderr is, where they are known. */
  readonly columns?: () => number | undefined;
  /** Whether stdout may be coloured. */
  readonly hasColour: boolean;
  readonly interruption: Interruption;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
  /** Makes the engine; by default the configured one. */
  readonly openEngine?: OpenEngine;
}
