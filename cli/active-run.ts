import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { isPlanId } from '../operator/reconcile/dry-run.ts';
import { ExitError } from './exit-error.ts';
import { kubernetesCommand, withKubernetes, type KubernetesOptions } from './kubernetes.ts';
import { temporalAddressOption, temporalClient, temporalNamespaceOption, withTemporal } from './temporal.ts';
import { getTransfer, type ListedTransfer } from './transfers.ts';

interface RunOptions extends KubernetesOptions {
  temporalAddress: string;
  temporalNamespace: string;
}

/** A command about the run of one BatchTransfer that goes on, as its status names it. */
export function activeRunCommand(
  name: string,
  act: (run: WorkflowHandle, transfer: ListedTransfer) => Promise<void>,
): Command {
  return kubernetesCommand(name)
    .argument('<name>', 'which BatchTransfer')
    .addOption(temporalAddressOption().default('127.0.0.1:7233'))
    .addOption(temporalNamespaceOption())
    .action(async (of: string, options: RunOptions) => {
      const transfer = await withKubernetes(options, (kubernetes) => getTransfer(kubernetes, of));
      const { active, status } = transfer.status ?? {};
      if (active === undefined || isPlanId(active))
        throw new ExitError(1, `${subject(transfer)}: no run goes on; its status is ${status ?? 'empty'}`);
      await withTemporal(options.temporalAddress, async (connection) => {
        const client = await temporalClient(connection, options.temporalNamespace);
        return act(client.workflow.getHandle(active), transfer);
      });
    });
}

export function subject({ metadata }: ListedTransfer): string {
  return `${metadata.namespace}/${metadata.name}`;
}
