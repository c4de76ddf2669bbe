import { Flaw, Incomplete } from './flaw.ts';
import { lookAtNumber } from './numbers.ts';
import { KIND as KINDS, Shape } from './shape.ts';
import { skipString, STOPS as PLAIN_STOPS } from './strings.ts';
import { isMixed } from './types.ts';

// Imports are looked up at every use, but constants of the own module are compiled in.
const KIND = KINDS;
const STOPS = PLAIN_STOPS;
const { number: NUMBER, fraction: FRACTION, negative: NEGATIVE, string: STRING } = KIND;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const LETTER_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

const LITERALS = [
  { first: 0x74, text: Buffer.from('true'), kind: KIND.boolean },
  { first: 0x66, text: Buffer.from('false'), kind: KIND.boolean },
  { first: 0x6e, text: Buffer.from('null'), kind: 0 },
];

/** Stands for all that is inside of an opaque shape: it has seen everything. */
const ANYTHING = new Shape();
ANYTHING.close();
ANYTHING.kinds = -1;
ANYTHING.digits = ANYTHING.scale = Infinity;

/** Bytes; a longer record of a source is refused. Bounds the buffers here and in the engine. */
export const LONGEST_RECORD = 16 * 1024 * 1024;
/** The same for records that are written, and read back: what a source's record holds may take more as text. */
export const LONGEST_WRITTEN = 2 * LONGEST_RECORD;
/** Levels of objects and lists in each other, a record's own braces among them. */
const MAX_DEPTH = 64;
/** Fields of all structs together. They are held in memory, in the plan and in the target's schema. */
const MAX_FIELDS = 10_000;
/** Numbers with at most so many characters and no exponent are integers of 64 bits or exact in a double. */
const SAFE_LENGTH = 15;
/** Fields that may be skipped before a name is looked up: objects mostly repeat the order of those before. */
const LOOK_AHEAD = 4;

/**
 * Reads records, one JSON object each, and keeps of them only the shape; every byte is held against the grammar
 * (RFC 8259). Names must be distinct within an object.
 */
export class Parser {
  readonly shape: Shape;
  /** Pairs of offsets: values that the engine must get as JSON strings of their text. */
  quotes: number[] = [];

  readonly #multiline: boolean;
  readonly #longest: number;
  #end = 0;
  #depth = 0;
  #fields: number;
  #objects = 0;
  /** Where the name ends that was looked at last. */
  #afterName = 0;

  /**
   * `multiline`: records may hold newlines between tokens; they are overwritten by spaces. `longest`: bytes of a record
   * at most.
   */
  constructor(shape: Shape, multiline: boolean, longest: number = LONGEST_RECORD) {
    this.#longest = longest;
    this.shape = shape;
    this.#multiline = multiline;
    this.#fields = countFields(shape);
  }

  /**
   * Reads the record that begins at `start` and resolves with the offset after it. Bytes end at `end`, where a
   * control character must stand. Throws Flaw, or Incomplete when the bytes end within the record.
   */
  record(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] !== OPEN_OBJECT) {
      throw new Flaw(start, 'every record must be a JSON object, in braces');
    }
    this.#end = end;
    this.#depth = 0;
    const after = this.#object(bytes, start, this.shape);
    if (after - start > this.#longest) throw tooLong(start, this.#longest);
    return after;
  }

  /** Offset of the next character that is no white space. */
  #skipSpace(bytes: Uint8Array, start: number): number {
    let i = start;
    for (;;) {
      const byte = bytes[i] as number;
      if (byte > SPACE) return i;
      if (i >= this.#end) throw new Incomplete();
      if (byte === NEWLINE || byte === RETURN) {
        if (this.#multiline) bytes[i] = SPACE;
        else if (byte === NEWLINE)
          throw new Flaw(i, 'the line ends within an object; every object must be on one line');
      } else if (byte !== SPACE && byte !== TAB) {
        throw this.#unexpected(bytes, i, 'white space or a value');
      }
      i++;
    }
  }

  #value(bytes: Uint8Array, i: number, shape: Shape): number {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      if ((shape.kinds & STRING) === 0) this.#see(shape, STRING);
      let at = i + 1;
      while (STOPS[bytes[at] as number] === 0) at++;
      return bytes[at] === QUOTE ? at + 1 : skipString(bytes, at, this.#end);
    }
    if ((byte >= ZERO && byte <= NINE) || byte === MINUS) return this.#number(bytes, i, shape);
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return this.#container(bytes, i, shape, byte);
    return this.#literal(bytes, i, shape);
  }

  #literal(bytes: Uint8Array, start: number, shape: Shape): number {
    const literal = LITERALS.find(({ first }) => first === bytes[start]);
    if (literal === undefined) throw this.#unexpected(bytes, start, 'a value');
    const { text, kind } = literal;
    for (let k = 1; k < text.length; k++) {
      if (bytes[start + k] !== text[k]) {
        throw this.#unexpected(bytes, start + k, `the rest of ${text.toString()}`);
      }
    }
    const end = start + text.length;
    if (kind !== 0) {
      if ((shape.kinds & kind) === 0) this.#see(shape, kind);
      if (shape.quoted) this.quotes.push(start, end);
    }
    return end;
  }

  #number(bytes: Uint8Array, start: number, shape: Shape): number {
    let i = start;
    let kinds: number = NUMBER;
    if (bytes[i] === MINUS) {
      kinds |= NEGATIVE;
      i++;
    }
    const first = i;
    while (isDigit(bytes[i])) i++;
    let digits = i - first;
    if (digits === 0) throw this.#unexpected(bytes, i, 'a digit');
    if (bytes[first] === ZERO) {
      if (digits > 1) throw new Flaw(start, 'a number must not begin with a zero before other digits');
      digits = 0;
    }
    let scale = 0;
    if (bytes[i] === POINT) {
      const point = i++;
      while (isDigit(bytes[i])) i++;
      scale = i - point - 1;
      if (scale === 0) throw this.#unexpected(bytes, i, 'a digit');
      kinds |= FRACTION;
    }
    const exponent = ((bytes[i] as number) | 0x20) === LETTER_E;
    if (exponent) i = this.#exponent(bytes, i);
    const minusZero = digits === 0 && kinds === (NUMBER | NEGATIVE);
    if (exponent || i - start > SAFE_LENGTH || minusZero) {
      const look = lookAtNumber(Buffer.from(bytes.subarray(start, i)).toString('latin1'));
      ({ kinds, digits, scale } = look);
    }
    if (digits > shape.digits) shape.digits = digits;
    if (scale > shape.scale) shape.scale = scale;
    if ((shape.kinds & kinds) !== kinds) this.#see(shape, kinds);
    // the engine reads -0 as an integer, which has no sign
    if (shape.quoted || minusZero) this.quotes.push(start, i);
    return i;
  }

  #exponent(bytes: Uint8Array, start: number): number {
    let i = start + 1;
    if (bytes[i] === MINUS || bytes[i] === 0x2b) i++;
    const first = i;
    while (isDigit(bytes[i])) i++;
    if (i === first) throw this.#unexpected(bytes, i, 'a digit');
    return i;
  }

  #container(bytes: Uint8Array, start: number, shape: Shape, byte: number): number {
    const kind = byte === OPEN_OBJECT ? KIND.object : KIND.list;
    if ((shape.kinds & kind) === 0) this.#see(shape, kind);
    const held = this.quotes.length;
    const inside = shape.opaque ? ANYTHING : shape;
    const end = byte === OPEN_OBJECT ? this.#object(bytes, start, inside) : this.#list(bytes, start, inside);
    if (shape.quoted) {
      // what is inside of it is quoted with it
      this.quotes.length = held;
      this.quotes.push(start, end);
    }
    return end;
  }

  #list(bytes: Uint8Array, start: number, shape: Shape): number {
    this.#enter(start);
    let i = this.#skipSpace(bytes, start + 1);
    if (bytes[i] === CLOSE_LIST) {
      this.#depth--;
      return i + 1;
    }
    const items = shape.opaque ? ANYTHING : shape.items;
    for (;;) {
      i = this.#skipSpace(bytes, this.#value(bytes, i, items));
      const byte = bytes[i];
      if (byte === CLOSE_LIST) {
        this.#depth--;
        return i + 1;
      }
      if (byte !== COMMA) throw this.#unexpected(bytes, i, 'a comma or ]');
      i = this.#skipSpace(bytes, i + 1);
    }
  }

  #object(bytes: Uint8Array, start: number, shape: Shape): number {
    this.#enter(start);
    let i = this.#skipSpace(bytes, start + 1);
    if (bytes[i] === CLOSE_OBJECT) {
      this.#depth--;
      return i + 1;
    }
    const object = ++this.#objects;
    const names = shape.opaque ? new Set<string>() : undefined;
    let expected = 0;
    for (;;) {
      if (bytes[i] !== QUOTE) throw this.#unexpected(bytes, i, 'a name in double quotes');
      const field =
        names === undefined
          ? (this.#expectedField(bytes, i + 1, shape, expected) ?? this.#otherField(bytes, i + 1, shape))
          : this.#anyField(bytes, i + 1, names);
      if (field !== ANYTHING) {
        if (field.lastObject === object) throw nameTwice(i);
        field.lastObject = object;
      }
      i = this.#afterName;
      expected = field.index + 1;
      if (bytes[i] !== COLON) {
        i = this.#skipSpace(bytes, i);
        if (bytes[i] !== COLON) throw this.#unexpected(bytes, i, 'a colon');
      }
      i++;
      if ((bytes[i] as number) <= SPACE) i = this.#skipSpace(bytes, i);
      i = this.#value(bytes, i, field);
      if ((bytes[i] as number) <= SPACE) i = this.#skipSpace(bytes, i);
      const byte = bytes[i];
      if (byte === CLOSE_OBJECT) {
        this.#depth--;
        return i + 1;
      }
      if (byte !== COMMA) throw this.#unexpected(bytes, i, 'a comma or }');
      i++;
      if ((bytes[i] as number) <= SPACE) i = this.#skipSpace(bytes, i);
    }
  }

  /** The field whose turn it is, or one soon after it. */
  #expectedField(bytes: Uint8Array, start: number, shape: Shape, expected: number): Shape | undefined {
    const { fields } = shape;
    const last = Math.min(fields.length, expected + LOOK_AHEAD);
    for (let index = expected; index < last; index++) {
      const field = fields[index] as Shape;
      const { key } = field;
      let k = 0;
      while (k < key.length && bytes[start + k] === key[k]) k++;
      if (k === key.length) {
        this.#afterName = start + k;
        return field;
      }
    }
    return undefined;
  }

  #otherField(bytes: Uint8Array, start: number, shape: Shape): Shape {
    const name = this.#name(bytes, start);
    const known = shape.field(name);
    if (known !== undefined) return known;
    if (shape.opaque) return ANYTHING;
    // columns must differ in more than case, too, but that is said where all columns are known
    if (shape !== this.shape && !shape.canHave(name)) {
      this.#close(shape);
      return ANYTHING;
    }
    if (++this.#fields > MAX_FIELDS) {
      throw new Flaw(start, `there are more than ${MAX_FIELDS} columns and fields`);
    }
    return shape.add(name);
  }

  #anyField(bytes: Uint8Array, start: number, names: Set<string>): Shape {
    const name = this.#name(bytes, start);
    if (names.has(name)) throw nameTwice(start - 1);
    names.add(name);
    return ANYTHING;
  }

  #name(bytes: Uint8Array, start: number): string {
    const end = skipString(bytes, start, this.#end);
    this.#afterName = end;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - 1 - start).toString();
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }

  #see(shape: Shape, kinds: number): void {
    shape.kinds |= kinds;
    if (isMixed(shape.kinds) && !shape.opaque) this.#close(shape);
  }

  #close(shape: Shape): void {
    this.#fields -= countFields(shape);
    shape.close();
  }

  #enter(position: number): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new Flaw(position, `objects and lists are nested deeper than ${MAX_DEPTH} levels`);
    }
  }

  #unexpected(bytes: Uint8Array, position: number, wanted: string): Error {
    if (position >= this.#end) return new Incomplete();
    const hint = HINTS.find(([characters]) => characters.includes(String.fromCharCode(bytes[position] ?? 0)));
    return new Flaw(position, `expected ${wanted}${hint === undefined ? '' : `; ${hint[1]}`}`);
  }
}

const HINTS: readonly (readonly [characters: string, hint: string])[] = [
  ['NI', 'NaN and Infinity are not JSON'],
  ['}]', 'a comma before a closing brace or bracket is not JSON'],
  ["'", 'single quotes are not JSON'],
  ['/#', 'comments are not JSON'],
];

export function tooLong(position: number, longest: number): Flaw {
  return new Flaw(position, `a record is longer than ${longest} bytes, which is the most that is supported`);
}

function nameTwice(position: number): Flaw {
  return new Flaw(position, 'an object has a name twice; names must be distinct');
}

function countFields(shape: Shape): number {
  const inside = [...shape.fields, ...(shape.item === undefined ? [] : [shape.item])];
  return shape.fields.length + inside.reduce((sum, below) => sum + countFields(below), 0);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
