import { describe, expect, test, vi } from "vitest";
import { useFewArenas } from "./few-arenas.ts";

const started = {
  platform: "linux" as const,
  env: { HOME: "/home/ada" },
  execPath: "/usr/bin/node",
  execArgv: ["--no-warnings"],
  argv: ["/usr/bin/node", "/opt/fovea.js", "serve", "--port", "0"],
};

describe("a server's memory", () => {
  test("the same program starts again with two arenas", () => {
    const execve = vi.fn<() => never>();
    useFewArenas({ ...started, execve });
    expect(execve.mock.calls).toEqual([
      [
        "/usr/bin/node",
        ["/usr/bin/node", "--no-warnings", "/opt/fovea.js", "serve", "--port", "0"],
        { HOME: "/home/ada", MALLOC_ARENA_MAX: "2" },
      ],
    ]);
  });

  test.each([
    ["that runs with a number of arenas already", { env: { MALLOC_ARENA_MAX: "8" } }],
    ["of another system", { platform: "darwin" as const }],
  ])("a program %s is left alone", (_name, other) => {
    const execve = vi.fn<() => never>();
    useFewArenas({ ...started, ...other, execve });
    expect(execve).not.toHaveBeenCalled();
  });

  test("a Node that cannot replace a process continues", () => {
    expect(() => useFewArenas(started)).not.toThrow();
  });
});
