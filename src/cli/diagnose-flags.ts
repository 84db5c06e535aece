/**
 * @module
 * The flags of `fovea diagnose`.
 */
import { InvalidArgumentError } from "commander";
import type { Site } from "../diagnose/index.ts";
import type { Engine } from "../engine/index.ts";
import { ConfigError, EngineError } from "../errors/index.ts";
import type { RecordedFlags } from "./recorded-input.ts";

export interface DiagnoseFlags extends RecordedFlags {
  readonly against: readonly string[];
  readonly labels?: string;
  readonly problems?: number;
  readonly seed?: number;
  readonly layers: readonly string[];
  readonly heads?: readonly number[];
  readonly lambda: readonly number[];
  readonly candidates: number;
  readonly resamples: number;
  readonly set: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** A number above 0. */
export const isStrength = (value: number) => Number.isFinite(value) && value > 0;
const isPlace = (value: number) => Number.isInteger(value) && value >= 0;

/** Reads numbers separated by commas. */
export function numberList(isValid: (value: number) => boolean, expected: string) {
  return (text: string): number[] => {
    const values = text.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
    if (!values.every(isValid)) throw new InvalidArgumentError(`expected ${expected}, separated by commas`);
    return values;
  };
}

/** Reads a whole number that is not 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value > 0)) {
    throw new InvalidArgumentError("expected a whole number from 1");
  }
  return value;
}

export const placeList = numberList(isPlace, "whole numbers from 0");

/** The amplification settings of the flags. */
export function sitesOf({ layers, heads }: Pick<DiagnoseFlags, "layers" | "heads">): Site[] {
  const headsName = heads === undefined ? "" : `, heads ${heads.join(", ")}`;
  return layers
    .filter((words) => words !== "none")
    .map((words) => {
      if (words === "last") return { name: `last layer${headsName}`, heads };
      if (words === "all") return { name: `all layers${headsName}`, layers: "all", heads };
      const chosen = placeList(words);
      return { name: `layers ${chosen.join(", ")}${headsName}`, layers: chosen, heads };
    });
}

/**
 * Finds out before anything is sampled whether the model has the layers and heads.
 *
 * @throws ConfigError naming the flag and the number that it does not have
 */
export async function requireSites(
  sites: readonly Site[],
  engine: Pick<Engine, "capabilities" | "score">,
): Promise<void> {
  if (!engine.capabilities.has("attention-intervention")) return;
  for (const { layers, heads } of sites) {
    try {
      // Of no sequence nothing is computed; the engine checks the places all the same.
      await engine.score([], { intervention: { tokens: [], modality: "visual", lambda: 1, layers, heads } });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new ConfigError(error.message.replace(/^score: intervention: /, "--"), { cause: error });
    }
  }
}
