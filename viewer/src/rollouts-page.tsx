/**
 * @module
 * The second page: the rollouts of an iteration, and one completion token by token.
 */
import { useEffect } from "preact/hooks";
import { CompletionView } from "./completion-view.tsx";
import { inspection } from "./inspection-state.ts";
import { useRolloutKeys } from "./rollout-keys.ts";
import { RolloutList } from "./rollout-list.tsx";
import { detail, groupTrouble, page, watchRollouts } from "./rollouts-state.ts";
import { openRun } from "./runs-state.ts";

export function RolloutsPage() {
  useEffect(() => watchRollouts(), []);
  useEffect(() => inspection.watch(), []);
  useRolloutKeys();
  const run = openRun.value;
  const shown = detail.value;
  return (
    <div class="page wide">
      <RolloutList />
      <main class="main">
        {shown !== undefined && run !== undefined && <CompletionView rollout={shown} run={run} />}
        {shown === undefined && groupTrouble.value !== "" && (
          <p class="bad" role="alert">
            The completion cannot be shown: {groupTrouble.value}
          </p>
        )}
        {shown === undefined && page.value === undefined && (
          <p class="empty">This run has no rollouts to show yet.</p>
        )}
      </main>
    </div>
  );
}
