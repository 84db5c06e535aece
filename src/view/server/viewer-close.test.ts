import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openConfiguredDialogue } from "../../config/index.ts";
import { madeRun } from "../../testing/made-run.ts";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { LoadedModels } from "../inspect/loaded-models.ts";
import { startViewerWith } from "./viewer-server.ts";

/** A run with several weights. */
function runWith(weights: readonly string[]): string {
  const path = madeRun();
  for (const name of weights) {
    mkdirSync(join(path, name), { recursive: true });
    writeFileSync(join(path, name, "config.json"), "{}");
  }
  return path;
}

/** A viewer whose models open once `open` is called, and that is asked for one. */
async function busyViewer() {
  const events: string[] = [];
  let open = () => {};
  const mayOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const models = new LoadedModels(async (directory, config) => {
    events.push(`open ${directory.slice(-6)}`);
    await mayOpen;
    const engine = { ...digitsFakeEngine(), close: async () => void events.push("close") };
    return { engine, dialogue: await openConfiguredDialogue({ ...config, model: { kind: "small" } }) };
  });
  const runs = [runWith(["checkpoints/000001", "checkpoints/000002"])];
  const viewer = await startViewerWith({ runs }, models);
  const ask = (weights: string, signal?: AbortSignal) =>
    fetch(`${viewer.url}api/runs/made/answer/0?weights=checkpoints/${weights}`, signal ? { signal } : {});
  const first = ask("000001");
  await expect.poll(() => events).toEqual(["open 000001"]);
  return { viewer, events, open, ask, first };
}

test("a viewer that is closed answers nobody, opens no further model, and closes the model that it was opening", async () => {
  const { viewer, events, open, ask, first } = await busyViewer();
  const cut = [first, ask("000002")].map((answer) => expect(answer).rejects.toThrow());
  await new Promise((resolve) => setTimeout(resolve, 100));
  const closed = viewer.close();
  // While the model is still being opened.
  await Promise.all(cut);
  open();
  await closed;
  expect(events).toEqual(["open 000001", "close"]);
});

test("the question of a client that has gone is left out", async () => {
  const { viewer, events, open, ask, first } = await busyViewer();
  const gone = new AbortController();
  const left = expect(ask("000002", gone.signal)).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 100));
  gone.abort();
  await left;
  await new Promise((resolve) => setTimeout(resolve, 100));
  open();
  expect((await first).status).toBe(200);
  await viewer.close();
  expect(events).toEqual(["open 000001", "close"]);
});
