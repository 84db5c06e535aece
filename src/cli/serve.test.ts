import { expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
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

test("fovea serve names the models that it cannot keep when it ends", async () => {
  const controller = new AbortController();
  const { context, stdout, stderr } = collectingContext({ interruption: interruptedBy(controller.signal) });
  const words = ["serve", "--port", "0", "--state", temporaryDirectory(), "--name", "digits"];
  const ended = runCommandLine([...words, "--api-key-variable", "NO_SUCH_KEY"], context);
  await vi.waitFor(() => expect(stderr()).toContain("serving digits"), { timeout: 30_000 });
  const url = stdout().trim();
  const { model } = await rawModel(url);
  const data = [rawDatum([1, 2, 3], { weights: [1, 1] })];
  const backward = { model_id: model, seq_id: 1, forward_backward_input: { data, loss_fn: "cross_entropy" } };
  const done = await result(url, await call(url, "forward_backward", backward));
  expect(done).toMatchObject({ type: "forward_backward" });
  controller.abort();
  expect(await ended).toBe(0);
  expect(stderr()).toContain(
    `model ${model} is lost: its gradient waits for an optim_step, and only whole steps are kept; its checkpoints stay\n`,
  );
}, 60_000);

test("fovea serve refuses to serve the model of another server", async () => {
  const { context, stderr } = collectingContext();
  const words = ["serve", "--set", "engine=tinker", "--set", "engine.url=http://127.0.0.1:1"];
  expect(await runCommandLine(words, context)).toBe(2);
  expect(stderr()).toContain('engine.kind: expected "local" where a model is served, got "tinker"');
});
