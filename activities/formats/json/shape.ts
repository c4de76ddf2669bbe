import { z } from 'zod';

/** What has been seen of the values at one place (a column, a field, the items of a list), as bits. */
export const KIND = {
  boolean: 1,
  string: 2,
  object: 4,
  list: 8,
  number: 16,
  /** Of numbers: written with a point or an exponent, or -0. */
  fraction: 32,
  negative: 64,
  /** An integer from 2^63 to 2^64 - 1. */
  unsigned: 128,
  /** An integer beyond 64 bits. */
  huge: 256,
  /** A number of which a double does not keep all digits. */
  inexact: 512,
} as const;

/** Objects with more distinct keys are data in the guise of keys: they stay text. */
const MAX_KEYS = 1_000;

/** All values at one place: a tree that grows with what is seen and never shrinks to less. */
export class Shape {
  kinds = 0;
  /** Of numbers: most digits before and after the point. */
  digits = 0;
  scale = 0;
  /** No type but text holds what was seen, whatever is inside: nothing below is kept. */
  opaque = false;
  /** In order of appearance. */
  fields: Shape[] = [];
  item: Shape | undefined;

  readonly name: string;
  /** The name's usual bytes within JSON, with the closing quote. */
  readonly key: Uint8Array;
  readonly index: number;
  /** Serial number of the last object that had this field. */
  lastObject = 0;
  /** The engine gets values as JSON strings of their text, so that no digit is lost. */
  quoted = false;

  #byName: Map<string, Shape> | undefined;
  #folded: Set<string> | undefined;

  constructor(name = '', index = 0) {
    this.name = name;
    this.index = index;
    this.key = Buffer.from(JSON.stringify(name).slice(1));
  }

  /** The items' shape, made when it is not there. */
  get items(): Shape {
    this.item ??= new Shape();
    return this.item;
  }

  field(name: string): Shape | undefined {
    return this.#byName?.get(name);
  }

  /** A new field. */
  add(name: string): Shape {
    const field = new Shape(name, this.fields.length);
    this.fields.push(field);
    (this.#byName ??= new Map<string, Shape>()).set(name, field);
    return field;
  }

  /** Whether a struct can have this field besides the others: the engine's names ignore the case of ASCII letters. */
  canHave(name: string): boolean {
    this.#folded ??= new Set(this.fields.map((field) => fold(field.name)));
    const folded = fold(name);
    if (name === '' || this.fields.length >= MAX_KEYS || this.#folded.has(folded)) return false;
    this.#folded.add(folded);
    return true;
  }

  /** Nothing but text holds all of it. */
  close(): void {
    this.opaque = true;
    this.fields = [];
    this.item = undefined;
    this.#byName = undefined;
    this.#folded = undefined;
  }
}

function fold(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A shape as JSON, with short keys because there may be thousands. */
export interface ShapeJson {
  /** Kinds; -1 when opaque. */
  k: number;
  d?: number | undefined;
  s?: number | undefined;
  f?: [string, ShapeJson][] | undefined;
  i?: ShapeJson | undefined;
}

export const shapeSchema: z.ZodType<ShapeJson> = z.lazy(() =>
  z.object({
    k: z.int(),
    d: z.int().optional(),
    s: z.int().optional(),
    f: z.array(z.tuple([z.string(), shapeSchema])).optional(),
    i: shapeSchema.optional(),
  }),
);

export function shapeToJson(shape: Shape): ShapeJson {
  return {
    k: shape.opaque ? -1 : shape.kinds,
    ...(shape.digits > 0 ? { d: shape.digits } : {}),
    ...(shape.scale > 0 ? { s: shape.scale } : {}),
    ...(shape.fields.length > 0 ? { f: shape.fields.map((field) => [field.name, shapeToJson(field)]) } : {}),
    ...(shape.item === undefined ? {} : { i: shapeToJson(shape.item) }),
  };
}

export function shapeFromJson(json: ShapeJson, shape = new Shape()): Shape {
  if (json.k < 0) {
    shape.close();
    return shape;
  }
  shape.kinds = json.k;
  shape.digits = json.d ?? 0;
  shape.scale = json.s ?? 0;
  for (const [name, field] of json.f ?? []) shapeFromJson(field, shape.add(name));
  if (json.i !== undefined) shapeFromJson(json.i, shape.items);
  return shape;
}
