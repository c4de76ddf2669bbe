import * as automaton from './automaton.ts';
import type { Automaton } from './automaton.ts';
import { RFC_4180 } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { exactKind, SAFE_LENGTH } from './exact.ts';
import { EXCERPT_BYTES } from './flaws.ts';
import type { Flaw } from './flaws.ts';
import { KIND, KINDS } from './kinds.ts';
import { CHECK as CHECK_BIT } from './looks.ts';

// The loop in push() runs once a byte. Imports are looked up at every use, but constants of the own module are
// compiled in: that halves its time.
const { ACTION, FIRST_STATE, ROW_BITS, STATE } = automaton;
const CHECK = CHECK_BIT;
const FIRST_ROW = FIRST_STATE << ROW_BITS;
const END_RECORD = ACTION.endRecord << ROW_BITS;
const QUOTED_NEWLINE = ACTION.quotedNewline << ROW_BITS;
const START = STATE.start << ROW_BITS;
const IN_QUOTES = STATE.inQuotes << ROW_BITS;
const STEP = KINDS;
const SAFE = SAFE_LENGTH;

/** Longer texts are not looked at: no number or date that a type holds has one. */
const LONGEST_LOOK = 64;
const NOTHING = new Uint8Array();

/**
 * Reads CSV bytes once, in pieces of any size, and keeps counts only: records, lines, what the values of
 * every column look like, and the first structural flaw. Counts records as the engine does: blank lines are
 * records (NULL) if there is one column and empty text stands for NULL, else nothing.
 */
export class Scanner {
  records = 0;
  /** Newlines so far, those inside of quotes too. */
  lines = 0;
  /** Lines outside of quotes that end with \r\n, and with \n alone; the last may have no end. */
  crlf = 0;
  lf = 0;
  /** Bytes with line end. */
  longestRecord = 0;
  flaw: Flaw | undefined;
  /** `onRecord` is called at the end of every record that ends at or after this offset from the scan's begin. */
  target = Infinity;
  onRecord: ((end: number) => void) | undefined;

  readonly #fields: number;
  readonly #automaton: Automaton;
  readonly #quote: string;
  readonly #keepsBlank: boolean;
  /** Column * KINDS + kind -> line of the first such value, 0 = none. */
  readonly #firstLine: Float64Array;
  #state: number;
  /** Column * KINDS. */
  #slot = 0;
  #recordLine = 1;
  /** The present record may be only the end of one: its number of fields is not judged. */
  #partial: boolean;
  #offset = 0;
  #recordStart = 0;
  /** The begin of the present value, of pieces before. */
  #tail: Buffer = Buffer.alloc(0);
  /** The begin of the present record, of pieces before. */
  #recordHead: Buffer = Buffer.alloc(0);

  /** `inQuotes`: assume that the bytes begin inside a quoted value. */
  constructor(fields: number, options: { dialect?: Dialect; inQuotes?: boolean } = {}) {
    const dialect = options.dialect ?? RFC_4180;
    this.#fields = fields;
    this.#automaton = automaton.automatonOf(dialect);
    this.#quote = dialect.quote;
    this.#keepsBlank = fields === 1 && dialect.nullValue === '';
    this.#firstLine = new Float64Array(fields * KINDS);
    this.#partial = options.inQuotes === true;
    this.#state = this.#partial ? STATE.inQuotes : STATE.start;
  }

  /** Bytes so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Stops for good at a quote that makes no sense; a wrong number of fields is noted and passed over. */
  push(bytes: Uint8Array): void {
    if (this.#stopped()) return;
    const { length } = bytes;
    const { next: table, kindOf } = this.#automaton;
    const firstLine = this.#firstLine;
    let state = this.#state << ROW_BITS;
    let slot = this.#slot;
    let start = 0 - this.#tail.length; // not -length: -0 is a float, and makes the loop slower
    for (let i = 0; ; i++) {
      let next = state;
      for (; i < length; i++) {
        next = table[state | (bytes[i] as number)] as number;
        if (next < FIRST_ROW) break;
        state = next;
      }
      if (i >= length) break;
      if (next <= END_RECORD) {
        const kind = kindOf[state >> ROW_BITS] as number;
        const known = firstLine[slot + kind] !== 0;
        if (!known || kind >= CHECK || i - start > SAFE) {
          const nothing = next === END_RECORD && slot === 0 && this.#isNothing(state >> ROW_BITS);
          if (!nothing) this.#note(slot, kind, bytes, start, i);
        }
        slot += STEP;
        if (next === END_RECORD) {
          this.#endRecord(slot, state >> ROW_BITS, bytes, this.#offset + i + 1);
          slot = 0;
        }
        state = START;
        start = i + 1;
      } else if (next === QUOTED_NEWLINE) {
        this.lines++;
        state = IN_QUOTES;
      } else {
        const what = this.#automaton.returned[state >> ROW_BITS] === 1 ? 'bareReturn' : 'misquoted';
        const newline = bytes.indexOf(0x0a, i);
        const record = this.#record(bytes, newline < 0 ? length : newline);
        this.flaw = { line: this.lines + 1, what, record };
        return;
      }
    }
    this.#state = state >> ROW_BITS;
    this.#slot = slot;
    this.#recordHead = this.#record(bytes, length);
    this.#offset += length;
    this.#keepTail(bytes, start);
  }

  /** The input ends here: a last record without line end counts. */
  finish(): void {
    if (this.#stopped()) return;
    const { kindOf, open } = this.#automaton;
    if (open[this.#state] === 1) {
      this.flaw ??= { line: this.#recordLine, what: 'unterminated', record: this.#recordHead };
    } else if (this.#state !== STATE.start || this.#slot > 0) {
      this.#note(this.#slot, kindOf[this.#state] as number, this.#tail, 0, this.#tail.length);
      this.#endRecord(this.#slot + KINDS, this.#state, NOTHING, this.#offset);
    }
  }

  /** Kinds of values seen in a column, with the line of the first of each. */
  kinds(column: number): { kind: number; line: number }[] {
    const seen = this.#firstLine.subarray(column * KINDS, (column + 1) * KINDS);
    return Array.from(seen, (line, kind) => ({ kind, line })).filter(({ line }) => line > 0);
  }

  #stopped(): boolean {
    return this.flaw !== undefined && this.flaw.what !== 'fields';
  }

  /** A line that ends in this state without a delimiter is no record. */
  #isNothing(state: number): boolean {
    return (state === STATE.start || state === STATE.blankReturned) && !this.#keepsBlank;
  }

  #note(slot: number, kind: number, bytes: Uint8Array, start: number, end: number): void {
    let exact = kind;
    const longNumber = end - start > SAFE_LENGTH && (kind === KIND.integer || kind === KIND.decimal);
    if (longNumber || kind >= CHECK) exact = this.#look(kind & ~CHECK, bytes, start, end);
    // a slot beyond the columns belongs to a record with too many fields
    if (this.#firstLine[slot + exact] === 0) this.#firstLine[slot + exact] = this.#recordLine;
  }

  #endRecord(slot: number, state: number, bytes: Uint8Array, end: number): void {
    const found = slot / KINDS;
    if (found > 1 || !this.#isNothing(state)) {
      if (found !== this.#fields && !this.#partial) {
        this.flaw ??= {
          line: this.#recordLine,
          what: 'fields',
          found,
          record: this.#record(bytes, end - this.#offset),
        };
      }
      this.records++;
    }
    if (this.#automaton.returned[state] === 1) this.crlf++;
    else if (bytes !== NOTHING) this.lf++;
    this.lines++;
    this.#recordLine = this.lines + 1;
    this.#partial = false;
    if (end - this.#recordStart > this.longestRecord) this.longestRecord = end - this.#recordStart;
    this.#recordStart = end;
    if (end >= this.target) this.onRecord?.(end);
  }

  #look(kind: number, bytes: Uint8Array, start: number, end: number): number {
    if (end - start > LONGEST_LOOK) return KIND.text;
    const here = Buffer.from(bytes.subarray(Math.max(start, 0), end)).toString('latin1');
    const text = start < 0 ? this.#tail.toString('latin1') + here : here;
    return exactKind(kind, this.#unquoted(text.endsWith('\r') ? text.slice(0, -1) : text));
  }

  #unquoted(text: string): string {
    return this.#quote !== '' && text.startsWith(this.#quote) ? text.slice(1, -1) : text;
  }

  /** The begin of the present record, of which the last bytes are in `bytes` up to `end`. */
  #record(bytes: Uint8Array, end: number): Buffer {
    const start = this.#recordStart - this.#offset;
    const here = bytes.subarray(Math.max(start, 0), Math.min(end, Math.max(start, 0) + EXCERPT_BYTES));
    if (start < 0) return Buffer.concat([this.#recordHead, here]).subarray(0, EXCERPT_BYTES);
    return Buffer.from(here);
  }

  /** Of a value too long to be looked at, no more is kept than shows that it is. */
  #keepTail(bytes: Uint8Array, start: number): void {
    const here = bytes.subarray(Math.max(start, 0));
    const all = start < 0 ? Buffer.concat([this.#tail, here]) : here;
    this.#tail = Buffer.from(all.subarray(0, LONGEST_LOOK + 1));
  }
}
