import { parseTransfer, renderErrors } from '../../operator/api/index.ts';
import type { ParsedTransfer, ParseEnvironment } from '../../operator/api/index.ts';

type Fields = Record<string, unknown>;

export const S3 = { endpoint: 'my.endpoint', bucket: 'myBucket', objectKey: 'obj.parq' };
export const VAULT = { role: 'r', secretPath: '/s', address: 'http://vault:8200', authPath: '/a' };
export const DATABASE = { db2URL: 'jdbc:db2://host:1234/DB', table: 'MY.TABLE' };

/** A BatchTransfer as the API server hands it out; `spec` replaces fields of a valid one. */
export function batchTransfer(spec: Fields = {}, more: Fields = {}): Fields {
  return {
    apiVersion: 'fybrik.io/v1',
    kind: 'BatchTransfer',
    metadata: { namespace: 'ns', name: 'copy', uid: 'uid-1', generation: 3 },
    spec: { source: { s3: { ...S3, objectKey: 'in.csv' } }, destination: { s3: S3 }, ...spec },
    ...more,
  };
}

export function syncTransfer(spec: Fields = {}): Fields {
  const kafka = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'topic' };
  return batchTransfer({ source: { kafka }, ...spec }, { kind: 'SyncTransfer' });
}

/** `path: message` of every ConfigurationError; throws when the resource is valid. */
export function configurationErrors(resource: unknown): string[] {
  const parsed = parseTransfer(resource, {});
  if (parsed.ok || parsed.state !== 'ConfigurationError')
    throw new Error(`no ConfigurationError: ${render(parsed)}`);
  return parsed.errors.map(({ path, message }) => `${path}: ${message}`);
}

/** `path: message` of everything that is refused as not supported; throws for other outcomes. */
export function refusals(resource: unknown): string[] {
  const parsed = parseTransfer(resource, {});
  if (parsed.ok || parsed.state !== 'Fatal') throw new Error(`not refused: ${render(parsed)}`);
  return parsed.errors.map(({ path, message }) => `${path}: ${message}`);
}

/** The parsed transfer; throws when there is none. */
export function accepted(resource: unknown, env: ParseEnvironment = {}) {
  const parsed = parseTransfer(resource, env);
  if (!parsed.ok) throw new Error(render(parsed));
  return parsed;
}

function render(parsed: ParsedTransfer): string {
  return parsed.ok ? 'ok' : `${parsed.state}\n${renderErrors(parsed.errors)}`;
}
