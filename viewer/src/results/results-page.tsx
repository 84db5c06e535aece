/**
 * @module
 * The page of results: the tables of grids, and the answers of evaluations.
 */
import { useEffect } from "preact/hooks";
import { Older } from "../older.tsx";
import { AnswerFiles, AnswerList } from "./answer-list.tsx";
import { GridTables } from "./grid-tables.tsx";
import { answerFiles, grids, isListed, olderResults, openFile, watchResults } from "./results-state.ts";

export function ResultsPage() {
  useEffect(() => watchResults(), []);
  const open = openFile.value;
  const { answers, grids: tables } = olderResults.value;
  const broken = answerFiles.value.filter(({ problem }) => problem !== null);
  const hasNothing = isListed.value && grids.value.length === 0 && answerFiles.value.length === 0;
  return (
    <div class="page">
      <aside class="side">
        {open !== undefined && <AnswerFiles open={open} />}
        <Older count={answers} what="files of answers" how="name one in the address, as #answers=NAME" />
        <Older count={tables} what="tables" how="start the viewer with their directory" />
        {broken.map(({ id, problem }) => (
          <p key={id} class="small bad">
            {id}: {problem}
          </p>
        ))}
        <p class="small soft">
          Tables come from <code>fovea compare</code>, answers from <code>fovea eval</code>.
        </p>
      </aside>
      <main class="main">
        {hasNothing && (
          <p class="empty">
            No results below these directories yet: <code>fovea eval --run-dir RUN</code> writes answers,{" "}
            <code>fovea compare GRID --out DIRECTORY</code> a table.
          </p>
        )}
        <GridTables grids={grids.value} />
        {open !== undefined && <AnswerList open={open} />}
      </main>
    </div>
  );
}
