/**
 * @module
 * ms-swift's rows: `query` and `response`, with earlier exchanges in `history`; and Alpaca's: `instruction`, `input` and
 * `output`.
 */
import { asText } from "./asked.ts";
import type { Cells } from "./cells.ts";
import { type Exchange, exchangesOf } from "./conversation.ts";
import { unquoted } from "./literal.ts";
import { firstAnswer, firstOf, firstQuestion, type RowReader, solutionOf } from "./reader.ts";

const ASKING = ["query", "instruction", "input"];
const ANSWERING = ["response", "output"];

/** The pairs of `history`, then the row's own question and answer. */
function exchanges(cells: Cells): Exchange[] {
  const query = cells.first(ASKING);
  const response = cells.first(ANSWERING);
  const input = query?.name === "instruction" ? cells.at("input") : undefined;
  if (query === undefined) return [];
  const history = unquoted(cells.at("history"));
  const earlier = Array.isArray(history) ? (history as readonly unknown[]) : [];
  const pairs = earlier.flatMap((pair) =>
    Array.isArray(pair) ? [{ human: pair[0], assistant: pair[1] }] : [pair],
  );
  const human =
    input === undefined ? query.value : `${asText(query.value, "question")}\n${asText(input, "input")}`;
  return exchangesOf([...pairs, { human, ...(response && { assistant: response.value }) }]);
}

export const queryResponse: RowReader = {
  name: "query and response",
  question: firstOf(ASKING, (_value, _name, cells) => firstQuestion(exchanges(cells))),
  answer: firstOf(ANSWERING, (value, _name, cells) => firstAnswer(exchanges(cells)) ?? { values: [value] }),
  solution: firstOf(ANSWERING, (value, _name, cells) => {
    return solutionOf(exchanges(cells)) ?? { completion: asText(value, "solution"), later: [] };
  }),
};
