/**
 * @module
 * Weights of a run as one text of the address. A run's id may have any characters; the names of weights have no colon.
 */
const BETWEEN = "::";

export interface WeightsPlace {
  readonly run: string;
  readonly name: string;
}

export const weightsId = ({ run, name }: WeightsPlace): string => run + BETWEEN + name;

/** Both are "" where a text names no weights. */
export function weightsPlace(id: string): WeightsPlace {
  const at = id.lastIndexOf(BETWEEN);
  return at < 0 ? { run: "", name: "" } : { run: id.slice(0, at), name: id.slice(at + BETWEEN.length) };
}
