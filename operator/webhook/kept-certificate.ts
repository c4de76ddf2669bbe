import type { Logger } from 'pino';
import { KubernetesError, pause } from '../kubernetes.ts';
import type { KubernetesClient } from '../kubernetes.ts';
import { Outage } from '../watch/outage.ts';
import { publishBundle } from './ca-bundle.ts';
import type { Certificate } from './certificate.ts';
import { bundle, CertificateSecret } from './certificate-secret.ts';
import { afterStep, nextStep, ROTATION_TIMINGS } from './rotation.ts';
import type { RotationTimings } from './rotation.ts';

export interface KeptCertificateOptions {
  client: KubernetesClient;
  /** Of the Secret. */
  namespace: string;
  /** What the API server calls the webhook: DNS names or addresses. */
  names: readonly string[];
  /** Called with the first certificate and every other one. */
  use: (certificate: Certificate) => Promise<void>;
  log: Logger;
  signal: AbortSignal;
  timings?: RotationTimings;
  /** Milliseconds between two looks at the Secret and at the webhook configurations. */
  period?: number;
}

/**
 * Keeps a self-made certificate until the signal: in a Secret that all replicas share, renewed before it expires, and
 * trusted by the API server before it is served. Outages of the API server only delay that.
 */
export async function keepCertificate(options: KeptCertificateOptions): Promise<void> {
  const { client, namespace, log, signal, period = 30_000 } = options;
  const secret = new CertificateSecret(client, namespace);
  const outage = new Outage(log, `Secret ${secret.name} and the webhook configurations`);
  let served: Certificate | undefined;
  while (!signal.aborted) {
    let failure: unknown;
    let changed = false;
    try {
      const looked = await look(secret, options);
      ({ failure, changed } = looked);
      if (looked.current.cert !== served?.cert) {
        await options.use(looked.current);
        served = looked.current;
        log.info({ secret: secret.name }, 'webhook: certificate loaded');
      }
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      failure = error;
    }
    // Another replica was faster: what it has written is looked at next.
    const overtaken = failure instanceof KubernetesError && failure.status === 409;
    if (failure === undefined) outage.recovered();
    else if (!overtaken) outage.failed(failure);
    await pause(changed || overtaken ? Math.min(period, 1000) : period, signal);
  }
}

interface Looked {
  current: Certificate;
  changed: boolean;
  /** Why the API server could not be told what to trust; the certificate is served all the same. */
  failure?: unknown;
}

/** Takes one step at most. @throws KubernetesError when the Secret cannot be read or written */
async function look(
  secret: CertificateSecret,
  { client, names, timings = ROTATION_TIMINGS }: KeptCertificateOptions,
): Promise<Looked> {
  const { kept, version } = await secret.read();
  const before = kept === undefined ? { published: false } : await publish(client, kept.trusted);
  const now = Date.now();
  const step = nextStep(kept, names, { now, published: before.published, timings });
  if (kept !== undefined && step === 'keep') return { ...before, current: kept.current, changed: false };
  const after = await afterStep(step === 'keep' ? 'replace' : step, kept, names, { now, timings });
  await secret.write(after, version);
  return { ...(await publish(client, after.trusted)), current: after.current, changed: true };
}

async function publish(
  client: KubernetesClient,
  trusted: readonly string[],
): Promise<{ published: boolean; failure?: unknown }> {
  try {
    return { published: await publishBundle(client, bundle(trusted)) };
  } catch (failure) {
    return { published: false, failure };
  }
}
