import type { FileHandle } from 'node:fs/promises';

/** A file that is written from its begin to its end. */
export class Output {
  readonly #handle: FileHandle;
  #position = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#position;
  }

  async write(pieces: readonly Buffer[]): Promise<void> {
    if (pieces.length === 0) return;
    const { bytesWritten } = await this.#handle.writev([...pieces], this.#position);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (bytesWritten !== bytes) throw new Error(`only ${bytesWritten} of ${bytes} bytes could be written`);
    this.#position += bytes;
  }
}
