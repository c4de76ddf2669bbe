import { TextCursor } from './text-cursor.ts';

/** A type of the engine, taken apart. */
export type EngineType =
  | { kind: 'simple'; name: string }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'enum' }
  | { kind: 'list'; item: EngineType }
  | { kind: 'array'; item: EngineType; length: number }
  | { kind: 'map'; key: EngineType; value: EngineType }
  | { kind: 'struct' | 'union'; members: { name: string; type: EngineType }[] }
  /** Any other with parameters, e.g. `GEOMETRY('EPSG:4326')`. */
  | { kind: 'other'; name: string; parameters: string };

/** Parses DuckDB's name of a type, e.g. `STRUCT(a INTEGER, "b c" DECIMAL(4,1)[])`. Throws on anything else. */
export function parseEngineType(text: string): EngineType {
  const parser = new TypeParser(text);
  const type = parser.type();
  parser.end();
  return type;
}

class TypeParser extends TextCursor {
  constructor(text: string) {
    super(text, 'a type of the engine');
  }

  type(): EngineType {
    let type = this.#base();
    for (let suffix = this.take(/\[(\d*)\]/y); suffix !== undefined; suffix = this.take(/\[(\d*)\]/y)) {
      type =
        suffix[1] === ''
          ? { kind: 'list', item: type }
          : { kind: 'array', item: type, length: Number(suffix[1]) };
    }
    return type;
  }

  #base(): EngineType {
    const name = this.expect(/"NULL"|[A-Za-z_][\w ]*/y)[0].trim();
    if (this.take(/\(\s*/y) === undefined) return { kind: 'simple', name };
    const type = this.#parameterised(name);
    this.expect(/\s*\)/y);
    return type;
  }

  #parameterised(name: string): EngineType {
    switch (name) {
      case 'STRUCT':
        return { kind: 'struct', members: this.#members() };
      case 'UNION':
        return { kind: 'union', members: this.#members() };
      case 'MAP': {
        const key = this.type();
        this.expect(/\s*,\s*/y);
        return { kind: 'map', key, value: this.type() };
      }
      case 'DECIMAL': {
        const [, precision, scale] = this.expect(/(\d+)\s*,\s*(\d+)/y);
        return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
      }
      case 'ENUM':
        this.expect(/'(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*/y);
        return { kind: 'enum' };
      default:
        return { kind: 'other', name, parameters: this.expect(/[^()]*/y)[0] };
    }
  }

  #members(): { name: string; type: EngineType }[] {
    const members: { name: string; type: EngineType }[] = [];
    do {
      const name = this.expect(/"((?:[^"]|"")*)"\s+|(\w+)\s+/y);
      members.push({ name: name[1]?.replaceAll('""', '"') ?? name[2]!, type: this.type() });
    } while (this.take(/\s*,\s*/y) !== undefined);
    return members;
  }
}
