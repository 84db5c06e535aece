/**
 * @module
 * Amounts of memory as people write them.
 */

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Bytes of a number, or of text such as "5 GiB", "900MB" or "2000000000"; undefined where it is neither. */
export function parseBytes(amount: number | string): number | undefined {
  if (typeof amount === "number") return Number.isFinite(amount) && amount > 0 ? amount : undefined;
  const found = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?\s*$/.exec(amount);
  const unit = UNITS[found?.[2] ?? "B"];
  const bytes = unit === undefined ? 0 : Math.floor(Number(found?.[1]) * unit);
  return bytes > 0 ? bytes : undefined;
}

/** In GiB or MiB, rounded to two digits behind the point or to none. */
export function formatBytes(bytes: number): string {
  return Math.abs(bytes) >= 2 ** 30
    ? `${(bytes / 2 ** 30).toFixed(2)} GiB`
    : `${Math.round(bytes / 2 ** 20)} MiB`;
}
