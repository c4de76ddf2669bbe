import type { FileHandle } from 'node:fs/promises';

/** Bytes written at once. */
const BUFFER = 1024 * 1024;

/** A local file, written from front to back: one buffer is filled while the other goes to the disk. */
export class Output {
  /** Bytes so far. */
  position = 0;
  readonly #file: FileHandle;
  #buffer = Buffer.allocUnsafe(BUFFER);
  #other = Buffer.allocUnsafe(BUFFER);
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** What the parts hold is copied: they may be used again. */
  async append(...parts: Uint8Array[]): Promise<void> {
    for (const part of parts) {
      for (let at = 0; at < part.length;) {
        const step = Math.min(part.length - at, BUFFER - this.#filled);
        this.#buffer.set(part.subarray(at, at + step), this.#filled);
        this.#filled += step;
        at += step;
        if (this.#filled === BUFFER) await this.#send();
      }
      this.position += part.length;
    }
  }

  /** Resolves when everything is in the file. */
  async end(): Promise<void> {
    await this.#send();
    await this.#writing;
  }

  async #send(): Promise<void> {
    await this.#writing;
    const full = this.#buffer.subarray(0, this.#filled);
    this.#writing = this.#file.appendFile(full);
    // a failure is thrown where it is waited for
    this.#writing.catch(() => {});
    [this.#buffer, this.#other] = [this.#other, this.#buffer];
    this.#filled = 0;
  }
}
