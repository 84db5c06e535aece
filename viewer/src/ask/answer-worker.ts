/**
 * @module
 * The thread in which an exported model runs, so that the page stays awake: one export for the whole of its life.
 */
import { answer } from "./answer.ts";
import type { FromWorker, ToWorker } from "./ask-message.ts";
import { type ExportedModel, openExport } from "./exported-model.ts";

/** The used part of a worker's own scope. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as Scope;
const { port1, port2 } = new MessageChannel();
let model: Promise<ExportedModel> | undefined;
/** The newest question; older questions are given up. */
let newest = -1;
/** The graphs answer one question at a time. */
let running: Promise<void> = Promise.resolve();

/** Lets messages in that came meanwhile; runs of WebAssembly alone never do. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function onAsk({ number, asked }: Extract<ToWorker, { kind: "ask" }>): Promise<void> {
  try {
    const opened = await model;
    if (opened === undefined) throw new Error("no model is open");
    for await (const event of answer(opened, asked, () => newest !== number)) {
      scope.postMessage({ ...event, number });
      await breathe();
    }
  } catch (error) {
    scope.postMessage({ kind: "failed", number, message: messageOf(error) });
  }
}

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "open":
      model = openExport(data.base, data.files, (text) => scope.postMessage({ kind: "progress", text }));
      model.then(
        ({ manifest }) => scope.postMessage({ kind: "opened", hasAttention: manifest.attentionLayers > 0 }),
        (error: unknown) => scope.postMessage({ kind: "failed", message: messageOf(error) }),
      );
      return;
    case "ask":
      newest = data.number;
      running = running.then(() => onAsk(data));
      return;
    case "stop":
      newest = -1;
  }
};
