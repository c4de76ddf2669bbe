import { withKubernetes, type KubernetesOptions } from '../kubernetes.ts';
import { listTransfers } from '../transfers.ts';
import type { Candidate, Values } from './candidates.ts';

/** Milliseconds that somebody who has pressed the tab key waits. */
const TIMEOUT = 2_000;

/**
 * The BatchTransfers of the cluster and namespace that the words so far name; none when they cannot be had, because a shell
 * has no place for the reason.
 */
export function transferNames(words: readonly string[]): Values {
  return async (argument, command): Promise<Candidate[]> => {
    if (!argument.name().startsWith('name')) return [];
    command.parseOptions([...words]);
    try {
      const found = await withKubernetes(command.opts<KubernetesOptions>(), (kubernetes) =>
        listTransfers(kubernetes, false, TIMEOUT),
      );
      return found.map(({ metadata, status }) => ({
        value: metadata.name,
        description: status?.status ?? '',
      }));
    } catch {
      return [];
    }
  };
}
