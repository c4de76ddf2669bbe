/** Deeper types than any data has. */
const MAX_DEPTH = 32;
const SIMPLE = new Set([
  ...['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float', 'double'],
  ...['utf8', 'string', 'binary', 'date32', 'date32[day]', 'time64[us]', 'month_day_nano_interval'],
  ...['fixed_size_binary[16]'],
]);
const TIMESTAMP = /^timestamp\[(?:s|ms|us|ns|us, ?UTC)\]$/;
const DECIMAL = /^decimal128\((\d+), ?(\d+)\)$/;
const MAX_DIGITS = 38;

/** What is wrong with the name of a type of Apache Arrow, as the status tells types. */
export function arrowTypeProblems(text: string): string[] {
  const end = typeEnd(text, 0, 0);
  if (end === text.length) return [];
  const near = text.slice(end === undefined ? 0 : end).slice(0, 40);
  return [
    `is no type that can be given (near ${JSON.stringify(near)}); types are named as in the status: bool, int8 to int64, uint8 to uint64, float, double, decimal128(10, 2), utf8, binary, date32[day], time64[us], timestamp[us], timestamp[us, UTC], list<item: int64>, map<utf8, int64>, struct<a: int64>`,
  ];
}

/** Where the type that begins at `from` ends; undefined when none begins there. */
function typeEnd(text: string, from: number, depth: number): number | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const inner = (position: number): number | undefined => typeEnd(text, position, depth + 1);
  const [opening, kind] = match(/(list|map|struct)</y, text, from) ?? [];
  if (opening === undefined) {
    const [word] = match(/[a-z]\w*(?:\[[^\]<>]*\]|\([^)<>]*\))?/y, text, from) ?? [];
    return word !== undefined && isSimple(word) ? from + word.length : undefined;
  }
  const start = from + opening.length;
  if (kind === 'list') return closed(text, inner(afterName(text, start) ?? start));
  if (kind === 'map') {
    const comma = after(/, ?/y, text, inner(start));
    return closed(text, comma === undefined ? undefined : inner(comma));
  }
  let position: number | undefined = start;
  for (;;) {
    const type = afterName(text, position);
    const end = type === undefined ? undefined : inner(type);
    const next = after(/, ?/y, text, end);
    if (next === undefined) return closed(text, end);
    position = next;
  }
}

function isSimple(word: string): boolean {
  const [, precision, scale] = DECIMAL.exec(word) ?? [];
  if (precision !== undefined)
    return Number(precision) >= 1 && Number(precision) <= MAX_DIGITS && Number(scale) <= Number(precision);
  return SIMPLE.has(word) || TIMESTAMP.test(word);
}

const closed = (text: string, at: number | undefined): number | undefined => after(/>/y, text, at);
const afterName = (text: string, at: number): number | undefined => after(/[^:<>,]+: ?/y, text, at);

function after(pattern: RegExp, text: string, at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const [found] = match(pattern, text, at) ?? [];
  return found === undefined ? undefined : at + found.length;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
