import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { interruptionBy, onForgottenFailure, onReaderGone } from "./interruption.ts";

describe("Ctrl-C", () => {
  test("asks to stop the first time, and ends at once the second", () => {
    const listeners = new Map<string, () => void>();
    const process = {
      on: (signal: string, listener: () => void) => listeners.set(signal, listener),
      off: (signal: string) => listeners.delete(signal),
    };
    const notices: string[] = [];
    const exits: number[] = [];
    const interruption = interruptionBy(
      process,
      (text) => notices.push(text),
      (status) => exits.push(status),
    );
    // The default of the process until a command listens.
    expect(listeners.size).toBe(0);
    const signal = interruption.listen("stopping after a checkpoint");
    expect(signal.aborted).toBe(false);
    listeners.get("SIGINT")?.();
    expect(signal.aborted).toBe(true);
    expect(notices).toEqual(["\nstopping after a checkpoint; press Ctrl-C again to stop at once\n"]);
    expect(exits).toEqual([]);
    listeners.get("SIGINT")?.();
    expect(exits).toEqual([130]);
    interruption.dispose();
    expect(listeners.size).toBe(0);
  });

  test("is the exit status if the reader closes the stream; other errors of the stream are thrown", () => {
    const process = { on: () => undefined, off: () => undefined };
    const exits: number[] = [];
    const interruption = interruptionBy(
      process,
      () => undefined,
      (status) => exits.push(status),
    );
    const stream = new EventEmitter();
    interruption.listen("stopping");
    onReaderGone(stream, interruption.request);
    stream.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    stream.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(interruption.signal.aborted).toBe(true);
    expect(exits).toEqual([]);
    expect(() => stream.emit("error", new Error("disk full"))).toThrow("disk full");
  });

  test("is immediate in commands that do not listen, also when the reader closes the stream", () => {
    const process = { on: () => expect.unreachable("listens"), off: () => undefined };
    const exits: number[] = [];
    const interruption = interruptionBy(
      process,
      () => undefined,
      (status) => exits.push(status),
    );
    interruption.request();
    expect(exits).toEqual([130]);
    expect(interruption.signal.aborted).toBe(false);
  });
});

test("a promise that fails and that nobody waits for ends the command in order, with its error", () => {
  const process = Object.assign(new EventEmitter(), { exits: [] as number[] });
  const notices: string[] = [];
  const notice = (text: string) => void notices.push(text);
  const interruption = interruptionBy(process, notice, (status) => process.exits.push(status));
  onForgottenFailure(process, notice, interruption.fail);
  const signal = interruption.listen("stopping after a checkpoint");
  expect(interruption.failure()).toBeUndefined();
  const lost = new Error("no network");
  for (const reason of [lost, "no text"]) process.emit("unhandledRejection", reason);
  expect(signal.aborted).toBe(true);
  expect(interruption.failure()).toEqual({ error: lost });
  expect(process.exits).toEqual([]);
  expect(notices[0]).toMatch(
    /^\nerror: a promise failed that nobody waits for .*: Error: no network\n {4}at /,
  );
  expect(notices[1]).toMatch(/: no text\n$/);
});

test("a promise that fails while no command listens ends the program at once, with the status of a failure", () => {
  const process = Object.assign(new EventEmitter(), { exits: [] as number[] });
  const interruption = interruptionBy(
    process,
    () => undefined,
    (status) => process.exits.push(status),
  );
  onForgottenFailure(process, () => undefined, interruption.fail);
  process.emit("unhandledRejection", undefined);
  expect(process.exits).toEqual([1]);
  expect(interruption.failure()).toEqual({ error: undefined });
});
