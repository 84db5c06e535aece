/**
 * @module
 * The exports that the server found, and the one that is asked.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ModelExport, RunSummary } from "../../../src/view/protocol.ts";
import { param } from "../address.ts";
import { askExports } from "../api.ts";
import { openRun, runs } from "../runs-state.ts";

const REFRESH_MS = 4000;

const exportKey = param("export");

/** Every export; undefined until the server has said. */
export const exports = signal<readonly ModelExport[] | undefined>(undefined);

/** How many older exports are not in the list. */
export const olderExports = signal(0);

/** Exports that can be asked. */
export const usableExports: ReadonlySignal<readonly ModelExport[]> = computed(() =>
  (exports.value ?? []).filter(({ problem }) => problem === null),
);

/** The export that is asked: the one in the address, else one of the open run, else the first. */
export const chosenExport: ReadonlySignal<ModelExport | undefined> = computed(
  () =>
    usableExports.value.find(({ id }) => id === exportKey.value) ??
    usableExports.value.find(({ run }) => run !== null && run === openRun.value?.id) ??
    usableExports.value[0],
);

/** The run whose pictures are offered: the export's own, else the open one. */
export const pictureRun: ReadonlySignal<RunSummary | undefined> = computed(() => {
  const { run = null } = chosenExport.value ?? {};
  return runs.value.find(({ id }) => id === run) ?? openRun.value;
});

async function loadExports(): Promise<void> {
  try {
    const { items, older } = await askExports([exportKey.peek()]);
    exports.value = items;
    olderExports.value = older;
  } catch {
    exports.value ??= [];
  }
}

/** Looks for exports, again and again until there is one; returns how to stop. */
export function watchExports(): () => void {
  void loadExports();
  const interval = setInterval(() => {
    if (!document.hidden && chosenExport.value === undefined) void loadExports();
  }, REFRESH_MS);
  return () => clearInterval(interval);
}
