import { ACTION, CHECK, CLASS, FIRST_STATE, KIND_OF, NEXT, OPEN, RETURNED, STATE } from './automaton.ts';
import { exactKind, SAFE_NUMBER_LENGTH } from './exact.ts';
import { KIND, KINDS } from './kinds.ts';

/** No number or date that a type holds has a longer text. */
const LONGEST_CHECKED = 64;

/** What is wrong with the structure, and in which line (1-based, counted from the scan's begin). */
export interface Flaw {
  line: number;
  what: 'misquoted' | 'unterminated' | 'fields';
  /** For `fields`: how many there are. */
  found?: number;
}

/**
 * Reads CSV bytes once, in pieces of any size, and keeps counts only: records, lines, what the values of
 * every column look like, and the first structural flaw. About 350 MB/s on one core. Counts records as the
 * engine does: blank lines are records (NULL) if there is one column, else nothing.
 */
export class Scanner {
  records = 0;
  /** Newlines so far, those inside of quotes too. */
  lines = 0;
  /** Records that end with \r\n, and with \n alone. */
  crlf = 0;
  lf = 0;
  longestRecord = 0;
  flaw: Flaw | undefined;
  /** Calls `onRecord` at the end of the first record that ends at or after this offset from the scan's begin. */
  target = Infinity;
  onRecord: ((end: number, scanner: Scanner) => void) | undefined;

  readonly #fields: number;
  /** Column * KINDS + kind -> line of the first such value, 0 = none. */
  readonly #firstLine: Float64Array;
  #state: number;
  #column = 0;
  #recordLine = 1;
  /** The first record is only the end of one: its number of fields and first value are not judged. */
  #partial: boolean;
  #offset = 0;
  #recordStart = 0;
  #tail = Buffer.alloc(0);

  /** `inQuotes`: assume that the bytes begin inside a quoted value. */
  constructor(fields: number, options: { inQuotes?: boolean } = {}) {
    this.#fields = fields;
    this.#firstLine = new Float64Array(fields * KINDS);
    this.#partial = options.inQuotes === true;
    this.#state = this.#partial ? STATE.inQuotes : STATE.start;
  }

  /** Stops for good at a quote that makes no sense; a wrong number of fields is noted and passed over. */
  push(bytes: Uint8Array): void {
    if (this.flaw !== undefined && this.flaw.what !== 'fields') return;
    let state = this.#state;
    let start = -this.#tail.length;
    for (let i = 0; i < bytes.length; i++) {
      const next = NEXT[(state << 5) | (CLASS[bytes[i] as number] as number)] as number;
      if (next >= FIRST_STATE) {
        state = next;
        continue;
      }
      switch (next) {
        case ACTION.endField:
          this.#endField(state, bytes, start, i);
          state = STATE.start;
          start = i + 1;
          break;
        case ACTION.endRecord:
          this.#endRecord(state, bytes, start, i);
          state = STATE.start;
          start = i + 1;
          break;
        case ACTION.quotedNewline:
          this.lines++;
          state = STATE.inQuotes;
          break;
        default:
          this.flaw = { line: this.lines + 1, what: 'misquoted' };
          return;
      }
    }
    this.#state = state;
    this.#offset += bytes.length;
    this.#keepTail(bytes, start);
  }

  /** The input ends here: a last record without newline counts. */
  finish(): void {
    if (this.flaw !== undefined && this.flaw.what !== 'fields') return;
    if (OPEN[this.#state] === 1) {
      this.flaw ??= { line: this.#recordLine, what: 'unterminated' };
    } else if (this.#state !== STATE.start || this.#column > 0) {
      const lines = this.lines;
      this.#endRecord(this.#state, this.#tail, 0, this.#tail.length);
      this.lines = lines;
    }
  }

  /** Kinds of values seen in a column, with the line of the first of each. */
  kinds(column: number): { kind: number; line: number }[] {
    const seen = this.#firstLine.subarray(column * KINDS, (column + 1) * KINDS);
    return [...seen].map((line, kind) => ({ kind, line })).filter(({ line }) => line > 0);
  }

  #endField(state: number, bytes: Uint8Array, start: number, end: number): void {
    const column = this.#column++;
    if (column >= this.#fields || this.#partial) return;
    let kind = KIND_OF[state] as number;
    if (kind >= CHECK) {
      kind = this.#look(kind - CHECK, bytes, start, end);
    } else if (end - start > SAFE_NUMBER_LENGTH && (kind === KIND.integer || kind === KIND.decimal)) {
      kind = this.#look(kind, bytes, start, end);
    }
    const slot = column * KINDS + kind;
    if (this.#firstLine[slot] === 0) this.#firstLine[slot] = this.#recordLine;
  }

  #endRecord(state: number, bytes: Uint8Array, start: number, end: number): void {
    const blank = this.#column === 0 && KIND_OF[state] === KIND.empty;
    if (!blank || this.#fields === 1) {
      this.#endField(state, bytes, start, end);
      if (this.#column !== this.#fields && !this.#partial) {
        this.flaw ??= { line: this.#recordLine, what: 'fields', found: this.#column };
      }
      this.records++;
    }
    if (RETURNED[state] === 1) this.crlf++;
    else this.lf++;
    this.lines++;
    this.#recordLine = this.lines + 1;
    this.#column = 0;
    this.#partial = false;
    const next = this.#offset + end + 1;
    if (next - this.#recordStart > this.longestRecord) this.longestRecord = next - this.#recordStart;
    this.#recordStart = next;
    if (next >= this.target) this.onRecord?.(next, this);
  }

  #look(kind: number, bytes: Uint8Array, start: number, end: number): number {
    if (end - start > LONGEST_CHECKED) return KIND.text;
    const here = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(start, 0), end - Math.max(start, 0));
    const text = (start < 0 ? this.#tail.toString('latin1') : '') + here.toString('latin1');
    return exactKind(kind, text.replace(/^"|"?\r?$/g, ''));
  }

  /** Keeps the begin of a value that the next piece goes on with; of long ones only the fact. */
  #keepTail(bytes: Uint8Array, start: number): void {
    const here = bytes.subarray(Math.max(start, 0));
    const all = start < 0 ? Buffer.concat([this.#tail, here]) : here;
    this.#tail = Buffer.from(all.subarray(0, LONGEST_CHECKED + 1));
  }
}
