import { identifier } from '../engine/engine.ts';
import { TextCursor } from './text-cursor.ts';

/** Deeper types than any data has. */
const MAX_DEPTH = 32;

/** Types that can be given, and the engine's; what `arrowType` makes of the engine's is the canonical name. */
const SIMPLE: Readonly<Record<string, string>> = {
  bool: 'BOOLEAN',
  int8: 'TINYINT',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  uint8: 'UTINYINT',
  uint16: 'USMALLINT',
  uint32: 'UINTEGER',
  uint64: 'UBIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  utf8: 'VARCHAR',
  string: 'VARCHAR',
  binary: 'BLOB',
  'fixed_size_binary[16]': 'UUID',
  date32: 'DATE',
  'date32[day]': 'DATE',
  'time64[us]': 'TIME',
  'timestamp[s]': 'TIMESTAMP_S',
  'timestamp[ms]': 'TIMESTAMP_MS',
  'timestamp[us]': 'TIMESTAMP',
  'timestamp[ns]': 'TIMESTAMP_NS',
  'timestamp[us, UTC]': 'TIMESTAMP WITH TIME ZONE',
  'timestamp[us,UTC]': 'TIMESTAMP WITH TIME ZONE',
  month_day_nano_interval: 'INTERVAL',
};

/** The engine's type of Arrow's name, e.g. `STRUCT("a" INTEGER)[]` for `list<item: struct<a: int32>>`. Throws on others. */
export function engineTypeOf(arrow: string): string {
  const parser = new NameParser(arrow);
  const type = parser.type(0);
  parser.end();
  return type;
}

class NameParser extends TextCursor {
  constructor(text: string) {
    super(text, 'a type that can be given,');
  }

  type(depth: number): string {
    if (depth > MAX_DEPTH) this.fail();
    const kind = this.take(/(list|map|struct)</y)?.[1];
    if (kind === undefined) return this.#simple();
    const type = this.#nested(kind, depth + 1);
    this.expect(/>/y);
    return type;
  }

  #nested(kind: string, depth: number): string {
    if (kind === 'list') {
      this.take(/[^:<>,]+: ?/y);
      return `${this.type(depth)}[]`;
    }
    if (kind === 'map') {
      const key = this.type(depth);
      this.expect(/, ?/y);
      return `MAP(${key}, ${this.type(depth)})`;
    }
    const members: string[] = [];
    do {
      const [, name] = this.expect(/([^:<>,]+): ?/y);
      members.push(`${identifier(name!)} ${this.type(depth)}`);
    } while (this.take(/, ?/y) !== undefined);
    return `STRUCT(${members.join(', ')})`;
  }

  #simple(): string {
    const decimal = this.take(/decimal128\((\d+), ?(\d+)\)/y);
    if (decimal !== undefined) return `DECIMAL(${decimal[1]},${decimal[2]})`;
    const [name] = this.expect(/[a-z]\w*(?:\[[^\]<>]*\])?/y);
    return Object.hasOwn(SIMPLE, name) ? SIMPLE[name]! : this.fail();
  }
}
