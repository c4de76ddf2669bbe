import { CodecError } from './errors.ts';
import type { CodecKeys } from './key-files.ts';

/** Milliseconds after which it is looked whether the keys have changed. */
const PERIOD = 5_000;
/** Milliseconds between two looks for a key that is not there: whoever sends such payloads must not keep the disk busy. */
const MISSING_PERIOD = 500;

export interface KeyRingOptions {
  /** Reads all keys anew. */
  read: () => Promise<CodecKeys>;
  /** Told once of every reason why changed keys cannot be used; those of before stay. */
  onProblem: (reason: string) => void;
  /** Milliseconds, of a clock that does not go back. */
  now?: () => number;
}

/** The keys of a process, read again when time has passed, so that they are rotated without a restart. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #now: () => number;
  #keys: CodecKeys;
  #readAt: number;
  #reading: Promise<void> | undefined;
  #problem = '';

  private constructor(options: KeyRingOptions, keys: CodecKeys) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#keys = keys;
    this.#readAt = this.#now();
  }

  /** @throws CodecError when there are no usable keys to begin with */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    return new KeyRing(options, await options.read());
  }

  /** The key to encrypt with. Never throws: what was readable once stays in use. */
  async current(): Promise<{ id: string; key: Buffer }> {
    await this.#refresh(PERIOD);
    const { currentId: id, keys } = this.#keys;
    return { id, key: keys.get(id)! };
  }

  /** A key to decrypt with; undefined when it is not there, now neither. */
  async find(id: string): Promise<Buffer | undefined> {
    await this.#refresh(PERIOD);
    if (!this.#keys.keys.has(id)) await this.#refresh(MISSING_PERIOD);
    return this.#keys.keys.get(id);
  }

  async #refresh(period: number): Promise<void> {
    if (this.#now() - this.#readAt < period) return;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      this.#keys = await this.#options.read();
      this.#problem = '';
    } catch (error) {
      const reason = error instanceof CodecError ? error.message : 'unknown error';
      if (reason !== this.#problem) this.#options.onProblem(reason);
      this.#problem = reason;
    }
    this.#readAt = this.#now();
  }
}
