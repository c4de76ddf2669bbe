import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { getHeading, getRow, nameOf, type GetLayout } from './get-text.ts';
import { kubernetesCommand, withKubernetes, type Kubernetes, type KubernetesOptions } from './kubernetes.ts';
import { writeOut } from './output.ts';
import { PROGRAM } from './program.ts';
import { GrowingTable } from './table.ts';
import { getTransfer, listTransfers, type ListedTransfer } from './transfers.ts';
import { watchTransfers } from './watch-transfers.ts';
import { withoutSecrets } from './without-secrets.ts';

interface Options extends KubernetesOptions {
  allNamespaces: boolean;
  output: 'table' | 'wide' | 'name' | 'json' | 'yaml';
  watch: boolean;
}

/** `ddc get`: BatchTransfers of a cluster, one a line. */
export function getCommand(): Command {
  return kubernetesCommand('get')
    .description('Lists BatchTransfers and how far they are.')
    .argument('[name...]', 'which; by default all of the namespace')
    .option('-A, --all-namespaces', 'of all Kubernetes namespaces', false)
    .addOption(
      new Option('-o, --output <format>', 'for people, or for programs')
        .choices(['table', 'wide', 'name', 'json', 'yaml'])
        .default('table'),
    )
    .option('-w, --watch', 'go on and tell what changes, until Ctrl-C', false)
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} get
  ${PROGRAM} get -A -o wide
  ${PROGRAM} get payments -w
  ${PROGRAM} get payments -o json | jq -r .status.status

The outputs json and yaml show *** for credentials; \`kubectl get\` shows all.`,
    )
    .action(get);
}

async function get(names: string[], options: Options, command: Command): Promise<void> {
  if (options.allNamespaces && names.length > 0)
    command.error('error: names are of one namespace; leave --all-namespaces or the names out');
  await withKubernetes(options, async (kubernetes) => {
    const print = printer(options);
    if (options.watch)
      return watchTransfers(kubernetes, options.allNamespaces, names, (changed) => print.some(changed));
    const found = await transfersOf(kubernetes, names, options.allNamespaces);
    if (found.length === 0 && ['table', 'wide'].includes(options.output)) {
      console.error(
        `ddc: no BatchTransfers ${options.allNamespaces ? '' : `in namespace ${kubernetes.namespace}`}`.trim(),
      );
      return;
    }
    print.all(found, names.length === 1);
  });
}

function transfersOf(kubernetes: Kubernetes, names: string[], all: boolean): Promise<ListedTransfer[]> {
  if (names.length === 0) return listTransfers(kubernetes, all);
  return Promise.all(names.map((name) => getTransfer(kubernetes, name)));
}

interface Printer {
  /** @param alone whether one was asked for by its name: then it is not in a list */
  all(found: ListedTransfer[], alone: boolean): void;
  /** One after the other, as they change. */
  some(found: ListedTransfer[]): void;
}

function printer({ output, allNamespaces }: Options): Printer {
  if (output === 'name') {
    const some = (found: ListedTransfer[]): void => writeLines(found.map(nameOf));
    return { all: some, some };
  }
  if (output === 'json' || output === 'yaml') {
    const text = (value: unknown): string =>
      output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : `---\n${stringify(value)}`;
    return {
      all(found, alone) {
        const items = found.map(withoutSecrets);
        const value = alone ? items[0] : { apiVersion: 'v1', kind: 'List', items };
        writeOut(text(value).replace(/^---\n/, ''));
      },
      some: (found) => writeOut(found.map((transfer) => text(withoutSecrets(transfer))).join('')),
    };
  }
  const layout: GetLayout = { namespaces: allNamespaces, wide: output === 'wide' };
  const table = new GrowingTable();
  let headed = false;
  const some = (found: ListedTransfer[]): void => {
    const rows = found.map((transfer) => getRow(transfer, layout, new Date()));
    writeLines(table.add(headed ? rows : [getHeading(layout), ...rows]));
    headed = true;
  };
  return { all: some, some };
}

function writeLines(lines: string[]): void {
  writeOut(lines.map((line) => `${line}\n`).join(''));
}
