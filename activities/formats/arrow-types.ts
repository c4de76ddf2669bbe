/**
 * DuckDB's type names in Apache Arrow's. A type that Arrow lacks has the name of what a reader of the
 * written file gets (ENUM -> utf8); a name unknown here is passed through in lower case.
 */
const SIMPLE: Readonly<Record<string, string>> = {
  BOOLEAN: 'bool',
  TINYINT: 'int8',
  SMALLINT: 'int16',
  INTEGER: 'int32',
  BIGINT: 'int64',
  UTINYINT: 'uint8',
  USMALLINT: 'uint16',
  UINTEGER: 'uint32',
  UBIGINT: 'uint64',
  HUGEINT: 'double',
  UHUGEINT: 'double',
  FLOAT: 'float',
  DOUBLE: 'double',
  VARCHAR: 'utf8',
  JSON: 'utf8',
  UUID: 'fixed_size_binary[16]',
  BLOB: 'binary',
  BIT: 'utf8',
  DATE: 'date32[day]',
  TIME: 'time64[us]',
  'TIME WITH TIME ZONE': 'time64[us]',
  TIME_NS: 'time64[ns]',
  TIMESTAMP: 'timestamp[us]',
  TIMESTAMP_S: 'timestamp[s]',
  TIMESTAMP_MS: 'timestamp[ms]',
  TIMESTAMP_NS: 'timestamp[ns]',
  'TIMESTAMP WITH TIME ZONE': 'timestamp[us, UTC]',
  INTERVAL: 'month_day_nano_interval',
  '"NULL"': 'null',
};

/** Arrow's name, e.g. `list<item: struct<a: int32>>` for `STRUCT(a INTEGER)[]`. Throws on unbalanced input. */
export function arrowType(duckdbType: string): string {
  const parser = new TypeParser(duckdbType);
  const type = parser.type();
  parser.end();
  return type;
}

class TypeParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): string {
    let type = this.#base();
    for (let suffix = this.#take(/\[(\d*)\]/y); suffix !== undefined; suffix = this.#take(/\[(\d*)\]/y)) {
      type = suffix[1] === '' ? `list<item: ${type}>` : `fixed_size_list<item: ${type}>[${suffix[1]}]`;
    }
    return type;
  }

  end(): void {
    if (this.#position < this.#text.length) this.#fail();
  }

  #base(): string {
    const name = this.#expect(/"NULL"|[A-Za-z_][\w ]*/y)[0].trim();
    if (this.#take(/\(\s*/y) === undefined) return SIMPLE[name] ?? name.toLowerCase();
    const type = this.#parameterised(name);
    this.#expect(/\s*\)/y);
    return type;
  }

  #parameterised(name: string): string {
    switch (name) {
      case 'STRUCT':
        return `struct<${this.#members().join(', ')}>`;
      case 'UNION':
        return `dense_union<${this.#members().join(', ')}>`;
      case 'MAP': {
        const key = this.type();
        this.#expect(/\s*,\s*/y);
        return `map<${key}, ${this.type()}>`;
      }
      case 'DECIMAL': {
        const [, precision, scale] = this.#expect(/(\d+)\s*,\s*(\d+)/y);
        return `decimal128(${precision}, ${scale})`;
      }
      case 'ENUM':
        this.#expect(/'(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*/y);
        return 'utf8';
      default:
        this.#take(/[^()]*/y);
        return name.toLowerCase();
    }
  }

  #members(): string[] {
    const members: string[] = [];
    do {
      const name = this.#expect(/"((?:[^"]|"")*)"\s+|(\w+)\s+/y);
      members.push(`${name[1]?.replaceAll('""', '"') ?? name[2]}: ${this.type()}`);
    } while (this.#take(/\s*,\s*/y) !== undefined);
    return members;
  }

  #expect(pattern: RegExp): RegExpExecArray {
    return this.#take(pattern) ?? this.#fail();
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#position = pattern.lastIndex;
    return match;
  }

  #fail(): never {
    throw new Error(`not a type of the engine at character ${this.#position + 1}: ${this.#text}`);
  }
}
