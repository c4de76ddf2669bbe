import type { IncomingMessage } from 'node:http';

/** Bytes of one request: two resources as large as the API server takes them. */
const MAX_BODY = 6 * 2 ** 20;
/** Bytes of all requests that are being read. */
const MAX_HELD = 64 * 2 ** 20;

/** A request that is refused for its size; the status says for which. */
export class BodyRefused extends Error {
  readonly status: 413 | 503;

  constructor(status: 413 | 503) {
    super(status === 413 ? `more than ${MAX_BODY} bytes` : 'too many large requests at once');
    this.status = status;
  }
}

/** Reads bodies of bounded size, all of them together bounded, too. */
export class Bodies {
  #held = 0;

  /** `use` gets the body. @throws BodyRefused, and what `use` throws */
  async read<T>(request: IncomingMessage, use: (body: string) => Promise<T>): Promise<T> {
    let size = 0;
    const pieces: Buffer[] = [];
    try {
      // The connection stays, for the answer.
      const received: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
      for await (const piece of received) {
        size += piece.length;
        this.#held += piece.length;
        if (size > MAX_BODY) throw new BodyRefused(413);
        if (this.#held > MAX_HELD) throw new BodyRefused(503);
        pieces.push(piece);
      }
      return await use(Buffer.concat(pieces).toString('utf8'));
    } finally {
      this.#held -= size;
    }
  }
}
