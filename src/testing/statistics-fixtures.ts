/**
 * @module
 * Statistics as scipy, statsmodels and exact arithmetic give them, recorded by `fixtures/statistics/record.py`.
 */
import { readFileSync } from "node:fs";

/** A recorded number: infinite numbers are words, and null means that the library gives none. */
export type Recorded = number | "Infinity" | "-Infinity" | null;

/** The cases of one file. */
export function statisticsCases<Case>(name: string): readonly Case[] {
  const path = new URL(`../../fixtures/statistics/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] }).cases;
}

/** A recorded number as a number; NaN where the library gives none. */
export function recordedNumber(value: Recorded): number {
  return value === null ? Number.NaN : Number(value);
}
