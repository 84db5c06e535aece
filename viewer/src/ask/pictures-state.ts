/**
 * @module
 * The pictures and the question: pictures of a run's problems, or files of the user, and the words of the question.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { GroupSummary, RolloutPage } from "../../../src/view/protocol.ts";
import { current, go, param } from "../address.ts";
import { askRun, type ImageRun, imageAddress } from "../api.ts";
import { pictureRun } from "./exports-state.ts";
import { type Named, NewestPictures } from "./newest-pictures.ts";
import { decodePicture, type Picture } from "./picture.ts";

const MOST_PROBLEMS = 12;

const pictureKey = param("picture");
const askKey = param("ask");
const pictureRunId = computed(() => pictureRun.value?.id);
const reached = computed(() => pictureRun.value?.reached);
const version = computed(() => pictureRun.value?.version);

/** Problems of the run, for their pictures. */
export const problems = signal<readonly GroupSummary[]>([]);
export const pictures = signal<readonly Picture[]>([]);
/** Why there is no picture. */
export const pictureTrouble = signal("");

/** The problem whose picture was chosen. */
const chosenProblem: ReadonlySignal<GroupSummary | undefined> = computed(() =>
  pictureKey.value === ""
    ? undefined
    : problems.value.find(({ index }) => index === Number(pictureKey.value)),
);
/** The question: the words in the address, else the problem's words. */
export const question: ReadonlySignal<string> = computed(() =>
  askKey.value === "" ? (chosenProblem.value?.question ?? "") : askKey.value,
);

/** The run whose problems are known; there may be none. */
const problemsOf = signal<string | undefined>(undefined);
const isDecoding = signal(false);
/** Whether the chosen pictures are still to come: the shown pictures are of an earlier choice. */
export const arePicturesComing: ReadonlySignal<boolean> = computed(
  () => isDecoding.value || (pictureKey.value !== "" && problemsOf.value !== pictureRunId.value),
);

const newest = new NewestPictures({
  decode: async ({ name, address, blob }) => ({ name, address, image: await decodePicture(blob, name) }),
  show: (shown, why) => {
    pictures.value = shown;
    pictureTrouble.value = why;
    isDecoding.value = false;
  },
  revoke: (address) => URL.revokeObjectURL(address),
});

/**
 * Shows pictures once they have come.
 *
 * @param address of the first, where it is a problem's
 */
function choose(found: Promise<readonly Named[]>, address?: string): void {
  isDecoding.value = true;
  void newest.choose(found, address);
}

/** Takes files that were chosen or dropped. */
export function useFiles(files: readonly File[]): void {
  if (files.length === 0) return;
  go({ ask: question.value, picture: undefined, token: undefined });
  const named = files.map((file) => ({ name: file.name, address: URL.createObjectURL(file), blob: file }));
  choose(Promise.resolve(named));
}

/** Takes none: they were of another run. */
export function dropPictures(): void {
  go({ picture: undefined });
  choose(Promise.resolve([]));
}

/** Takes the pictures of a problem, and its question. */
export function useProblem({ index }: GroupSummary): void {
  go({ picture: index, ask: undefined, token: undefined });
}

/** Pictures of a problem: as many as it has, or one where nobody knows. */
function problemPictures(run: ImageRun, { index, pictures: count }: GroupSummary): Promise<Named[]> {
  return Promise.all(
    Array.from({ length: count ?? 1 }, async (_, place) => {
      const address = imageAddress(run, index, place, count);
      const response = await fetch(address);
      if (!response.ok) throw new Error("the picture is not available from its source");
      return { name: `problem ${index}`, address, blob: await response.blob() };
    }),
  );
}

/** Some problems of the newest iteration that has rollouts, each once. */
async function loadProblems(run: string, abort: AbortSignal): Promise<GroupSummary[]> {
  const last = (await askRun<number[]>(run, "iterations", abort)).at(-1);
  if (last === undefined) return [];
  const { groups } = await askRun<RolloutPage>(run, `rollouts/${last}`, abort);
  const byIndex = new Map(groups.map((group) => [group.index, group]));
  const some = [...byIndex.values()].slice(0, MOST_PROBLEMS);
  // The problem in the address stays while the run continues.
  const kept = problems.value.find(({ index }) => current("picture") === String(index));
  return kept === undefined || some.some(({ index }) => index === kept.index) ? some : [kept, ...some];
}

/** Keeps problems and pictures loaded while the page is shown; returns how to stop. */
export function watchPictures(): () => void {
  const stops = [
    effect(() => {
      void reached.value;
      void version.value;
      const run = pictureRunId.value;
      if (run === undefined) return;
      const abort = new AbortController();
      loadProblems(run, abort.signal).then(
        (found) => {
          problems.value = found;
          problemsOf.value = run;
        },
        () => {
          if (abort.signal.aborted) return;
          problems.value = [];
          problemsOf.value = run;
        },
      );
      return () => abort.abort();
    }),
    effect(() => {
      const [id, problem, state] = [pictureRunId.value, chosenProblem.value, version.value];
      if (id === undefined || state === undefined || problem === undefined) return;
      const run = { id, version: state };
      const address = imageAddress(run, problem.index, 0, problem.pictures);
      if (!newest.isChosen(address)) choose(problemPictures(run, problem), address);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
