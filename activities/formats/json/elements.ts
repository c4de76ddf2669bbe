import { isUtf8 } from 'node:buffer';
import { Flaw, Incomplete } from './flaw.ts';
import { Parser } from './parser.ts';
import type { ScanOptions, Scanner } from './scanner.ts';
import { firstNotUtf8 } from './utf8.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** What comes next in the array. */
type Place = 'opening' | 'first' | 'element' | 'separator' | 'nothing';

/**
 * One array of objects. Brackets become spaces, commas between elements newlines, and newlines within them
 * spaces: what is left is newline-delimited JSON of as many bytes.
 */
export class ElementScanner implements Scanner {
  rows = 0;
  readonly lines = undefined;
  readonly cuts: { offset: number; rows: number }[] = [];

  readonly #parser: Parser;
  readonly #targets: readonly number[];
  readonly #ends: boolean;
  #base: number;
  #place: Place;

  constructor({ shape, base, begins, ends, targets, longest }: ScanOptions) {
    this.#parser = new Parser(shape, true, longest);
    this.#base = base;
    this.#targets = targets;
    this.#ends = ends;
    this.#place = begins ? 'opening' : 'element';
  }

  get quotes(): readonly number[] {
    return this.#parser.quotes;
  }

  scan(bytes: Buffer, end: number, last: boolean): number {
    this.#parser.quotes = [];
    const done = this.#elements(bytes, end, last);
    const whole = bytes.subarray(0, done);
    if (!isUtf8(whole)) throw firstNotUtf8(whole);
    if (last && this.#place !== (this.#ends ? 'nothing' : 'element')) {
      throw new Flaw(end, 'the array is not closed');
    }
    this.#base += done;
    if (last) this.#cutAfter(Infinity, this.#base);
    return done;
  }

  #elements(bytes: Buffer, end: number, last: boolean): number {
    let i = 0;
    while (i < end) {
      const byte = bytes[i] as number;
      if (byte <= SPACE) {
        if (byte === NEWLINE || byte === 0x0d) bytes[i] = SPACE;
        else if (byte !== SPACE && byte !== 0x09) throw new Flaw(i, 'expected white space or a value');
        i++;
      } else if (this.#place === 'first' || this.#place === 'element') {
        if (byte === CLOSE && this.#place === 'first') {
          bytes[i++] = SPACE;
          this.#place = 'nothing';
          continue;
        }
        const after = this.#element(bytes, i, end, last);
        if (after === undefined) return i;
        i = after;
      } else {
        this.#punctuation(bytes, i);
        i++;
      }
    }
    return i;
  }

  /** Offset after the element at `start`; undefined when more bytes are needed. */
  #element(bytes: Buffer, start: number, end: number, last: boolean): number | undefined {
    const { quotes } = this.#parser;
    const held = quotes.length;
    try {
      const after = this.#parser.record(bytes, start, end);
      this.rows++;
      this.#place = 'separator';
      return after;
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      if (last) throw new Flaw(end, 'the last record is cut off, and the array is not closed');
      quotes.length = held;
      return undefined;
    }
  }

  #punctuation(bytes: Buffer, i: number): void {
    const byte = bytes[i];
    if (this.#place === 'opening' && byte === OPEN) {
      bytes[i] = SPACE;
      this.#place = 'first';
    } else if (this.#place === 'separator' && byte === COMMA) {
      bytes[i] = NEWLINE;
      this.#place = 'element';
      this.#cutAfter(this.#base + i + 1, this.#base + i + 1);
    } else if (this.#place === 'separator' && byte === CLOSE) {
      bytes[i] = SPACE;
      this.#place = 'nothing';
    } else {
      throw new Flaw(i, UNEXPECTED[this.#place]);
    }
  }

  /** Chunks end after commas. */
  #cutAfter(reached: number, offset: number): void {
    for (let next = this.#targets[this.cuts.length]; next !== undefined && next <= reached;) {
      this.cuts.push({ offset, rows: this.rows });
      next = this.#targets[this.cuts.length];
    }
  }
}

const UNEXPECTED: Readonly<Record<Place, string>> = {
  opening: 'expected [, which begins the array',
  first: '',
  element: '',
  separator: 'expected a comma or ] after an element of the array',
  nothing: 'something follows the array; an object in the store must hold one array only',
};
