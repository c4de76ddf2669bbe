import type { Command } from 'commander';
import { resourcePath } from '../operator/reconcile/resource.ts';
import { subject } from './active-run.ts';
import { kubernetesCommand, withKubernetes, type KubernetesOptions } from './kubernetes.ts';
import { getTransfer, type ListedTransfer } from './transfers.ts';

interface Change {
  /** JSON Merge Patch (RFC 7386) of the resource. */
  patch: object;
  /** What comes of it, for people. */
  outcome: string;
}

/** A command that changes a BatchTransfer, which the operator then sees to. @param change throws ExitError to refuse */
export function changeCommand(name: string, change: (transfer: ListedTransfer) => Change): Command {
  return kubernetesCommand(name)
    .argument('<name...>', 'which BatchTransfers')
    .action(async (names: string[], options: KubernetesOptions) => {
      await withKubernetes(options, async (kubernetes) => {
        for (const of of names) {
          const transfer = await getTransfer(kubernetes, of);
          const { patch, outcome } = change(transfer);
          const path = `${resourcePath(transfer)}?fieldManager=ddc-cli`;
          await kubernetes.client.patch(path, 'application/merge-patch+json', patch);
          console.log(`${subject(transfer)}: ${outcome}`);
        }
      });
    });
}
