import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openConfiguredDialogue } from "../../config/index.ts";
import { createFakeEngine } from "../../engine/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { tinyConfig } from "../../testing/tiny-run.ts";
import { type LoadedModel, LoadedModels } from "./loaded-models.ts";

const config = tinyConfig();
const dialogue = await openConfiguredDialogue(config);

/** Models that note when they are opened and closed. */
function noted() {
  const events: string[] = [];
  const models = new LoadedModels(async (directory): Promise<LoadedModel> => {
    if (directory === "broken") throw new Error("broken: no model");
    events.push(`open ${directory}`);
    const engine = {
      ...createFakeEngine({ vocabSize: 8 }),
      close: async () => {
        events.push(`close ${directory}`);
      },
    };
    return { engine, dialogue };
  });
  const use = (directory: string) =>
    models.use(directory, config, async () => void events.push(`use ${directory}`));
  return { events, models, use };
}

test("a model is opened once and used again; the one used longest ago makes room for a third", async () => {
  const { events, use } = noted();
  for (const directory of ["a", "b", "a", "c", "b"]) await use(directory);
  expect(events).toEqual([
    ...["open a", "use a", "open b", "use b", "use a"],
    ...["open c", "close b", "use c"],
    ...["open b", "close a", "use b"],
  ]);
});

test("a model whose files or configuration are others now is opened again", async () => {
  const { events, models } = noted();
  const directory = temporaryDirectory();
  const use = (of = config) => models.use(directory, of, async () => void events.push("use"));
  writeFileSync(join(directory, "model.safetensors"), "one");
  await use();
  await use();
  writeFileSync(join(directory, "model.safetensors"), "other");
  await use();
  await use(tinyConfig("prompt.suffix=Think."));
  const [open, close] = [`open ${directory}`, `close ${directory}`];
  expect(events).toEqual([open, "use", "use", close, open, "use", close, open, "use"]);
});

/** Work that lasts until `end` is called. */
function lasting() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, ended };
}

test("uses go one after another, so that no model is closed under one", async () => {
  const { events, models, use } = noted();
  const { end, ended } = lasting();
  const slow = models.use("a", config, async () => {
    await ended;
    events.push("slow use of a");
  });
  const others = [use("b"), use("c")];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events).toEqual(["open a"]);
  end();
  await Promise.all([slow, ...others]);
  expect(events.indexOf("slow use of a")).toBeLessThan(events.indexOf("close a"));
  await models.close();
  expect(events.filter((event) => event.startsWith("close"))).toHaveLength(3);
});

test("closing waits for the use that has begun; the uses behind it fail, and so does every later one", async () => {
  const { events, models, use } = noted();
  const { end, ended } = lasting();
  const begun = models.use("a", config, async () => {
    await ended;
    events.push("end of a");
  });
  const waiting = expect(use("b")).rejects.toThrow("b: no model is opened, since the viewer is closed");
  await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = models.close();
  const late = expect(use("a")).rejects.toThrow("the viewer is closed");
  end();
  await Promise.all([begun, waiting, closed, late]);
  await expect(use("c")).rejects.toThrow("the viewer is closed");
  expect(events).toEqual(["open a", "end of a", "close a"]);
});

test("a use for which nobody waits any more is left out, and its model is not opened", async () => {
  const { events, models, use } = noted();
  const { end, ended } = lasting();
  const gone = new AbortController();
  const slow = models.use("a", config, () => ended);
  const left = models.use("b", config, async () => void events.push("use b"), gone.signal);
  const refused = expect(left).rejects.toThrow("b: nobody waits for this model any more");
  const next = use("c");
  gone.abort();
  end();
  await Promise.all([slow, refused, next]);
  expect(events).toEqual(["open a", "open c", "use c"]);
});

test("a model that cannot be opened is an error for who asked, and no one else", async () => {
  const { events, use } = noted();
  await expect(use("broken")).rejects.toThrow("broken: no model");
  await use("a");
  await expect(use("broken")).rejects.toThrow("broken: no model");
  expect(events).toEqual(["open a", "use a"]);
});
