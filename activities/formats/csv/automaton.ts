import type { Dialect } from './dialect.ts';
import { KIND } from './kinds.ts';
import { LOOKS } from './looks.ts';

/**
 * The scanner's tables: one look-up a byte says what a record does next and what the present value looks
 * like. States below FIRST_STATE are actions, not states. States have the same numbers in every dialect.
 */
export const ACTION = { endField: 0, endRecord: 1, quotedNewline: 2, misquoted: 3 } as const;
export const FIRST_STATE = 4;
/** Of a state within the table by byte: its row's begin. */
export const ROW_BITS = 8;

const looks = Object.keys(LOOKS);
const kinds = [...new Set(Object.values(LOOKS).map(([kind]) => kind))];

/** States: every look outside and inside of quotes; after a closing quote and after \r, every kind. */
const outside = (look: string): number => FIRST_STATE + looks.indexOf(look);
const inside = (look: string): number => outside(look) + looks.length;
const closed = (kind: number): number => FIRST_STATE + 2 * looks.length + kinds.indexOf(kind);
const returned = (kind: number): number => closed(kind) + kinds.length;
const BLANK_RETURNED = FIRST_STATE + 2 * looks.length + 2 * kinds.length;
const ESCAPED = BLANK_RETURNED + 1;
/** Then one for every character of the text that stands for NULL. */
const FIRST_OF_NULL = ESCAPED + 1;

export const STATE = {
  start: outside('start'),
  inQuotes: inside('text'),
  /** After the \r of a line that has nothing else. */
  blankReturned: BLANK_RETURNED,
} as const;

export interface Automaton {
  /** `state << ROW_BITS | byte` -> `next state or action << ROW_BITS`: the scanner's loop computes nothing. */
  next: Uint16Array;
  /** State -> kind of the value that ends in it, perhaps with CHECK. */
  kindOf: Uint8Array;
  /** State -> 1 inside of quotes, where the end of input is premature. */
  open: Uint8Array;
  /** State -> 1 after a carriage return. */
  returned: Uint8Array;
}

const made = new Map<string, Automaton>();

/** The tables of a dialect; made once. */
export function automatonOf({ delimiter, quote, escape, nullValue }: Dialect): Automaton {
  const key = JSON.stringify([delimiter, quote, escape, nullValue]);
  const known = made.get(key) ?? make(delimiter, quote, escape, nullValue);
  made.set(key, known);
  return known;
}

function make(delimiter: string, quote: string, escape: string, nullValue: string): Automaton {
  const states = FIRST_OF_NULL + nullValue.length;
  const next = new Uint16Array(states << ROW_BITS).fill(ACTION.misquoted << ROW_BITS);
  const kindOf = new Uint8Array(states);
  const open = new Uint8Array(states);
  const afterReturn = new Uint8Array(states);
  const row = (state: number) => next.subarray(state << ROW_BITS, (state + 1) << ROW_BITS);
  const connect = (from: number, character: string, to: number): void => {
    if (character !== '') next[(from << ROW_BITS) | character.charCodeAt(0)] = to << ROW_BITS;
  };
  const ends = (state: number): void => {
    connect(state, delimiter, ACTION.endField);
    connect(state, '\n', ACTION.endRecord);
  };

  for (const [look, [kind, leads]] of Object.entries(LOOKS)) {
    for (const side of [outside, inside]) {
      row(side(look)).fill(side('text') << ROW_BITS);
      for (const [characters, to] of Object.entries(leads)) {
        for (const character of characters) connect(side(look), character, side(to));
      }
    }
    // "" is a text without characters, not an absent value
    const quotedKind = look === 'start' ? KIND.text : kind;
    kindOf[outside(look)] = kind;
    kindOf[inside(look)] = quotedKind;
    open[inside(look)] = 1;
    ends(outside(look));
    connect(outside(look), '\r', look === 'start' ? BLANK_RETURNED : returned(kind));
    if (look === 'start') connect(outside(look), quote, inside('start'));
    // a quote after spaces only is read in different ways by different programs
    if (look === 'blank') connect(outside(look), quote, ACTION.misquoted);
    connect(inside(look), '\n', ACTION.quotedNewline);
    connect(inside(look), escape, ESCAPED);
    connect(inside(look), quote, closed(quotedKind));
  }
  for (const kind of kinds) {
    kindOf[closed(kind)] = kind;
    kindOf[returned(kind)] = kind;
    afterReturn[returned(kind)] = 1;
    ends(closed(kind));
    connect(closed(kind), '\r', returned(kind));
    if (escape === quote) connect(closed(kind), quote, inside('text'));
    connect(returned(kind), '\n', ACTION.endRecord);
  }
  kindOf[BLANK_RETURNED] = KIND.empty;
  afterReturn[BLANK_RETURNED] = 1;
  connect(BLANK_RETURNED, '\n', ACTION.endRecord);
  // what is escaped is an ordinary character, whatever it is
  row(ESCAPED).fill(inside('text') << ROW_BITS);
  connect(ESCAPED, '\n', ACTION.quotedNewline);
  open[ESCAPED] = 1;
  standForNull(nullValue, next, kindOf);
  return { next, kindOf, open, returned: afterReturn };
}

/** Beside the states of the looks, those of the values that begin like the text that stands for NULL. */
function standForNull(nullValue: string, next: Uint16Array, kindOf: Uint8Array): void {
  if (nullValue === '') return;
  kindOf[STATE.start] = KIND.text;
  kindOf[BLANK_RETURNED] = KIND.text;
  let plain: number = STATE.start;
  let state: number = STATE.start;
  for (let index = 0; index < nullValue.length; index++) {
    const character = nullValue.charCodeAt(index);
    const follower = FIRST_OF_NULL + index;
    plain = next[(plain << ROW_BITS) | character]! >> ROW_BITS;
    next[(state << ROW_BITS) | character] = follower << ROW_BITS;
    next.copyWithin(follower << ROW_BITS, plain << ROW_BITS, (plain + 1) << ROW_BITS);
    kindOf[follower] = kindOf[plain]!;
    state = follower;
  }
  kindOf[state] = KIND.empty;
  // NULL before \r: the state after it must say so, too
  next[(state << ROW_BITS) | 0x0d] = returned(KIND.empty) << ROW_BITS;
}
