import { cpus } from "node:os";
import { describe, expect, test } from "vitest";
import { Graph } from "../graph.ts";
import { Program } from "../program.ts";

const [ROWS, WIDTH, TABLE] = [3072, 192, 4];

/** Adds 3072 rows of the number 1 into a table of four rows, as the backward of `gatherRows` might. */
function scatter(operator: "ScatterND" | "ScatterElements", threads: number): Promise<Program> {
  const graph = new Graph();
  const indices = graph.input("indices", [ROWS], "int64");
  const updates = graph.input("updates", [ROWS, WIDTH]);
  const zeros = graph.input("zeros", [TABLE, WIDTH]);
  const column = graph.single("Unsqueeze", [indices, graph.integers([1])], [ROWS, 1], { type: "int64" });
  const index =
    operator === "ScatterND"
      ? column
      : graph.single("Expand", [column, graph.integers([ROWS, WIDTH])], [ROWS, WIDTH], { type: "int64" });
  const table = graph.single(operator, [zeros, index, updates], [TABLE, WIDTH], {
    attributes: { reduction: "add", ...(operator === "ScatterElements" ? { axis: 0n } : {}) },
  });
  return Program.compile(graph, { table }, { threads });
}

const FEEDS = {
  indices: BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row % TABLE)),
  updates: new Float32Array(ROWS * WIDTH).fill(1),
  zeros: new Float32Array(TABLE * WIDTH),
};

/** Whether each entry is the number of rows that were added there. */
async function isExact(program: Program): Promise<boolean> {
  const { table } = await program.run(FEEDS);
  return table!.every((sum) => sum === ROWS / TABLE);
}

describe("adding rows at repeated indices", () => {
  test("ScatterElements is exact on any number of threads, at every run", async () => {
    for (const threads of [1, 2, 4]) {
      const program = await scatter("ScatterElements", threads);
      for (let run = 0; run < 25; run++) {
        expect(await isExact(program)).toBe(true);
      }
      await program.release();
    }
  });

  test("ScatterND is exact on one thread", async () => {
    const program = await scatter("ScatterND", 1);
    for (let run = 0; run < 25; run++) {
      expect(await isExact(program)).toBe(true);
    }
    await program.release();
  });

  // Its threads read, add and write the same row without a lock. On two idle cores most runs lose additions; on busy
  // cores the threads may take turns for a while, so this waits for the first loss. If it stops coming, onnxruntime
  // has fixed the kernel, and gatherRows can use it: it is about ten times faster.
  test.runIf(cpus().length > 1)(
    "ScatterND loses additions on several threads, which is why nothing here uses it",
    async () => {
      const program = await scatter("ScatterND", cpus().length);
      const deadline = performance.now() + 30_000;
      let exact = true;
      while (exact && performance.now() < deadline) {
        exact = await isExact(program);
      }
      expect(exact).toBe(false);
      await program.release();
    },
  );
});
