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

test("uses go one after another, so that no model is closed under one", async () => {
  const { events, models, use } = noted();
  const slow = models.use("a", config, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push("slow use of a");
  });
  await Promise.all([slow, use("b"), use("c"), models.close()]);
  expect(events.indexOf("slow use of a")).toBeLessThan(events.indexOf("close a"));
  expect(events.filter((event) => event.startsWith("close"))).toHaveLength(3);
});

test("a model that cannot be opened is an error for who asked, and no one else", async () => {
  const { events, use } = noted();
  await expect(use("broken")).rejects.toThrow("broken: no model");
  await use("a");
  await expect(use("broken")).rejects.toThrow("broken: no model");
  expect(events).toEqual(["open a", "use a"]);
});
