/**
 * @module
 * The numbers of a record of metrics by TensorBoard's tags.
 */
import { dottedValues } from "../../parts/index.ts";

/** Iterations have the section "train", other events their own name. */
const HEADINGS: Readonly<Record<string, string>> = { iteration: "train" };

/** The finite numbers of a value, by the dotted path of each within it; lists have none. */
const numbersIn = (value: unknown, path: string) =>
  dottedValues(value, path).filter((entry): entry is [path: string, value: number] =>
    Number.isFinite(entry[1]),
  );

/**
 * Numbers of a record by tag. TensorBoard makes a section of the text before the first slash: nested objects of an
 * iteration are sections of their own.
 */
export function tagsOf(record: object): [tag: string, value: number][] {
  const { event, iteration: _iteration, ...rest } = record as Readonly<Record<string, unknown>>;
  const heading = HEADINGS[String(event)] ?? String(event);
  return Object.entries(rest).flatMap(([key, value]) => {
    const isSection = event === "iteration" && typeof value === "object";
    return numbersIn(value, key).map(([path, number]): [string, number] => [
      isSection ? path.replace(".", "/") : `${heading}/${path}`,
      number,
    ]);
  });
}
