/**
 * @module
 * The type of a preset: named settings, each with its source.
 */
import type { ConfigInput } from "../schema.ts";

export interface Preset {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly settings: ConfigInput;
  /**
   * For every dotted key of `settings`, the source of its value: a sentence, table or measurement. For every option
   * omitted on purpose, the reason. Every key of algorithm, credit, reward, sampling and train that applies is here.
   */
  readonly sources: Readonly<Record<string, string>>;
}
