import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { interruptionBy, onReaderGone } from "./interruption.ts";

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
