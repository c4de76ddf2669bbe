import * as automaton from './automaton.ts';
import { exactKind, SAFE_LENGTH } from './exact.ts';
import { KIND, KINDS } from './kinds.ts';

// The loop in push() runs once a byte. Imports are looked up at every use, but constants of the own module are
// compiled in: that halves its time.
const { ACTION, KIND_OF, NEXT_BY_BYTE, OPEN, RETURNED, STATE } = automaton;
const { CHECK, FIRST_STATE } = automaton;
/** Of a state within the table by byte: its row's begin. */
const ROW_BITS = 8;
const FIRST_ROW = FIRST_STATE << ROW_BITS;
const END_RECORD = ACTION.endRecord << ROW_BITS;
const QUOTED_NEWLINE = ACTION.quotedNewline << ROW_BITS;
const START = STATE.start << ROW_BITS;
const IN_QUOTES = STATE.inQuotes << ROW_BITS;
const STEP = KINDS;
const SAFE = SAFE_LENGTH;

/** Longer texts are not looked at: no number or date that a type holds has one. */
const LONGEST_LOOK = 64;

/** What is wrong with the structure, and in which line (1-based, counted from the scan's begin). */
export interface Flaw {
  line: number;
  what: 'misquoted' | 'unterminated' | 'fields';
  /** For `fields`: how many there are. */
  found?: number;
}

/**
 * Reads CSV bytes once, in pieces of any size, and keeps counts only: records, lines, what the values of
 * every column look like, and the first structural flaw. Counts records as the engine does: blank lines are
 * records (NULL) if there is one column, else nothing.
 */
export class Scanner {
  records = 0;
  /** Newlines so far, those inside of quotes too. */
  lines = 0;
  /** Lines outside of quotes that end with \r\n, and with \n alone. */
  crlf = 0;
  lf = 0;
  /** Bytes with line end. */
  longestRecord = 0;
  flaw: Flaw | undefined;
  /** `onRecord` is called at the end of every record that ends at or after this offset from the scan's begin. */
  target = Infinity;
  onRecord: ((end: number) => void) | undefined;

  readonly #fields: number;
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

  /** `inQuotes`: assume that the bytes begin inside a quoted value. */
  constructor(fields: number, options: { inQuotes?: boolean } = {}) {
    this.#fields = fields;
    this.#firstLine = new Float64Array(fields * KINDS);
    this.#partial = options.inQuotes === true;
    this.#state = this.#partial ? STATE.inQuotes : STATE.start;
  }

  /** Stops for good at a quote that makes no sense; a wrong number of fields is noted and passed over. */
  push(bytes: Uint8Array): void {
    if (this.#stopped()) return;
    const { length } = bytes;
    const firstLine = this.#firstLine;
    let state = this.#state << ROW_BITS;
    let slot = this.#slot;
    let start = 0 - this.#tail.length; // not -length: -0 is a float, and makes the loop slower
    for (let i = 0; ; i++) {
      let next = state;
      for (; i < length; i++) {
        next = NEXT_BY_BYTE[state | (bytes[i] as number)] as number;
        if (next < FIRST_ROW) break;
        state = next;
      }
      if (i >= length) break;
      if (next <= END_RECORD) {
        const kind = KIND_OF[state >> ROW_BITS] as number;
        const known = firstLine[slot + kind] !== 0;
        if (!known || kind >= CHECK || i - start > SAFE) this.#note(slot, kind, bytes, start, i);
        slot += STEP;
        if (next === END_RECORD) {
          this.#endRecord(slot, state >> ROW_BITS, this.#offset + i + 1);
          slot = 0;
        }
        state = START;
        start = i + 1;
      } else if (next === QUOTED_NEWLINE) {
        this.lines++;
        state = IN_QUOTES;
      } else {
        this.flaw = { line: this.lines + 1, what: 'misquoted' };
        return;
      }
    }
    this.#state = state >> ROW_BITS;
    this.#slot = slot;
    this.#offset += bytes.length;
    this.#keepTail(bytes, start);
  }

  /** The input ends here: a last record without line end counts. */
  finish(): void {
    if (this.#stopped()) return;
    if (OPEN[this.#state] === 1) {
      this.flaw ??= { line: this.#recordLine, what: 'unterminated' };
    } else if (this.#state !== STATE.start || this.#slot > 0) {
      this.#note(this.#slot, KIND_OF[this.#state] as number, this.#tail, 0, this.#tail.length);
      this.#endRecord(this.#slot + KINDS, this.#state, this.#offset);
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

  #note(slot: number, kind: number, bytes: Uint8Array, start: number, end: number): void {
    let exact = kind;
    const longNumber = end - start > SAFE_LENGTH && (kind === KIND.integer || kind === KIND.decimal);
    if (longNumber || kind >= CHECK) exact = this.#look(kind & ~CHECK, bytes, start, end);
    // a slot beyond the columns belongs to a record with too many fields
    if (this.#firstLine[slot + exact] === 0) this.#firstLine[slot + exact] = this.#recordLine;
  }

  #endRecord(slot: number, state: number, end: number): void {
    const found = slot / KINDS;
    const blank = found === 1 && KIND_OF[state] === KIND.empty;
    if (!blank || this.#fields === 1) {
      if (found !== this.#fields && !this.#partial) {
        this.flaw ??= { line: this.#recordLine, what: 'fields', found };
      }
      this.records++;
    }
    if (RETURNED[state] === 1) this.crlf++;
    else this.lf++;
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
    return exactKind(kind, text.replace(/^"|"?\r?$/g, ''));
  }

  /** Of a value too long to be looked at, no more is kept than shows that it is. */
  #keepTail(bytes: Uint8Array, start: number): void {
    const here = bytes.subarray(Math.max(start, 0));
    const all = start < 0 ? Buffer.concat([this.#tail, here]) : here;
    this.#tail = Buffer.from(all.subarray(0, LONGEST_LOOK + 1));
  }
}
