import { KIND } from './kinds.ts';

/**
 * The scanner's tables: one look-up a byte says what a record of RFC 4180 does next and what the present
 * value looks like. States below FIRST_STATE are actions, not states.
 */
export const ACTION = { endField: 0, endRecord: 1, quotedNewline: 2, misquoted: 3 } as const;
export const FIRST_STATE = 4;

/** Set in a state's kind when its text must be looked at: the calendar, the range of an exponent. */
export const CHECK = 16;

const CLASS_BITS = 5;
const DIGITS = '0123456789';
const CLASSES = [',', '\n', '\r', '"', ' ', '-', '+', '.', ':', '0', '1', '2', '3', '45', '6789'].concat([
  'T',
  't',
  'Z',
  'eE',
  'rR',
  'uU',
  'fF',
  'aA',
  'lL',
  'sS',
]);
const COMMA = 1;
const NEWLINE = 2;
const RETURN = 3;
const QUOTE = 4;

/** What a value looks like so far: [kind if it ended here, characters that lead to another look]. */
const LOOKS: Record<string, [kind: number, next: Record<string, string>]> = {
  start: [
    KIND.empty,
    { '-': 'minus', 0: 'zero', 123456789: 'digits1', '.': 'point', ' ': 'blank', Tt: 't', fF: 'f' },
  ],
  blank: [KIND.text, { ' ': 'blank' }],
  text: [KIND.text, {}],

  minus: [KIND.text, { 0: 'minusZero', 123456789: 'integer', '.': 'point' }],
  minusZero: [KIND.decimal, { '.': 'point' }],
  zero: [KIND.integer, { '.': 'point', eE: 'e' }],
  digits1: [KIND.integer, { [DIGITS]: 'digits2', '.': 'point', eE: 'e' }],
  digits2: [KIND.integer, { [DIGITS]: 'digits3', '.': 'point', eE: 'e' }],
  digits3: [KIND.integer, { [DIGITS]: 'digits4', '.': 'point', eE: 'e' }],
  digits4: [KIND.integer, { [DIGITS]: 'integer', '.': 'point', eE: 'e', '-': 'month' }],
  integer: [KIND.integer, { [DIGITS]: 'integer', '.': 'point', eE: 'e' }],
  point: [KIND.text, { [DIGITS]: 'fraction' }],
  fraction: [KIND.decimal, { [DIGITS]: 'fraction', eE: 'e' }],
  e: [KIND.text, { '+-': 'eSign', [DIGITS]: 'exponent' }],
  eSign: [KIND.text, { [DIGITS]: 'exponent' }],
  exponent: [KIND.decimal | CHECK, { [DIGITS]: 'exponent' }],

  month: [KIND.text, { 0: 'month0', 1: 'month1' }],
  month0: [KIND.text, { 123456789: 'months' }],
  month1: [KIND.text, { '012': 'months' }],
  months: [KIND.text, { '-': 'day' }],
  day: [KIND.text, { 0: 'day0', 12: 'day12', 3: 'day3' }],
  day0: [KIND.text, { 123456789: 'date' }],
  day12: [KIND.text, { [DIGITS]: 'date' }],
  day3: [KIND.text, { '01': 'date' }],
  date: [KIND.date | CHECK, { ' T': 'hour' }],

  hour: [KIND.text, { '01': 'hour01', 2: 'hour2' }],
  hour01: [KIND.text, { [DIGITS]: 'hours' }],
  hour2: [KIND.text, { '0123': 'hours' }],
  hours: [KIND.text, { ':': 'minute' }],
  minute: [KIND.text, { '012345': 'minute1' }],
  minute1: [KIND.text, { [DIGITS]: 'minutes' }],
  minutes: [KIND.text, { ':': 'second' }],
  second: [KIND.text, { '012345': 'second1' }],
  second1: [KIND.text, { [DIGITS]: 'seconds' }],
  seconds: [KIND.timestamp | CHECK, { '.': 'micros', Z: 'zoned', '+-': 'offset' }],
  micros: [KIND.text, { [DIGITS]: 'micros1' }],
  micros1: [KIND.timestamp | CHECK, { [DIGITS]: 'micros2', Z: 'zoned', '+-': 'offset' }],
  micros2: [KIND.timestamp | CHECK, { [DIGITS]: 'micros3', Z: 'zoned', '+-': 'offset' }],
  micros3: [KIND.timestamp | CHECK, { [DIGITS]: 'micros4', Z: 'zoned', '+-': 'offset' }],
  micros4: [KIND.timestamp | CHECK, { [DIGITS]: 'micros5', Z: 'zoned', '+-': 'offset' }],
  micros5: [KIND.timestamp | CHECK, { [DIGITS]: 'micros6', Z: 'zoned', '+-': 'offset' }],
  micros6: [KIND.timestamp | CHECK, { Z: 'zoned', '+-': 'offset' }],
  offset: [KIND.text, { '01': 'offset1' }],
  offset1: [KIND.text, { [DIGITS]: 'offset2' }],
  offset2: [KIND.zoned | CHECK, { ':': 'offset3', '012345': 'offset4' }],
  offset3: [KIND.text, { '012345': 'offset4' }],
  offset4: [KIND.text, { [DIGITS]: 'zoned' }],
  zoned: [KIND.zoned | CHECK, {}],

  t: [KIND.text, { rR: 'tr' }],
  tr: [KIND.text, { uU: 'tru' }],
  tru: [KIND.text, { eE: 'true' }],
  true: [KIND.boolean, {}],
  f: [KIND.text, { aA: 'fa' }],
  fa: [KIND.text, { lL: 'fal' }],
  fal: [KIND.text, { sS: 'fals' }],
  fals: [KIND.text, { eE: 'true' }],
};

const looks = Object.keys(LOOKS);
const kinds = [...new Set(Object.values(LOOKS).map(([kind]) => kind))];

/** States: every look outside and inside of quotes; after a closing quote and after \r, every kind. */
const outside = (look: string): number => FIRST_STATE + looks.indexOf(look);
const inside = (look: string): number => outside(look) + looks.length;
const closed = (kind: number): number => FIRST_STATE + 2 * looks.length + kinds.indexOf(kind);
const returned = (kind: number): number => closed(kind) + kinds.length;
const STATES = FIRST_STATE + 2 * looks.length + 2 * kinds.length;

export const STATE = { start: outside('start'), inQuotes: inside('text') } as const;

/** Byte -> class. */
const CLASS = new Uint8Array(256);
/** `state << CLASS_BITS | class` -> next state or action. */
const NEXT = new Uint8Array(STATES << CLASS_BITS).fill(ACTION.misquoted);
/** State -> kind of the value that ends in it, perhaps with CHECK. */
export const KIND_OF = new Uint8Array(STATES);
/** State -> 1 inside of quotes, where the end of input is premature. */
export const OPEN = new Uint8Array(STATES);
/** State -> 1 after a carriage return. */
export const RETURNED = new Uint8Array(STATES);

CLASSES.forEach((characters, index) => {
  for (const character of characters) CLASS[character.charCodeAt(0)] = index + 1;
});

function connect(from: number, byteClass: number, to: number): void {
  NEXT[(from << CLASS_BITS) | byteClass] = to;
}

for (const [look, [kind, next]] of Object.entries(LOOKS)) {
  for (const side of [outside, inside]) {
    for (let byteClass = 0; byteClass <= CLASSES.length; byteClass++) {
      connect(side(look), byteClass, side('text'));
    }
    for (const [characters, to] of Object.entries(next)) {
      for (const character of characters) {
        connect(side(look), CLASS[character.charCodeAt(0)] ?? 0, side(to));
      }
    }
  }
  // "" is a text without characters, not an absent value
  const quotedKind = look === 'start' ? KIND.text : kind;
  KIND_OF[outside(look)] = kind;
  KIND_OF[inside(look)] = quotedKind;
  OPEN[inside(look)] = 1;
  connect(outside(look), COMMA, ACTION.endField);
  connect(outside(look), NEWLINE, ACTION.endRecord);
  connect(outside(look), RETURN, returned(kind));
  if (look === 'start') connect(outside(look), QUOTE, inside('start'));
  // a quote after spaces only is read in different ways by different programs
  if (look === 'blank') connect(outside(look), QUOTE, ACTION.misquoted);
  connect(inside(look), NEWLINE, ACTION.quotedNewline);
  connect(inside(look), QUOTE, closed(quotedKind));
}
for (const kind of kinds) {
  KIND_OF[closed(kind)] = kind;
  KIND_OF[returned(kind)] = kind;
  RETURNED[returned(kind)] = 1;
  connect(closed(kind), COMMA, ACTION.endField);
  connect(closed(kind), NEWLINE, ACTION.endRecord);
  connect(closed(kind), RETURN, returned(kind));
  connect(closed(kind), QUOTE, inside('text'));
  connect(returned(kind), NEWLINE, ACTION.endRecord);
}

/** `state << 8 | byte` -> `next state or action << 8`: what the scanner's loop needs, with nothing to compute. */
export const NEXT_BY_BYTE = new Uint16Array(STATES << 8);
for (let state = FIRST_STATE; state < STATES; state++) {
  for (let byte = 0; byte < 256; byte++) {
    const next = NEXT[(state << CLASS_BITS) | (CLASS[byte] ?? 0)] ?? ACTION.misquoted;
    NEXT_BY_BYTE[(state << 8) | byte] = next << 8;
  }
}
