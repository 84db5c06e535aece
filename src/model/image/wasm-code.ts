/**
 * @module
 * WebAssembly spelled out: the few instructions that the loops over pixels are made of, and the module around them.
 */

/** Code points of the two types that the loops use. */
export const I32 = 0x7f;
export const V128 = 0x7b;

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

export const get = (local: number): number[] => [0x20, ...unsigned(local)];
export const set = (local: number): number[] => [0x21, ...unsigned(local)];
export const constant = (value: number): number[] => [0x41, ...signed(value)];
export const load: readonly number[] = [0x28, ...ANYWHERE];
export const loadAt = (offset: number): number[] => [0x28, 0, ...unsigned(offset)];
export const loadByteAt = (offset: number): number[] => [0x2d, 0, ...unsigned(offset)];
export const store: readonly number[] = [0x36, ...ANYWHERE];
export const add: readonly number[] = [0x6a];
export const shiftLeft: readonly number[] = [0x74];
export const below: readonly number[] = [0x48];
export const loop: readonly number[] = [0x03, 0x40];
export const again: readonly number[] = [0x0d, 0x00];
export const end: readonly number[] = [0x0b];
export const increase = (local: number, by: readonly number[]): number[] => [
  ...get(local),
  ...by,
  ...add,
  ...set(local),
];

export const load4Bytes: readonly number[] = simd(92, ...ANYWHERE);
export const load8BytesAs16: readonly number[] = simd(2, ...ANYWHERE);
export const loadSplat: readonly number[] = simd(9, ...ANYWHERE);
export const store4Bytes: readonly number[] = simd(90, ...ANYWHERE, 0);
export const store8Bytes: readonly number[] = simd(91, ...ANYWHERE, 0);
export const splat: readonly number[] = simd(17);
export const bytesTo16: readonly number[] = simd(137);
export const lowTo32: readonly number[] = simd(169);
export const highTo32: readonly number[] = simd(170);
export const shiftRight4: readonly number[] = simd(172);
export const add4: readonly number[] = simd(174);
export const multiply4: readonly number[] = simd(181);
export const narrowTo16: readonly number[] = simd(133);
export const narrowToBytes: readonly number[] = simd(102);

/** A function of 32-bit integers that returns nothing. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  /** How many locals of which type follow the parameters. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly body: readonly number[];
}

const text = (name: string) => [name.length, ...Array.from(name, (symbol) => symbol.charCodeAt(0))];
const list = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];

/** A module that exports the functions, and the memory that they work in as `memory`. */
export function moduleBytes(functions: readonly WasmFunction[]): Uint8Array {
  const type = ({ parameters }: WasmFunction) => [
    0x60,
    parameters,
    ...new Array<number>(parameters).fill(I32),
    0,
  ];
  const code = ({ locals, body }: WasmFunction) => sized([...list(locals), ...body, ...end]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(functions.map(type))),
    ...section(3, list(functions.map((_, index) => [index]))),
    ...section(5, list([[0, 1]])),
    ...section(
      7,
      list([[...text("memory"), 2, 0], ...functions.map(({ name }, index) => [...text(name), 0, index])]),
    ),
    ...section(10, list(functions.map(code))),
  ]);
}
