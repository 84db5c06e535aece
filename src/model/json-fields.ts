/**
 * @module
 * Typed reading of the JSON files of a model directory: every mistake names the file and the field.
 */
import { ModelError } from "../errors/index.ts";

type Json = Readonly<Record<string, unknown>>;

function words(value: unknown): string {
  const text = JSON.stringify(trimmed(value, 3)) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** As much of a value as a message shows: a broken file's may be huge, or nested deeper than the stack. */
function trimmed(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.slice(0, 60);
  if (Array.isArray(value))
    return depth === 0 ? "..." : value.slice(0, 30).map((item) => trimmed(item, depth - 1));
  if (!isRecord(value)) return value;
  if (depth === 0) return "...";
  const shown: [string, unknown][] = [];
  for (const name in value) {
    shown.push([name.slice(0, 60), trimmed(value[name], depth - 1)]);
    if (shown.length === 15) break;
  }
  return Object.fromEntries(shown);
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of one JSON object. Absent and null fields take the fallback; without one they are errors. */
export class Fields {
  /** The object itself. */
  readonly json: Json;
  /** Where it came from, for messages. */
  readonly where: string;

  constructor(json: unknown, where: string) {
    if (!isRecord(json)) throw new ModelError(`${where}: expected a JSON object, got ${words(json)}`);
    this.json = json;
    this.where = where;
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  /** The error that states the expected and the actual value of one field. */
  error(name: string, expected: string): ModelError {
    return new ModelError(`${this.where}: ${name}: expected ${expected}, got ${words(this.json[name])}`);
  }

  private value<T>(
    name: string,
    fallback: T | undefined,
    expected: string,
    is: (value: unknown) => boolean,
  ): T {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.json[name];
    if (!is(value)) throw this.error(name, expected);
    return value as T;
  }

  /** An integer that is at least `minimum`. */
  integer(name: string, fallback?: number, minimum = 1): number {
    const is = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= minimum;
    return this.value(name, fallback, `an integer >= ${minimum}`, is);
  }

  /** A finite number above zero. */
  positive(name: string, fallback?: number): number {
    const is = (v: unknown) => Number.isFinite(v) && (v as number) > 0;
    return this.value(name, fallback, "a number > 0", is);
  }

  boolean(name: string, fallback?: boolean): boolean {
    return this.value(name, fallback, "true or false", (v) => typeof v === "boolean");
  }

  text(name: string, fallback?: string): string {
    return this.value(name, fallback, "a string", (v) => typeof v === "string");
  }

  /** An array of finite numbers. */
  numbers(name: string, fallback?: readonly number[]): readonly number[] {
    const is = (v: unknown) => Array.isArray(v) && v.every((item) => Number.isFinite(item));
    return this.value(name, fallback, "an array of numbers", is);
  }

  /** Three finite numbers: one for red, green and blue each. */
  perChannel(name: string, fallback?: readonly number[]): readonly [number, number, number] {
    const [red, green, blue, ...rest] = this.numbers(name, fallback);
    if (red === undefined || green === undefined || blue === undefined || rest.length > 0) {
      throw this.error(name, "three numbers");
    }
    return [red, green, blue];
  }

  /** Fails where a field has any other text; an absent one is right. */
  requireText(name: string, expected: string): void {
    if (this.text(name, expected) !== expected) throw this.error(name, `"${expected}"`);
  }

  /** An integer, or an array that repeats one. */
  square(name: string, fallback: number): number {
    const value = this.json[name];
    if (Array.isArray(value) && value.length > 0 && value.every((item) => item === value[0])) {
      return new Fields({ [name]: value[0] }, this.where).integer(name);
    }
    return this.integer(name, fallback);
  }

  /** A nested object; an absent one has no fields. */
  object(name: string): Fields {
    return new Fields(this.json[name] ?? {}, `${this.where}: ${name}`);
  }
}
