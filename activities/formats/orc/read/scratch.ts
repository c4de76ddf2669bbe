/** Memory for integers that is used again and again, so that decoding leaves no garbage. */
export class Scratch {
  #ints = new Int32Array(0);

  /** Space for `count` integers, with anything in it; what was given before is given again. */
  take(count: number): Int32Array<ArrayBuffer> {
    if (count > this.#ints.length) this.#ints = new Int32Array(count);
    return this.#ints.subarray(0, count);
  }
}

export function bytesOf({ buffer, byteOffset, byteLength }: Int32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
