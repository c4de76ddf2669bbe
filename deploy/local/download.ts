import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Agent as HttpAgent, get as httpGet } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { digest } from './cache.ts';

/** No connection to the site: another file of it need not be tried. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}

/** The site answered, and another attempt would get the same answer. */
class RefusedError extends Error {
  override name = 'RefusedError';
}

export interface DownloadOptions {
  env: Record<string, string | undefined>;
  /** Called as bytes arrive; total is undefined when the site does not say. */
  onBytes?: (received: number, total: number | undefined) => void;
  connectMs?: number;
  /** How long nothing may arrive. */
  idleMs?: number;
}

const ATTEMPTS = 3;
const MAX_REDIRECTS = 5;

/**
 * Downloads a file and checks it. A connection that breaks is tried again, three times in all; afterwards there is
 * either the right file or none. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.
 * @throws UnreachableError, RefusedError (status, wrong checksum), or the last attempt's error
 */
export async function download(
  source: { url: string; algorithm: 'sha256' | 'sha512'; checksum: string },
  file: string,
  options: DownloadOptions,
): Promise<void> {
  try {
    await withRetries(() => fetchTo(source.url, file, options));
    const actual = await digest(file, source.algorithm);
    if (actual !== source.checksum)
      throw new RefusedError(
        `${source.url} has the wrong checksum: ${source.algorithm} ${actual} instead of ${source.checksum}`,
      );
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Where a mirror keeps the file of a release site: `MIRROR/host/path`. */
export function mirrored(url: string, mirror: string | undefined): string {
  if (!mirror) return url;
  const { host, pathname } = new URL(url);
  return `${mirror.replace(/\/+$/, '')}/${host}${pathname}`;
}

async function withRetries(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (error instanceof UnreachableError || error instanceof RefusedError || attempt === ATTEMPTS)
        throw error;
    }
  }
}

async function fetchTo(url: string, file: string, options: DownloadOptions): Promise<void> {
  const response = await follow(url, options);
  const length = Number(response.headers['content-length']);
  const total = Number.isFinite(length) ? length : undefined;
  let received = 0;
  response.on('data', (chunk: Buffer) => options.onBytes?.((received += chunk.length), total));
  try {
    await pipeline(response, createWriteStream(file));
  } catch (error) {
    throw new Error(`${url}: the connection broke after ${received} of ${total ?? 'unknown'} bytes`, {
      cause: error,
    });
  }
}

async function follow(url: string, options: DownloadOptions): Promise<IncomingMessage> {
  for (let redirects = 0, at = url; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await open(at, options);
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    response.destroy();
    const location = response.headers.location;
    if (status >= 300 && status < 400 && location) {
      at = new URL(location, at).href;
      continue;
    }
    if (status >= 500) throw new Error(`${at} answers with status ${status}`);
    throw new RefusedError(`${at} answers with status ${status}`);
  }
  throw new RefusedError(`${url} redirects more than ${MAX_REDIRECTS} times`);
}

function open(url: string, options: DownloadOptions): Promise<IncomingMessage> {
  const { connectMs = 3_000, idleMs = 30_000 } = options;
  const secure = url.startsWith('https:');
  const agent = new (secure ? HttpsAgent : HttpAgent)({ proxyEnv: options.env });
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsGet : httpGet)(url, { agent, timeout: idleMs }, resolve);
    const connecting = setTimeout(() => {
      request.destroy(new Error(`no connection within ${connectMs / 1000} s`));
    }, connectMs);
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => clearTimeout(connecting));
      else clearTimeout(connecting);
    });
    request.on('timeout', () => request.destroy(new Error(`nothing received for ${idleMs / 1000} s`)));
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(connecting);
      const { host } = new URL(url);
      // A connection that was made and then lost may do better next time.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        reject(new Error(`${host} closed the connection`, { cause: error }));
      else reject(new UnreachableError(`no connection to ${host}: ${error.message}`, { cause: error }));
    });
  });
}
