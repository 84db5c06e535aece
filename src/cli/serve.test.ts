import { expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, interruptedBy } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

test("fovea serve says where it listens, answers, and ends when it is interrupted", async () => {
  const controller = new AbortController();
  const { context, stdout, stderr } = collectingContext({ interruption: interruptedBy(controller.signal) });
  const words = ["serve", "--port", "0", "--state", temporaryDirectory(), "--name", "small", "--json"];
  const ended = runCommandLine([...words, "--api-key-variable", "NO_SUCH_KEY"], context);
  const read = () => {
    const { url: address, model } = JSON.parse(stdout()) as { url: string; model: string };
    expect(model).toBe("small");
    return address;
  };
  // A busy machine takes seconds to open it.
  const url = await vi.waitFor(read, { timeout: 30_000 });
  const answer = await (await fetch(`${url}/api/v1/get_server_capabilities`)).json();
  expect(answer).toMatchObject({ supported_models: [{ model_name: "small" }], fovea: { protocol: 1 } });
  const models = await (await fetch(`${url}/v1/models`)).json();
  expect(models).toMatchObject({ object: "list", data: [{ id: "small", object: "model" }] });
  controller.abort();
  expect(await ended).toBe(0);
  expect(stderr()).toContain("serving small");
});

test("fovea serve refuses to serve the model of another server", async () => {
  const { context, stderr } = collectingContext();
  const words = ["serve", "--set", "engine=tinker", "--set", "engine.url=http://127.0.0.1:1"];
  expect(await runCommandLine(words, context)).toBe(2);
  expect(stderr()).toContain('engine.kind: expected "local" where a model is served, got "tinker"');
});
