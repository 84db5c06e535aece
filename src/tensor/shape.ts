/**
 * @module
 * Shape arithmetic: sizes, axes and NumPy broadcasting.
 */

/** Sizes from the outermost axis to the innermost; `[]` is a scalar. */
export type Shape = readonly number[];

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether every size is a whole number of at least 0; a fraction comes of dividing an axis that does not divide. */
export function isShape(shape: Shape): boolean {
  return shape.every((size) => Number.isInteger(size) && size >= 0);
}

/** As error messages show it: "[2, 3]". */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** NumPy broadcasting of two shapes; `undefined` when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      return undefined;
    }
    result.push(x === 1 ? y : x);
  }
  return result;
}

/** Axes of `full` that `shape` was broadcast along. */
export function broadcastAxes(shape: Shape, full: Shape): number[] {
  const missing = full.length - shape.length;
  return full.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
}
