import { isUtf8 } from 'node:buffer';
import { Flaw, Incomplete } from './flaw.ts';
import { Parser } from './parser.ts';
import type { ScanOptions, Scanner } from './scanner.ts';
import { firstNotUtf8 } from './utf8.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Newline-delimited JSON: one object a line, blank lines between them. */
export class LineScanner implements Scanner {
  rows = 0;
  lines = 0;
  readonly cuts: { offset: number; rows: number }[] = [];

  readonly #parser: Parser;
  readonly #targets: readonly number[];
  #base: number;

  constructor({ shape, base, targets, longest }: ScanOptions) {
    this.#parser = new Parser(shape, false, longest);
    this.#base = base;
    this.#targets = targets;
  }

  get quotes(): readonly number[] {
    return this.#parser.quotes;
  }

  scan(bytes: Buffer, end: number, last: boolean): number {
    const limit = last ? end : bytes.subarray(0, end).lastIndexOf(NEWLINE) + 1;
    const whole = bytes.subarray(0, limit);
    if (!isUtf8(whole)) {
      const flaw = firstNotUtf8(whole);
      this.lines += whole.toString('latin1', 0, flaw.position).split('\n').length - 1;
      throw flaw;
    }
    this.#parser.quotes = [];
    let i = 0;
    let line = 0;
    while (i < limit) {
      const byte = bytes[i] as number;
      if (byte > SPACE) {
        this.#cutBefore(this.#base + line);
        i = this.#restOfLine(bytes, this.#record(bytes, i, limit), limit);
        this.rows++;
      } else {
        if (byte === NEWLINE) {
          this.lines++;
          line = i + 1;
        } else if (!isSpace(byte)) throw new Flaw(i, 'every record must be a JSON object, in braces');
        i++;
      }
    }
    if (last) this.#cutBefore(Infinity);
    this.#base += limit;
    return limit;
  }

  #record(bytes: Buffer, start: number, limit: number): number {
    try {
      return this.#parser.record(bytes, start, limit);
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      throw new Flaw(limit, 'the last record is cut off');
    }
  }

  /** Offset of the newline after a record, or of the end. */
  #restOfLine(bytes: Buffer, start: number, limit: number): number {
    let i = start;
    while (i < limit && bytes[i] !== NEWLINE) {
      if (!isSpace(bytes[i] as number)) {
        throw new Flaw(
          i,
          'something follows the object on its line; every object must have a line of its own',
        );
      }
      i++;
    }
    return i;
  }

  /** A record belongs to the chunk in which its line begins, wherever in it the cut lies. */
  #cutBefore(start: number): void {
    for (let next = this.#targets[this.cuts.length]; next !== undefined && next <= start;) {
      this.cuts.push({ offset: next, rows: this.rows });
      next = this.#targets[this.cuts.length];
    }
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0d;
}
