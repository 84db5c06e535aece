/**
 * @module
 * What a preset is: settings under a name, each with the source it comes from.
 */
import type { ConfigInput } from "../schema.ts";

export interface Preset {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly settings: ConfigInput;
  /**
   * For every dotted key of `settings`, where its value comes from: the sentence, table or measurement; and for every option
   * that is left out on purpose, why. Every key of algorithm, credit, reward, sampling and train that applies is here.
   */
  readonly sources: Readonly<Record<string, string>>;
}
