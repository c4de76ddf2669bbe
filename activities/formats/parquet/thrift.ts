/**
 * Thrift's compact protocol without a schema, so that what is decoded can be encoded again unchanged, also
 * fields that came into the format later. Safe against hostile input: every length is held against what is
 * left, depth is bounded, and anything odd throws ThriftError.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

export const TYPE = {
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
} as const;

/** i8, i16, i32 as number; i64 as bigint; double as its 8 bytes; booleans in lists as their byte. */
export type Value = boolean | number | bigint | Buffer | List | Struct;

export interface List {
  /** Type of the items. A struct among them may stand there encoded, as a Buffer. */
  of: number;
  items: Value[];
}

interface Field {
  type: number;
  value: Value;
}

/** Fields by id, in the order of the encoding. */
export type Struct = Map<number, Field>;

export class ThriftError extends Error {}

/** Parquet's own structures nest 7 deep. */
const MAX_DEPTH = 24;

/** @param last id of a field after which the rest is not looked at */
export function decodeStruct(bytes: Buffer, last?: number): Struct {
  return new Decoder(bytes).struct(0, last);
}

/** A structure with other bytes behind it, and its length in bytes. */
export function decodePrefix(bytes: Buffer): { struct: Struct; length: number } {
  const decoder = new Decoder(bytes);
  const struct = decoder.struct(0);
  return { struct, length: decoder.position };
}

export function encodeStruct(struct: Struct): Buffer {
  const encoder = new Encoder();
  encoder.struct(struct);
  return encoder.bytes();
}

class Decoder {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#position;
  }

  struct(depth: number, last?: number): Struct {
    const fields: Struct = new Map();
    let id = 0;
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      const delta = header >> 4;
      id = delta === 0 ? this.#number(16) : id + delta;
      if (fields.has(id)) throw new ThriftError(`field ${id} occurs twice`);
      const type = header & 15;
      const flag = type === TYPE.true || type === TYPE.false;
      fields.set(id, { type, value: flag ? type === TYPE.true : this.#value(type, depth) });
      if (id === last) break;
    }
    return fields;
  }

  #value(type: number, depth: number): Value {
    switch (type) {
      case TYPE.true:
      case TYPE.false:
      case TYPE.i8:
        return this.#byte();
      case TYPE.i16:
        return this.#number(16);
      case TYPE.i32:
        return this.#number(32);
      case TYPE.i64:
        return this.#zigzag();
      case TYPE.double:
        return this.#take(8);
      case TYPE.binary:
        return this.#take(Number(this.#varint()));
      case TYPE.list:
      case TYPE.set:
        return this.#list(depth + 1);
      case TYPE.struct:
        if (depth >= MAX_DEPTH) break;
        return this.struct(depth + 1);
    }
    throw new ThriftError(`unexpected type ${type} at byte ${this.#position} or nested too deeply`);
  }

  #list(depth: number): List {
    if (depth >= MAX_DEPTH) throw new ThriftError('nested too deeply');
    const header = this.#byte();
    const of = header & 15;
    const length = header >> 4 === 15 ? Number(this.#varint()) : header >> 4;
    // every item takes at least a byte: a length that lies ends at the end of the input
    const items: Value[] = [];
    for (let i = 0; i < length; i++) items.push(this.#value(of, depth));
    return { of, items };
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new ThriftError('it ends too early');
    this.#position++;
    return byte;
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new ThriftError('it ends too early');
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  #number(bits: 16 | 32): number {
    const value = this.#zigzag();
    if (BigInt.asIntN(bits, value) !== value) throw new ThriftError(`a number exceeds ${bits} bits`);
    return Number(value);
  }

  #zigzag(): bigint {
    const encoded = this.#varint();
    return (encoded >> 1n) ^ -(encoded & 1n);
  }

  #varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new ThriftError('a number is longer than 10 bytes');
  }
}

class Encoder {
  #buffer = Buffer.alloc(1024);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  struct(fields: Struct): void {
    let last = 0;
    for (const [id, { type, value }] of fields) {
      const delta = id - last;
      if (delta > 0 && delta < 16) this.#byte((delta << 4) | type);
      else {
        this.#byte(type);
        this.#zigzag(BigInt(id));
      }
      last = id;
      if (type !== TYPE.true && type !== TYPE.false) this.#value(type, value);
    }
    this.#byte(0);
  }

  #value(type: number, value: Value): void {
    switch (type) {
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        this.#zigzag(BigInt(value as number | bigint));
        break;
      case TYPE.double:
        this.#append(value as Buffer);
        break;
      case TYPE.binary:
        this.#varint(BigInt((value as Buffer).length));
        this.#append(value as Buffer);
        break;
      case TYPE.list:
      case TYPE.set:
        this.#list(value as List);
        break;
      case TYPE.struct:
        if (Buffer.isBuffer(value)) this.#append(value);
        else this.struct(value as Struct);
        break;
      default:
        this.#byte(value as number);
    }
  }

  #list({ of, items }: List): void {
    if (items.length < 15) this.#byte((items.length << 4) | of);
    else {
      this.#byte((15 << 4) | of);
      this.#varint(BigInt(items.length));
    }
    for (const item of items) this.#value(of, item);
  }

  #zigzag(value: bigint): void {
    this.#varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
  }

  #varint(value: bigint): void {
    let rest = value;
    while (rest > 127n) {
      this.#byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  #append(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.alloc(Math.max(2 * this.#buffer.length, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
