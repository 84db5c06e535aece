import { expect, test, vi } from "vitest";
import { Program } from "../../../tensor/index.ts";
import { DecoderRows } from "../prompts/decoder-batch.ts";
import { RotaryTable } from "../prompts/rotary-table.ts";
import { DeviceEmbedding } from "./device-embedding.ts";
import { PackTransfer } from "./resident-packs.ts";

const SHAPE = [5, 2] as const;
const table = new RotaryTable({ frequencies: Float32Array.of(1), component: Uint8Array.of(0) });

test("programs of many sizes are released again", async () => {
  const release = vi.spyOn(Program.prototype, "release");
  const transfer = new PackTransfer(new Map([["embedding", SHAPE]]), "webgpu");
  const packs = await transfer.upload(() => new Float32Array(10));
  const embedding = new DeviceEmbedding(SHAPE, "webgpu");
  for (let count = 1; count <= 32; count++) {
    const rows = new DecoderRows(count, { hiddenSize: 2, deepstackLayers: 0 }, table);
    (await embedding.rows(rows, packs.get("embedding"))).dispose();
  }
  expect(release).toHaveBeenCalledTimes(2);
  packs.dispose();
  await embedding.release();
  await transfer.release();
});

test("rows are looked up, and the gradient of repeated tokens is their sum", async () => {
  const transfer = new PackTransfer(new Map([["embedding", SHAPE]]), "webgpu");
  const vocabulary = Float32Array.from({ length: 10 }, (_, i) => i);
  const packs = await transfer.upload(() => vocabulary);
  const embedding = new DeviceEmbedding(SHAPE, "webgpu");
  const rows = new DecoderRows(5, { hiddenSize: 2, deepstackLayers: 0 }, table);
  for (const [row, token] of [3, 1, 3, 3].entries()) rows.token(row, token, 0, undefined);

  const there = await embedding.rows(rows, packs.get("embedding"));
  expect([...(await embedding.download(there))]).toEqual([6, 7, 2, 3, 6, 7, 6, 7, 0, 0]);

  // The rows themselves as a gradient; the last row is no text, and is left out.
  const sums = await transfer.upload(() => new Float32Array(10).fill(1));
  await embedding.addGradient(rows, there, sums);
  const home = new Float32Array(10);
  await transfer.download(sums, () => home);
  expect([...home]).toEqual([1, 1, 3, 4, 1, 1, 19, 22, 1, 1]);
  there.dispose();
  packs.dispose();
  sums.dispose();
  await embedding.release();
  await transfer.release();
});
