import type { IncomingMessage } from 'node:http';

/** Bytes of an AdmissionReview: two resources as large as the API server takes them. */
const MAX_REVIEW = 6 * 2 ** 20;
/** Bytes of all requests that are being read. */
const MAX_HELD = 64 * 2 ** 20;

/** A request that is refused for its size; the status says for which. */
export class BodyRefused extends Error {
  readonly status: 413 | 503;

  constructor(status: 413 | 503, limit = MAX_HELD) {
    super(status === 413 ? `more than ${limit} bytes` : 'too many large requests at once');
    this.status = status;
  }
}

/** Reads bodies of bounded size, all of them together bounded, too. */
export class Bodies {
  #held = 0;
  readonly #limit: number;

  /** @param limit bytes of one */
  constructor(limit = MAX_REVIEW) {
    this.#limit = limit;
  }

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
        if (size > this.#limit) throw new BodyRefused(413, this.#limit);
        if (this.#held > MAX_HELD) throw new BodyRefused(503);
        pieces.push(piece);
      }
      return await use(Buffer.concat(pieces).toString('utf8'));
    } finally {
      this.#held -= size;
    }
  }
}
