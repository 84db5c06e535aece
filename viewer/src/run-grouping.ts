/**
 * @module
 * Whether runs that differ in their seed alone are one line, and which groups they make.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { RunSummary } from "../../src/view/protocol.ts";
import { param } from "./address.ts";
import { groupRuns, type RunGroup } from "./run-groups.ts";
import { runs } from "./runs-state.ts";

const chosen = param("group");

/** Groups of all runs that can be shown. */
export const runGroups: ReadonlySignal<readonly RunGroup<RunSummary>[]> = computed(() =>
  groupRuns(runs.value.filter(({ problem }) => problem === null)),
);

const hasSeveralSeeds = ({ runs: own }: RunGroup<RunSummary>) =>
  new Set(own.map(({ config }) => config["train.seed"])).size > 1;

/** As the address says; unless it does, where some settings were run with more than one seed. */
export const isGrouped: ReadonlySignal<boolean> = computed(() =>
  chosen.value === "" ? runGroups.value.some(hasSeveralSeeds) : chosen.value === "1",
);
