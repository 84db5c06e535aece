/**
 * @module
 * The two inner loops of resampling as a WebAssembly module, written here instruction by instruction: four sums at a
 * time, in the same 32-bit integers as the loops of `bicubic.ts`, so that the results are the same to the bit.
 */

/** Fractional bits of the weights, and one half at that scale. */
const BITS = 22;
const HALF = 2 ** (BITS - 1);

const I32 = 0x7f;
const V128 = 0x7b;

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 127;
  const rest = value >> 7;
  const last = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
  return last ? [low] : [low | 128, ...signed(rest)];
}

const simd = (op: number, ...immediate: readonly number[]) => [0xfd, ...unsigned(op), ...immediate];
/** Alignment hint 1 byte, offset 0. */
const ANYWHERE = [0, 0] as const;

const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const constant = (value: number) => [0x41, ...signed(value)];
const load = [0x28, ...ANYWHERE];
const add = [0x6a];
const below = [0x48];
const loop = [0x03, 0x40];
const again = [0x0d, 0x00];
const end = [0x0b];
const load4Bytes = simd(92, ...ANYWHERE);
const load8BytesAs16 = simd(2, ...ANYWHERE);
const loadSplat = simd(9, ...ANYWHERE);
const store4Bytes = simd(90, ...ANYWHERE, 0);
const store8Bytes = simd(91, ...ANYWHERE, 0);
const splat = simd(17);
const bytesTo16 = simd(137);
const lowTo32 = simd(169);
const highTo32 = simd(170);
const shiftRight = simd(172);
const add4 = simd(174);
const multiply4 = simd(181);
const narrowTo16 = simd(133);
const narrowToBytes = simd(102);

const increase = (local: number, by: readonly number[]) => [...get(local), ...by, ...add, ...set(local)];
const scaledDown = (local: number) => [...get(local), ...constant(BITS), ...shiftRight];
const half = [...constant(HALF), ...splat];
const weighted = (values: readonly number[], weight: number) => [
  ...values,
  ...get(weight),
  ...loadSplat,
  ...multiply4,
];

/** One line of pixels becomes another: input, output, output's end, starts, counts, weights, bytes between weights. */
function lineBody(): number[] {
  const [input, output, outputEnd, starts, counts, weights, stride, at, weight, last, sum] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ] as const;
  const pixel = [...get(at), ...load4Bytes, ...bytesTo16, ...lowTo32];
  return [
    ...[2, 3, I32, 1, V128],
    ...loop,
    ...half,
    ...set(sum),
    ...[...get(input), ...get(starts), ...load, ...add, ...set(at)],
    ...[...get(weights), ...set(weight)],
    ...[...get(weights), ...get(counts), ...load, ...add, ...set(last)],
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
    ...end,
  ];
}

/** Several lines become one: first line, its end, bytes between lines, weights, their end, output. */
function blendBody(): number[] {
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
  return [
    ...[2, 2, I32, 3, V128],
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
    ...end,
  ];
}

const text = (name: string) => [name.length, ...Array.from(name, (symbol) => symbol.charCodeAt(0))];
const list = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];

function moduleBytes(): Uint8Array {
  const type = (parameters: number) => [0x60, parameters, ...new Array<number>(parameters).fill(I32), 0];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([type(7), type(6)])),
    ...section(3, list([[0], [1]])),
    ...section(5, list([[0, 1]])),
    ...section(
      7,
      list([
        [...text("memory"), 2, 0],
        [...text("line"), 0, 0],
        [...text("blend"), 0, 1],
      ]),
    ),
    ...section(10, list([sized(lineBody()), sized(blendBody())])),
  ]);
}

/** The loops, and the memory they work in. Pointers are byte offsets; up to 8 bytes behind an output are overwritten. */
export interface ResampleKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** Starts and counts are in bytes of the line and of the weights. */
  line(
    input: number,
    output: number,
    outputEnd: number,
    starts: number,
    counts: number,
    weights: number,
    stride: number,
  ): void;
  blend(
    input: number,
    inputEnd: number,
    stride: number,
    weights: number,
    weightsEnd: number,
    output: number,
  ): void;
}

/** What is used of WebAssembly, which the language's own declarations leave to browsers. */
interface Assembly {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

let kernel: ResampleKernel | null | undefined;

/** The kernel of this thread; nothing where WebAssembly or its vectors are missing. */
export function resampleKernel(): ResampleKernel | undefined {
  if (kernel === undefined) {
    const { WebAssembly: assembly } = globalThis as { readonly WebAssembly?: Assembly };
    const bytes = moduleBytes();
    kernel =
      assembly?.validate(bytes) === true
        ? (new assembly.Instance(new assembly.Module(bytes)).exports as ResampleKernel)
        : null;
  }
  return kernel ?? undefined;
}
