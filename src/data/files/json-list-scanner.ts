/**
 * @module
 * Finds the entries of a JSON list, byte by byte, without parsing them: brackets are counted, and the content of strings
 * is passed over.
 */
const [NEWLINE, SPACE, QUOTE, COMMA, BACKSLASH] = [0x0a, 0x20, 0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Tab, line feed, carriage return and space. */
const isBlank = (byte: number) => byte === SPACE || (byte >= 0x09 && byte <= 0x0d);

/** An entry as it was found; what it says is not known. */
export interface FoundEntry {
  readonly start: number;
  readonly end: number;
  /** Number of the line on which it begins, from 1. */
  readonly line: number;
}

/** A state machine over the bytes of a file; `push` the pieces in order, then ask for `fault`. */
export class JsonListScanner {
  readonly #found: (entry: FoundEntry) => void;
  /** Brackets that are open; 1 between entries. */
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #isClosed = false;
  #at = 0;
  #line = 1;
  /** Where the entry began, −1 before its first byte. */
  #start = -1;
  #firstLine = 1;
  #entries = 0;
  #fault: string | undefined;

  constructor(found: (entry: FoundEntry) => void) {
    this.#found = found;
  }

  push(piece: Uint8Array): void {
    for (let i = 0; i < piece.length; i++) {
      this.#byte(piece[i]!);
      this.#at += 1;
    }
  }

  /** The fault of the list as a whole once all bytes are pushed; undefined if there is none. */
  fault(): string | undefined {
    if (this.#fault !== undefined || this.#isClosed) return this.#fault;
    const within = this.#start >= 0 ? `, begun at line ${this.#firstLine},` : "";
    return `expected the list to be closed, got the end of the file in row ${this.#entries + 1}${within} or before it`;
  }

  #byte(byte: number): void {
    if (byte === NEWLINE) this.#line += 1;
    if (this.#isString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isString = false;
      return;
    }
    if (isBlank(byte)) return;
    if (this.#depth === 0) this.#outside(byte);
    else if (this.#depth === 1 && (byte === COMMA || byte === CLOSE_LIST)) this.#endEntry(byte);
    else this.#within(byte);
  }

  #outside(byte: number): void {
    if (byte === OPEN_LIST && !this.#isClosed) this.#depth = 1;
    else
      this.#fault ??= `expected ${this.#isClosed ? "nothing behind" : "the beginning of"} a list at line ${this.#line}`;
  }

  #within(byte: number): void {
    if (this.#start < 0) {
      this.#start = this.#at;
      this.#firstLine = this.#line;
    }
    if (byte === QUOTE) this.#isString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth += 1;
    else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && this.#depth > 1) this.#depth -= 1;
  }

  #endEntry(byte: number): void {
    const isEmptyList = byte === CLOSE_LIST && this.#entries === 0 && this.#start < 0;
    if (!isEmptyList) {
      const [start, line] = this.#start < 0 ? [this.#at, this.#line] : [this.#start, this.#firstLine];
      this.#found({ start, end: this.#at, line });
      this.#entries += 1;
    }
    this.#start = -1;
    if (byte === CLOSE_LIST) {
      this.#depth = 0;
      this.#isClosed = true;
    }
  }
}
