import { KubernetesError } from '../kubernetes.ts';
import type { KubernetesClient } from '../kubernetes.ts';
import type { KeptCertificates } from './rotation.ts';

const NAME = 'ddc-webhook-certificate';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

interface SecretObject {
  metadata: { resourceVersion: string };
  data?: Record<string, string>;
}

/** The certificates of the webhook in a Secret, which all replicas read and any of them writes. */
export class CertificateSecret {
  readonly #client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly #collection: string;
  readonly #namespace: string;

  constructor(client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  }

  /** For messages. */
  get name(): string {
    return `${this.#namespace}/${NAME}`;
  }

  /** @returns the certificates, if any, and the version of the Secret, if there is one. @throws KubernetesError */
  async read(): Promise<{ kept?: KeptCertificates; version?: string }> {
    try {
      const secret = await this.#client.get<SecretObject>(`${this.#collection}/${NAME}`);
      const kept = certificatesOf(secret.data ?? {});
      return { version: secret.metadata.resourceVersion, ...(kept && { kept }) };
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return {};
      throw error;
    }
  }

  /** @throws KubernetesError 409 when another replica was faster. */
  async write({ current, next, trusted }: KeptCertificates, version: string | undefined): Promise<void> {
    const texts = {
      'tls.crt': current.cert,
      'tls.key': current.key,
      'ca.crt': bundle(trusted),
      ...(next && { 'next.crt': next.cert, 'next.key': next.key }),
    };
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: {
        name: NAME,
        namespace: this.#namespace,
        labels: { 'app.kubernetes.io/managed-by': 'ddc-operator' },
        ...(version !== undefined && { resourceVersion: version }),
      },
      data: Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
      ),
    };
    if (version === undefined) await this.#client.create(this.#collection, body);
    else await this.#client.replace(`${this.#collection}/${NAME}`, body);
  }
}

/** Certificates in PEM, one after another. */
export function bundle(certificates: readonly string[]): string {
  return certificates.map((cert) => `${cert.trim()}\n`).join('');
}

function certificatesOf(data: Record<string, string>): KeptCertificates | undefined {
  const text = (name: string): string => Buffer.from(data[name] ?? '', 'base64').toString('utf8');
  const current = { cert: text('tls.crt'), key: text('tls.key') };
  const next = { cert: text('next.crt'), key: text('next.key') };
  if (current.cert === '') return undefined;
  return { current, ...(next.cert !== '' && { next }), trusted: text('ca.crt').match(CERTIFICATE) ?? [] };
}
