/**
 * Headers of the runs that Parquet's levels and dictionary indexes are made of.
 * https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE
 */

/** Of `groups` times eight bit-packed numbers. */
export const packedHeader = (groups: number): number[] => varint(groups * 2 + 1);

/** Of `count` equal numbers: the number follows, in as many bytes as its width takes. */
export const equalHeader = (count: number): number[] => varint(count * 2);

export function areEqual(numbers: Uint8Array | Int32Array): boolean {
  // asked for once: arrays of several types come here, for which the length is a call
  const [{ length }, first] = [numbers, numbers[0]];
  for (let i = 1; i < length; i++) if (numbers[i] !== first) return false;
  return true;
}

function varint(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}
