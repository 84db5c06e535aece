/**
 * @module
 * Which cell a cell is compared with.
 */

type Labels = Readonly<Record<string, string>>;

/** A rule that gives each row the row that it is compared with. */
export interface Baseline {
  /** In words, for headings. */
  readonly name: string;
  /** Labels of the row to compare with; undefined where there is none. */
  readonly of: (labels: Labels) => Labels | undefined;
}

/** The cell that has these values and is otherwise alike; none for rows without a value on an axis that these are of. */
export function sameBut(values: Labels): Baseline {
  return {
    name: Object.values(values).join(" "),
    of: (labels) =>
      Object.keys(values).every((axis) => axis in labels) ? { ...labels, ...values } : undefined,
  };
}
