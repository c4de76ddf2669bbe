import type { WriteStream } from 'node:tty';
import type { RunProgress } from '../../workflows/contract.ts';
import { newsOf, progressLine } from './progress-text.ts';

/** What of standard error is used. */
export type Terminal = Pick<WriteStream, 'isTTY' | 'columns' | 'cursorTo' | 'clearLine'> & {
  write(text: string): unknown;
};

/** Shows how far a run is: on a terminal in one line that changes, elsewhere in a line for whatever is new. */
export class Display {
  readonly #stream: Terminal;
  #shown = '';
  #news = '';

  /** @param stream that people read, apart from results */
  constructor(stream: Terminal) {
    this.#stream = stream;
  }

  progress(progress: RunProgress): void {
    const line = progressLine(progress, new Date());
    if (this.#stream.isTTY) this.#draw(`ddc: ${line}`.slice(0, this.#stream.columns - 1));
    else if (newsOf(progress) !== this.#news) this.#stream.write(`ddc: ${line}\n`);
    this.#news = newsOf(progress);
  }

  /** A line that stays. */
  note(text: string): void {
    this.clear();
    this.#stream.write(`ddc: ${text}\n`);
  }

  clear(): void {
    if (this.#shown !== '') this.#draw('');
  }

  #draw(text: string): void {
    if (text === this.#shown) return;
    this.#stream.cursorTo(0);
    this.#stream.clearLine(1);
    this.#stream.write(text);
    this.#shown = text;
  }
}
