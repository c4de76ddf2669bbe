import type { SecretReference } from '../../workflows/contract/secret.ts';
import { TransferError } from '../failures.ts';
import { fieldOf } from './field.ts';
import type { SecretResolver, SecretValues } from './secrets.ts';

/** Reads one custom resource; undefined when it does not exist. Throws errors with an HTTP `status`, 0 without an answer. */
export type ReadResource = (
  reference: Pick<SecretReference, 'apiVersion' | 'resourceKind' | 'namespace' | 'name'>,
) => Promise<unknown>;

/** Credentials that are inline in the resource (development mode): read there at the moment of use. */
export function resourceSecrets(read: ReadResource): Pick<SecretResolver, 'resolve'> {
  return {
    async resolve(reference) {
      const where = `${reference.resourceKind} ${reference.namespace}/${reference.name}`;
      const resource = await read(reference).catch((error: unknown) => {
        const { status } = error as { status?: unknown };
        if (status === 403)
          throw new TransferError(
            'AccessDenied',
            `reading the credentials in ${where}: denied by Kubernetes (403)`,
          );
        throw new TransferError(
          'SecretUnavailable',
          `reading the credentials in ${where}: the Kubernetes API ${typeof status === 'number' && status > 0 ? `answers ${status}` : 'does not answer'}`,
        );
      });
      if (resource === undefined || uidOf(resource) !== reference.uid)
        throw new TransferError(
          'ResourceGone',
          `${where} does not exist any more; its credentials went with it`,
        );
      // A run with this generation's values is started or already under way.
      if (
        reference.generation !== undefined &&
        valueAt(resource, ['metadata', 'generation']) !== reference.generation
      )
        throw new TransferError(
          'SecretUnavailable',
          `${where} was changed while this run of generation ${reference.generation} was under way`,
        );
      return strings(valueAt(resource, reference.path), `${where}, ${fieldOf(reference.path)}`);
    },
  };
}

const uidOf = (resource: unknown): unknown => valueAt(resource, ['metadata', 'uid']);

function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    root,
  );
}

function strings(block: unknown, where: string): SecretValues {
  if (typeof block !== 'object' || block === null)
    throw new TransferError('SecretNotFound', `${where} does not exist any more`);
  return Object.fromEntries(
    Object.entries(block).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
