import { KIND } from './kinds.ts';

/** Set in a state's kind when its text must be looked at: the calendar, the range of an exponent. */
export const CHECK = 16;

const DIGITS = '0123456789';

/** What a value looks like so far: [kind if it ended here, characters that lead to another look]. */
export const LOOKS: Record<string, [kind: number, next: Record<string, string>]> = {
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
