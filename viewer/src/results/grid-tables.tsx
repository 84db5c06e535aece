/**
 * @module
 * The tables of grids: each row's means with their 95 % intervals, and the way to its runs.
 */
import { numberText, percentText, pointsText, signedText } from "../../../src/view/number-text.ts";
import type { GridRow, GridSummary, GridValue } from "../../../src/view/protocol.ts";
import { go } from "../address.ts";

const isShare = (unit: string) => unit === "share";

function differenceText(difference: number, unit: string): string {
  return isShare(unit) ? pointsText(difference) : signedText(difference);
}

function Cell({ value, unit }: { readonly value: GridValue | undefined; readonly unit: string }) {
  if (value === undefined) return <td class="number faint">–</td>;
  const text = isShare(unit) ? percentText : numberText;
  const { mean, low, high, difference, pAdjusted } = value;
  return (
    <td class="number">
      {text(mean)}
      {low !== null && high !== null && (
        <span class="below-number soft">
          {text(low)} to {text(high)}
        </span>
      )}
      {difference !== null && (
        <span
          class={`below-number ${pAdjusted !== null && pAdjusted < 0.05 ? (difference < 0 ? "bad" : "good") : "soft"}`}
          title="difference to the baseline, with its p-value adjusted by Holm"
        >
          {differenceText(difference, unit)}
          {pAdjusted !== null && `, p ${pAdjusted < 0.001 ? "< 0.001" : pAdjusted.toFixed(3)}`}
        </span>
      )}
    </td>
  );
}

function nameOf({ labels, of }: GridRow, axes: readonly string[]): string {
  const values = axes.flatMap((axis) => labels[axis] ?? []);
  if (of === "start") return ["before training", ...values].join(", ");
  return [...(of === "mean" ? ["mean"] : []), ...values].join(", ") || "all runs";
}

function Table({ grid }: { readonly grid: GridSummary }) {
  return (
    <div class="scroll">
      <table class="grid-table">
        <thead>
          <tr>
            <th>{grid.axes.join(", ")}</th>
            {grid.columns.map(({ name }) => (
              <th key={name} class="number">
                {name}
              </th>
            ))}
            <th class="number">seeds</th>
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((row) => (
            <tr key={JSON.stringify([row.of, row.labels])}>
              <td>
                {row.runs.length === 0 ? (
                  <span class="soft">{nameOf(row, grid.axes)}</span>
                ) : (
                  <button
                    type="button"
                    class="link"
                    title="the curves of its runs"
                    onClick={() => go({ view: "runs", runs: row.runs }, true)}
                  >
                    {nameOf(row, grid.axes)}
                  </button>
                )}
              </td>
              {grid.columns.map(({ name, unit }) => (
                <Cell key={name} value={row.values[name]} unit={unit} />
              ))}
              <td class="number soft">{row.seeds}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function GridTables({ grids }: { readonly grids: readonly GridSummary[] }) {
  return (
    <>
      {grids.map((grid) => (
        <section key={grid.id} class="section" aria-label={`Grid ${grid.id}`}>
          <h2>
            {grid.id}
            {grid.problem === null && grid.baseline !== null && (
              <span class="soft small">differences to {grid.baseline}</span>
            )}
          </h2>
          {grid.problem === null ? <Table grid={grid} /> : <p class="bad">{grid.problem}</p>}
          {grid.notes.map((note) => (
            <p key={note} class="soft small">
              {note}
            </p>
          ))}
        </section>
      ))}
    </>
  );
}
