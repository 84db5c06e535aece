/**
 * @module
 * The inner loops over pixels as a WebAssembly module. Resampling adds four sums at a time, in the same
 * 32-bit integers as the loops of `scalar-resampler.ts`, and cutting patches looks every value up. So the results are
 * bitwise identical.
 */
import {
  add4,
  again,
  below,
  bytesTo16,
  constant,
  end,
  get,
  highTo32,
  I32,
  increase,
  load,
  load4Bytes,
  load8BytesAs16,
  loadAt,
  loadByteAt,
  loadSplat,
  loop,
  lowTo32,
  moduleBytes,
  multiply4,
  narrowTo16,
  narrowToBytes,
  add as plus,
  set,
  shiftLeft,
  shiftRight4,
  splat,
  store,
  store4Bytes,
  store8Bytes,
  V128,
  type WasmFunction,
} from "./wasm-code.ts";

/** Fractional bits of the weights, and one half at that scale. */
const BITS = 22;
const HALF = 2 ** (BITS - 1);

const scaledDown = (local: number) => [...get(local), ...constant(BITS), ...shiftRight4];
const half = [...constant(HALF), ...splat];
const weighted = (values: readonly number[], weight: number) => [
  ...values,
  ...get(weight),
  ...loadSplat,
  ...multiply4,
];

/** One line of pixels becomes another: input, output, output's end, starts, counts, weights, bytes between weights. */
function line(): WasmFunction {
  const [input, output, outputEnd, starts, counts, weights, stride, at, weight, last, sum] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ] as const;
  const pixel = [...get(at), ...load4Bytes, ...bytesTo16, ...lowTo32];
  const body = [
    ...loop,
    ...half,
    ...set(sum),
    ...[...get(input), ...get(starts), ...load, ...plus, ...set(at)],
    ...[...get(weights), ...set(weight)],
    ...[...get(weights), ...get(counts), ...load, ...plus, ...set(last)],
    ...loop,
    ...[...get(sum), ...weighted(pixel, weight), ...add4, ...set(sum)],
    ...increase(at, constant(3)),
    ...increase(weight, constant(4)),
    ...[...get(weight), ...get(last), ...below, ...again],
    ...end,
    ...get(output),
    ...[...scaledDown(sum), ...scaledDown(sum), ...narrowTo16],
    ...[...scaledDown(sum), ...scaledDown(sum), ...narrowTo16],
    ...[...narrowToBytes, ...store4Bytes],
    ...increase(output, constant(3)),
    ...increase(starts, constant(4)),
    ...increase(counts, constant(4)),
    ...increase(weights, get(stride)),
    ...[...get(output), ...get(outputEnd), ...below, ...again],
    ...end,
  ];
  const locals = [
    [3, I32],
    [1, V128],
  ] as const;
  return { name: "line", parameters: 7, locals, body };
}

/** Several lines become one: first line, its end, bytes between lines, weights, their end, output. */
function blend(): WasmFunction {
  const [input, inputEnd, stride, weights, weightsEnd, output, at, weight, low, high, values] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ] as const;
  const part = (sum: number, widen: readonly number[]) => [
    ...get(sum),
    ...weighted([...get(values), ...widen], weight),
    ...add4,
    ...set(sum),
  ];
  const bytes = [...scaledDown(low), ...scaledDown(high), ...narrowTo16];
  const body = [
    ...loop,
    ...[...half, ...set(low), ...half, ...set(high)],
    ...[...get(input), ...set(at), ...get(weights), ...set(weight)],
    ...loop,
    ...[...get(at), ...load8BytesAs16, ...set(values)],
    ...part(low, lowTo32),
    ...part(high, highTo32),
    ...increase(at, get(stride)),
    ...increase(weight, constant(4)),
    ...[...get(weight), ...get(weightsEnd), ...below, ...again],
    ...end,
    ...[...get(output), ...bytes, ...bytes, ...narrowToBytes, ...store8Bytes],
    ...increase(input, constant(8)),
    ...increase(output, constant(8)),
    ...[...get(input), ...get(inputEnd), ...below, ...again],
    ...end,
  ];
  const locals = [
    [2, I32],
    [3, V128],
  ] as const;
  return { name: "blend", parameters: 6, locals, body };
}

/**
 * One patch of a frame, each value written twice: first line, end of the lines, bytes between lines, bytes of a
 * line, tables, output, bytes to a value's twin, bytes to the next channel's.
 */
function cut(): WasmFunction {
  const [input, inputEnd, stride, width, tables, output, twin, channel, at, last, value, place] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ] as const;
  const put = (color: number) => [
    ...[...get(at), ...loadByteAt(color), ...constant(2), ...shiftLeft],
    ...[...get(tables), ...plus, ...loadAt(color * 1024), ...set(value)],
    ...[...get(place), ...get(value), ...store],
    ...[...get(place), ...get(twin), ...plus, ...get(value), ...store],
  ];
  const body = [
    ...loop,
    ...[...get(input), ...set(at), ...get(input), ...get(width), ...plus, ...set(last)],
    ...loop,
    ...[...get(output), ...set(place)],
    ...[...put(0), ...increase(place, get(channel))],
    ...[...put(1), ...increase(place, get(channel))],
    ...put(2),
    ...increase(at, constant(3)),
    ...increase(output, constant(4)),
    ...[...get(at), ...get(last), ...below, ...again],
    ...end,
    ...increase(input, get(stride)),
    ...[...get(input), ...get(inputEnd), ...below, ...again],
    ...end,
  ];
  return { name: "cut", parameters: 8, locals: [[4, I32]], body };
}

/** The loops, and the memory they work in. Pointers are byte offsets. */
export interface PixelKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /**
   * Resamples one line. Starts and counts are in bytes of the line and of the weights; up to 8 bytes after the
   * output are overwritten.
   */
  line(
    input: number,
    output: number,
    outputEnd: number,
    starts: number,
    counts: number,
    weights: number,
    stride: number,
  ): void;
  /** Adds lines up by weight; up to 8 bytes after the output are overwritten. */
  blend(
    input: number,
    inputEnd: number,
    stride: number,
    weights: number,
    weightsEnd: number,
    output: number,
  ): void;
  /**
   * Cuts one patch: rows of `width` bytes, `stride` apart, become three channels, `channel` bytes apart, of what the
   * three tables of 256 numbers say of each byte. Each number is written a second time `twin` bytes further on.
   */
  cut(
    input: number,
    inputEnd: number,
    stride: number,
    width: number,
    tables: number,
    output: number,
    twin: number,
    channel: number,
  ): void;
}

/** The used part of WebAssembly, which the language declares for browsers only. */
interface Assembly {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let kernel: PixelKernel | null | undefined;

/** The kernel of this thread; nothing where WebAssembly or its vectors are missing. */
export function pixelKernel(): PixelKernel | undefined {
  if (kernel === undefined) {
    const { WebAssembly: assembly } = globalThis as { readonly WebAssembly?: Assembly };
    const bytes = moduleBytes([line(), blend(), cut()]);
    kernel =
      assembly?.validate(bytes) === true
        ? (new assembly.Instance(new assembly.Module(bytes)).exports as PixelKernel)
        : null;
  }
  return kernel ?? undefined;
}

/** The kernel reads and writes up to so many bytes after the end of a place. */
const MARGIN = 16;
const PAGE = 65_536;

/** Places of these sizes in the kernel's memory, one after the other, and the memory made large enough for them. */
export function kernelPlaces(kernel: PixelKernel, sizes: readonly number[]): number[] {
  const places: number[] = [];
  let end = 0;
  for (const size of sizes) {
    places.push(end);
    end += Math.ceil((size + MARGIN) / MARGIN) * MARGIN;
  }
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE));
  return places;
}
