import type { Shape } from './shape.ts';

/** Where the scan begins and what it is to find out. */
export interface ScanOptions {
  shape: Shape;
  /** Offset of the first byte in the (decompressed) object. */
  base: number;
  /** The array's brackets: whether the first byte is before the opening, the last byte after the closing one. */
  begins: boolean;
  ends: boolean;
  /** Offsets in the object near which it is to be cut, ascending; empty when it is not. */
  targets: readonly number[];
  /** Bytes of a record at most; default: as sources may have them. */
  longest?: number;
}

/** Reads records from blocks of bytes, and rewrites the blocks so that every record is a line of its own. */
export interface Scanner {
  /** Records so far. */
  readonly rows: number;
  /** Lines so far; undefined where lines mean nothing. */
  readonly lines: number | undefined;
  /** For every target that has been passed: where the cut is, and how many records are before it. */
  readonly cuts: { offset: number; rows: number }[];
  /** Pairs of offsets in the last block: values that the engine must get as JSON strings of their text. */
  readonly quotes: readonly number[];
  /**
   * Reads `bytes` up to `end`, where a control character must stand, and resolves with how many of them are done;
   * the rest is to come again with more behind it. `last`: there is no more. Throws Flaw.
   */
  scan(bytes: Buffer, end: number, last: boolean): number;
}
