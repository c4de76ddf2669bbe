import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { LineCounter, parseAllDocuments } from 'yaml';
import { TransferError } from '../activities/failures.ts';
import { secretResolver } from '../activities/secrets/resolver.ts';
import type { SecretResolver } from '../activities/secrets/secrets.ts';
import { secretSettingsOf } from '../activities/secrets/settings.ts';
import { Vault } from '../activities/secrets/vault/vault.ts';
import { parseTransfer, renderErrors } from '../operator/api/index.ts';
import type { Transfer } from '../workflows/contract.ts';

export interface TransferFile {
  transfer: Transfer;
  /** Of the file's own inline credentials, and what it refers to, as a worker with this environment would resolve it. */
  secrets: SecretResolver;
  warnings: string[];
}

/**
 * The BatchTransfer in a file, or on standard input for `-`, as the operator would read it from the API server.
 * Throws TransferErrors with all that is wrong, never with a credential.
 * @param uid of the transfer, by its Kubernetes namespace and name; absent: the resource's own, else a new one
 */
export async function readTransfer(
  file: string,
  uid?: (namespace: unknown, name: unknown) => string,
): Promise<TransferFile> {
  const content =
    file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(unreadable(file));
  const resource = asApplied(singleDocument(content, file === '-' ? 'standard input' : file), uid);
  const { kind } = resource;
  if (kind === 'SyncTransfer' || kind === 'StreamTransfer')
    throw new TransferError(
      'Unsupported',
      `kind: a ${kind} has no end that could be planned, shown or waited for; give a BatchTransfer (value "${kind}")`,
    );
  const parsed = parseTransfer(resource, process.env);
  if (!parsed.ok) throw new TransferError('InvalidOption', renderErrors(parsed.errors));
  const { transfer, warnings } = parsed;
  const settings = secretSettingsOf(process.env);
  const access = { readResource: () => Promise.resolve(resource), vault: new Vault(settings), settings };
  return { transfer, warnings, secrets: secretResolver(access) };
}

/** The parser's own messages may repeat what is in the file, and so a credential: only place and code are told. */
function singleDocument(content: string, name: string): unknown {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(content, { prettyErrors: false, lineCounter });
  const found = Array.isArray(documents) ? documents.filter(({ contents }) => contents !== null) : [];
  for (const { errors } of found)
    for (const { code, pos } of errors) {
      const { line, col } = lineCounter.linePos(pos[0]);
      throw new TransferError(
        'InvalidOption',
        `${name}, line ${line}, column ${col}: not valid YAML (${code})`,
      );
    }
  if (found.length !== 1)
    throw new TransferError(
      'InvalidOption',
      `${name}: there must be one resource in it, but there are ${found.length}`,
    );
  try {
    return found[0]!.toJS();
  } catch {
    throw new TransferError('InvalidOption', `${name}: not valid YAML (an alias that cannot be resolved)`);
  }
}

/** With what the API server gives to every resource. */
function asApplied(value: unknown, uid: Parameters<typeof readTransfer>[1]): Record<string, unknown> {
  const resource = objectOr(value);
  const metadata: Record<string, unknown> = {
    namespace: 'default',
    uid: randomUUID(),
    ...objectOr(resource['metadata']),
    generation: 1,
  };
  if (uid !== undefined) metadata['uid'] = uid(metadata['namespace'], metadata['name']);
  return { ...resource, metadata };
}

function objectOr(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function unreadable(file: string): (error: unknown) => never {
  return () => {
    throw new TransferError('InvalidOption', `-f: ${file} cannot be read`);
  };
}
