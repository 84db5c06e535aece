/**
 * @module
 * The answer as it comes: one worker holds the chosen export, and its tokens are shown a few times a second.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ModelExport } from "../../../src/view/protocol.ts";
import { current, go } from "../address.ts";
import { exportBase } from "../api.ts";
import type { FromWorker, ToWorker } from "./ask-message.ts";
import { chosenExport, pictureRun } from "./exports-state.ts";
import { emptyAnswer, grown, type LiveAnswer, type LiveRoles, liveRoles } from "./live-answer.ts";
import { arePicturesComing, pictures, question } from "./pictures-state.ts";

/** Tokens are shown so often at most; less often where working out their roles takes longer. */
const FRAME_MS = 40;
const USUAL_TOKENS = 64;

/** The answer as far as it has come. */
export const answer = signal<LiveAnswer | undefined>(undefined);
/** Its roles by DyCo-RL. */
export const roles = signal<LiveRoles | undefined>(undefined);
/** The worker's task before it can answer; "" once it can. */
export const progress = signal("");
export const isAnswering = signal(false);
/** False for an export without attention. */
export const hasAttention = signal(true);

let holder: { readonly id: string; readonly worker: Worker } | undefined;
/** Number of the newest question; messages about older questions are not shown. */
let number = 0;
let waiting: FromWorker[] = [];
let isScheduled = false;
let delay = FRAME_MS;

/** τ of the run, where it trains with DyCo-RL. */
function threshold(): number | undefined {
  const { config } = pictureRun.value ?? {};
  const value = Number(config?.["credit.threshold"] ?? Number.NaN);
  return config?.["credit.kind"] === '"dyco-rl"' && value >= 0 ? value : undefined;
}

function show(): void {
  isScheduled = false;
  const begun = performance.now();
  const before = answer.peek();
  const messages = waiting;
  waiting = [];
  if (before === undefined) return;
  const now = messages.reduce(grown, before);
  answer.value = now;
  roles.value = liveRoles(now, threshold());
  isAnswering.value = now.stopReason === undefined;
  delay = Math.max(FRAME_MS, 4 * (performance.now() - begun));
}

function keep(message: FromWorker): void {
  waiting.push(message);
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(show, delay);
}

function onMessage(message: FromWorker): void {
  switch (message.kind) {
    case "progress":
      progress.value = message.text;
      return;
    case "opened":
      progress.value = "";
      hasAttention.value = message.hasAttention;
      return;
    case "failed":
      // A model that cannot be opened is tried again with the next question.
      if (message.number === undefined) dropModel();
      if (message.number === undefined || message.number === number) keep(message);
      return;
    case "prompt":
    case "token":
    case "row":
    case "done":
      if (message.number === number) keep(message);
  }
}

function dropModel(): void {
  holder?.worker.terminate();
  holder = undefined;
  progress.value = "";
}

/** The worker that holds an export; another one's is ended, since its memory never shrinks. */
function workerOf(wanted: ModelExport): Worker {
  if (holder?.id === wanted.id) return holder.worker;
  dropModel();
  const worker = new Worker(new URL("./answer-worker.ts", import.meta.url), { type: "module" });
  holder = { id: wanted.id, worker };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onMessage(data);
  worker.onerror = ({ message }) => onMessage({ kind: "failed", message: message || "the worker has ended" });
  progress.value = "starting";
  post(worker, { kind: "open", base: exportBase(wanted.id), files: wanted.files });
  return worker;
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** Greedy unless the address says otherwise. */
export function temperature(): number {
  const value = Number(current("temperature"));
  return value > 0 && Number.isFinite(value) ? value : 0;
}

export function seed(): number {
  const value = Number(current("seed") || "1");
  return Number.isSafeInteger(value) && value >= 0 ? value : 1;
}

/** Most tokens of an answer: the run's own limit unless the address says otherwise. */
export function mostTokens(): number {
  const value = Number(current("most"));
  return Number.isSafeInteger(value) && value > 0 ? value : (chosenExport.value?.maxTokens ?? USUAL_TOKENS);
}

/** Whether there is a question that can be asked: not before the chosen pictures have come. */
export const canAsk: ReadonlySignal<boolean> = computed(
  () => chosenExport.value !== undefined && question.value.trim() !== "" && !arePicturesComing.value,
);

/** Asks the question on the page, if it can be asked. */
export function askNow(): void {
  const wanted = chosenExport.value;
  if (wanted === undefined || !canAsk.value) return;
  number += 1;
  waiting = [];
  answer.value = emptyAnswer(question.value);
  roles.value = undefined;
  isAnswering.value = true;
  go({ token: undefined });
  post(workerOf(wanted), {
    kind: "ask",
    number,
    asked: {
      question: question.value,
      pictures: pictures.value.map(({ image }) => image),
      system: current("system") || (wanted.system ?? undefined),
      suffix: current("suffix") || wanted.suffix,
      temperature: temperature(),
      maxTokens: mostTokens(),
      seed: seed(),
    },
  });
}

/** Ends the answer after the token that is being worked on. */
export function stopAnswer(): void {
  if (holder !== undefined) post(holder.worker, { kind: "stop" });
}

/** Forgets the answer: it was to another question. */
export function forgetAnswer(): void {
  stopAnswer();
  number += 1;
  answer.value = undefined;
  roles.value = undefined;
  isAnswering.value = false;
}
