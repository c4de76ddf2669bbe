import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf, pause } from '../kubernetes.ts';
import { certificateProblem } from './certificate.ts';
import type { Certificate } from './certificate.ts';

export interface CertificateFiles {
  /** Holds tls.crt and tls.key, as a mounted Secret does. */
  directory: string;
  /** Milliseconds between two looks: a mounted Secret is exchanged by renaming links, which file events miss. */
  period?: number;
  /** Called with the first certificate and every other one. */
  use: (certificate: Certificate) => Promise<void>;
  log: Logger;
  signal: AbortSignal;
}

/** Follows a certificate in files until the signal; what cannot be used is logged, and the one before stays. */
export async function followCertificateFiles(options: CertificateFiles): Promise<void> {
  const { directory, period = 10_000, use, log, signal } = options;
  let used: Certificate | undefined;
  let told: string | undefined;
  while (!signal.aborted) {
    const found = await read(directory);
    const problem = typeof found === 'string' ? found : certificateProblem(found);
    if (problem !== undefined && problem !== told)
      log.error({ directory, reason: problem }, 'webhook: no certificate');
    told = problem;
    if (problem === undefined && typeof found !== 'string' && !isSame(found, used)) {
      await use(found);
      used = found;
      log.info({ directory }, 'webhook: certificate loaded');
    }
    await pause(period, signal);
  }
}

/** Or what is wrong. */
async function read(directory: string): Promise<Certificate | string> {
  try {
    const [cert, key] = await Promise.all(
      ['tls.crt', 'tls.key'].map((name) => readFile(join(directory, name), 'utf8')),
    );
    return { cert: cert!, key: key! };
  } catch (error) {
    return messageOf(error);
  }
}

function isSame(a: Certificate, b: Certificate | undefined): boolean {
  return a.cert === b?.cert && a.key === b.key;
}
