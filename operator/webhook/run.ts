import type { Logger } from 'pino';
import type { EgressPolicy } from '../../egress/policy.ts';
import type { ClauseCheck, ParseEnvironment } from '../api/index.ts';
import type { KubernetesClient } from '../kubernetes.ts';
import { admissions } from './admit.ts';
import type { Certificate } from './certificate.ts';
import { followCertificateFiles } from './certificate-files.ts';
import { keepCertificate } from './kept-certificate.ts';
import { serveWebhook } from './server.ts';
import type { WebhookServer } from './server.ts';

export interface WebhookSettings {
  port: number;
  /** Where the certificate comes from: files, or made for a Service of a namespace. */
  certificate: { directory: string } | { service: string; namespace: string };
}

export interface RunWebhookOptions {
  settings: WebhookSettings;
  client: KubernetesClient;
  environment: ParseEnvironment;
  clauses: ClauseCheck;
  egress: EgressPolicy;
  log: Logger;
  signal: AbortSignal;
}

/** Serves the admission webhook until the signal, leader or not. @throws Error when it cannot listen */
export async function runWebhook(options: RunWebhookOptions): Promise<void> {
  const { settings, client, environment, clauses, egress, log, signal } = options;
  const { port } = settings;
  let server: WebhookServer | undefined;
  const use = async (certificate: Certificate): Promise<void> => {
    if (server !== undefined) return server.setCertificate(certificate);
    server = await serveWebhook({
      port,
      certificate,
      admissions: admissions(environment, clauses, egress),
      log,
    });
    log.info({ port }, 'webhook ready');
  };
  try {
    if ('directory' in settings.certificate)
      await followCertificateFiles({ directory: settings.certificate.directory, use, log, signal });
    else {
      const { service, namespace } = settings.certificate;
      await keepCertificate({ client, namespace, names: [`${service}.${namespace}.svc`], use, log, signal });
    }
  } finally {
    await server?.stop();
  }
}
