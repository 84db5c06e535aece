/**
 * @module
 * The thread in which a local engine computes: a run blocks it, and nothing else.
 */
import { parentPort, workerData } from "node:worker_threads";
import { EngineError } from "../../errors/index.ts";
import { toPlainError } from "../../errors/plain-error.ts";
import { DeviceModel } from "./device/device-model.ts";
import { LocalModel } from "./local-model.ts";
import type { ReplicaOptions } from "./local-options.ts";
import type { Answer, Call, Method, Progress } from "./protocol.ts";
import { StreamingModel } from "./streaming/streaming-model.ts";

const port = parentPort!;
const model = open();
let queue: Promise<void> = Promise.resolve();

port.on("message", (call: Call) => {
  queue = queue.then(() => answer(call));
});

/** A model that cannot be opened answers every call with the reason. */
function open(): LocalModel | DeviceModel | StreamingModel | Error {
  try {
    const options = workerData as ReplicaOptions;
    if (options.stream === true) return new StreamingModel(options);
    return (options.device ?? "cpu") === "cpu" ? new LocalModel(options) : new DeviceModel(options);
  } catch (error) {
    return error as Error;
  }
}

async function answer({ id, method, parameters }: Call): Promise<void> {
  let reply: Answer;
  try {
    if (model instanceof Error) {
      throw model;
    }
    const run = (model as Partial<Record<Method, (...parameters: readonly unknown[]) => unknown>>)[method];
    if (run === undefined) {
      throw new EngineError(
        `${method}: one that streams its weights or computes on a graphics adapter has no replicas`,
      );
    }
    const report = (progress: unknown) => port.postMessage({ id, progress } satisfies Progress);
    // Only sampling reports its progress before it ends.
    const own = method === "sample" ? [...parameters, report] : [...parameters];
    reply = { id, result: await run.apply(model, own) };
  } catch (error) {
    reply = { id, error: toPlainError(error) };
  }
  port.postMessage(reply);
}
