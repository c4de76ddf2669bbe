import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const BLOCK_BYTES = 16;
const BLOCKS_PER_ROW = 4;
/** Random bytes of a row; who needs more takes `RandomStream.row` in pieces. */
export const ROW_BYTES = BLOCKS_PER_ROW * BLOCK_BYTES;
const WINDOW_ROWS = 2048;
/** Rows in a list have names of their own, of which there can be many. */
const MAX_KEYS = 1000;

/**
 * Random bytes by name, row and piece: the key stream of AES-256-CTR under a key that derives from the seed and the name
 * (HMAC-SHA-256). The same bytes for the same place, in whatever order they are asked for; nothing is encrypted with it.
 */
export class RandomStream {
  readonly #seed: KeyObject;
  readonly #keys = new Map<string, KeyObject>();
  #window: { name: string; number: bigint; bytes: Buffer } | undefined;
  #lastName = '';

  constructor(seed: string) {
    this.#seed = createSecretKey(seed, 'utf8');
  }

  /** ROW_BYTES of them. Rows one after the other under one name are made together. */
  row(name: string, row: bigint, piece: number): Buffer {
    const sameName = name === this.#lastName;
    this.#lastName = name;
    const pieceName = piece === 0 ? name : `${name}\0${piece}`;
    if (piece > 0 || !sameName) return this.#bytes(pieceName, row, 1);
    const number = row / BigInt(WINDOW_ROWS);
    if (this.#window?.name !== name || this.#window.number !== number) {
      const bytes = this.#bytes(name, number * BigInt(WINDOW_ROWS), WINDOW_ROWS);
      this.#window = { name, number, bytes };
    }
    const start = Number(row % BigInt(WINDOW_ROWS)) * ROW_BYTES;
    return this.#window.bytes.subarray(start, start + ROW_BYTES);
  }

  #bytes(name: string, row: bigint, rows: number): Buffer {
    const counter = Buffer.alloc(BLOCK_BYTES);
    counter.writeBigUInt64BE(row * BigInt(BLOCKS_PER_ROW), 8);
    return createCipheriv('aes-256-ctr', this.#key(name), counter).update(Buffer.alloc(rows * ROW_BYTES));
  }

  #key(name: string): KeyObject {
    const present = this.#keys.get(name);
    if (present !== undefined) return present;
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    const key = createSecretKey(createHmac('sha256', this.#seed).update(name).digest());
    this.#keys.set(name, key);
    return key;
  }
}
