/**
 * @module
 * State of the results page: tables of grids, files of answers, and a page of the open answers.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { AnswerPage, AnswersSummary, GridSummary } from "../../../src/view/protocol.ts";
import { param } from "../address.ts";
import { askAnswerFiles, askAnswers, askGrids, trouble } from "../api.ts";

const REFRESH_MS = 8000;

export const grids = signal<readonly GridSummary[]>([]);
export const answerFiles = signal<readonly AnswersSummary[]>([]);
/** Numbers of older results that the lists lack. */
export const olderResults = signal({ grids: 0, answers: 0 });
/** False until the lists have come. */
export const isListed = signal(false);
/** The page of answers; undefined until it has come. */
export const answerPage = signal<AnswerPage | undefined>(undefined);
/** Why there is no page. */
export const answerTrouble = signal("");

const openKey = param("answers");
const besideKey = param("beside");
const verdict = param("verdict");
const kind = param("kind");
const text = param("text");
const from = param("from");

const readable = computed(() => answerFiles.value.filter(({ problem }) => problem === null));

/** The open file: the one in the address, else the first. */
export const openFile: ReadonlySignal<AnswersSummary | undefined> = computed(
  () => readable.value.find(({ id }) => id === openKey.value) ?? readable.value[0],
);

/** The file whose answers are shown beside the open one; undefined where none was chosen. */
export const besideFile: ReadonlySignal<AnswersSummary | undefined> = computed(() =>
  readable.value.find(({ id }) => id === besideKey.value && id !== openFile.value?.id),
);

async function loadLists(): Promise<void> {
  try {
    const [tables, files] = await Promise.all([
      askGrids(),
      askAnswerFiles([openKey.peek(), besideKey.peek()]),
    ]);
    [grids.value, answerFiles.value] = [tables.items, files.items];
    olderResults.value = { grids: tables.older, answers: files.older };
    trouble.value = "";
  } catch (error) {
    trouble.value = `The server does not answer: ${(error as Error).message}`;
  }
  isListed.value = true;
}

/** Keeps lists and answers loaded while the page is shown; returns how to stop. */
export function watchResults(): () => void {
  void loadLists();
  /** Looks at the answers again, since a file grows while its evaluation runs. */
  const looks = signal(0);
  const timer = setInterval(() => {
    if (document.hidden) return;
    void loadLists();
    looks.value += 1;
  }, REFRESH_MS);
  const openId = computed(() => openFile.value?.id);
  const besideId = computed(() => besideFile.value?.id);
  const stop = effect(() => {
    const id = openId.value;
    void looks.value;
    const query = new URLSearchParams({
      outcome: verdict.value,
      kind: kind.value,
      find: text.value,
      from: String(Number(from.value) || 0),
      against: besideId.value ?? "",
    });
    if (id === undefined) {
      answerPage.value = undefined;
      return;
    }
    const abort = new AbortController();
    askAnswers<AnswerPage>(id, query, abort.signal).then(
      (page) => {
        answerTrouble.value = "";
        answerPage.value = page;
      },
      (error: Error) => {
        if (abort.signal.aborted) return;
        answerTrouble.value = error.message;
        answerPage.value = undefined;
      },
    );
    return () => abort.abort();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
