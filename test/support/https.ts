import { get } from 'node:https';

/** Status of /healthz of a webhook on loopback; 0 when it does not answer. */
export function healthOf(port: number, ca: string): Promise<number> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/healthz', ca, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', () => resolve(0));
  });
}
