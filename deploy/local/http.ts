import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/**
 * GET from a local server; resolves with the body of a 2xx answer.
 * @param options.ca PEM of the authority that a https server must be signed by
 * @throws Error naming the address and the status or the connection error
 */
export function get(
  url: string,
  options: { signal: AbortSignal; ca?: Buffer; token?: string },
): Promise<string> {
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new Error(`GET ${url}: ${error.message}`, { cause: error }));
    const request = (secure ? httpsRequest : httpRequest)(
      url,
      {
        signal: options.signal,
        // A connection kept open would hold a server back that is told to stop.
        agent: false,
        headers: options.token ? { authorization: `Bearer ${options.token}` } : {},
        ...(secure && { ca: options.ca }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(body);
          else fail(new Error(`status ${status}: ${body.slice(0, 200)}`));
        });
      },
    );
    request.on('error', fail);
    request.end();
  });
}
