import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as a server saw it. */
export interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  /** Of JSON; undefined without a body. */
  body: unknown;
}

/** As JSON unless it is a text. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Answers {
  readonly address: string;
  /** So far. */
  readonly asked: Asked[];
  close(): void;
}

/** An HTTP server on loopback; no answer at all: the connection is cut. */
export async function startAnswers(answer: (asked: Asked) => Answer | undefined): Promise<Answers> {
  const requests: Asked[] = [];
  const server = createServer((request, response) => {
    const reply = async (): Promise<void> => {
      const content = await text(request);
      const { method, url, headers } = request;
      const body = content === '' ? undefined : (JSON.parse(content) as unknown);
      const asked = { method, url, headers, body };
      requests.push(asked);
      const given = answer(asked);
      if (given === undefined) return void response.destroy();
      response.writeHead(given.status ?? 200, given.headers);
      response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {}));
    };
    // Whoever asked may be gone.
    reply().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The same for as long as `use` takes. */
export async function withAnswers<T>(
  answer: (asked: Asked) => Answer | undefined,
  use: (address: string, asked: Asked[]) => Promise<T>,
): Promise<T> {
  const answers = await startAnswers(answer);
  try {
    return await use(answers.address, answers.asked);
  } finally {
    answers.close();
  }
}
