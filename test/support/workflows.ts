import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import type { ServerEnvironment } from './server-environment.ts';

export interface Workflows {
  client: Client;
  /** All that were ever started for resources of a namespace, several runs of one id included. */
  ofNamespace(namespace: string): Promise<WorkflowExecutionInfo[]>;
  close: () => Promise<void>;
}

/** What tests ask of the Temporal server of this environment. */
export async function workflowsOf(environment: ServerEnvironment): Promise<Workflows> {
  const connection = await Connection.connect({ address: environment['DDC_TEMPORAL_ADDRESS']! });
  const client = new Client({ connection });
  return {
    client,
    async ofNamespace(namespace) {
      const query = `WorkflowId STARTS_WITH 'BatchTransfer/${namespace}/'`;
      const found: WorkflowExecutionInfo[] = [];
      for await (const info of client.workflow.list({ query })) found.push(info);
      return found;
    },
    close: () => connection.close(),
  };
}

/** Regions of the workers that have done anything for a workflow, each once. */
export async function workersOf(client: Client, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const identities = (events ?? []).flatMap((event) => [
    event.workflowTaskStartedEventAttributes?.identity,
    event.activityTaskStartedEventAttributes?.identity,
  ]);
  return [...new Set(identities.filter((identity) => identity !== undefined).map(regionOf))];
}

/** A worker names itself `<host>/<process>/<region>`. */
const regionOf = (identity: string | null): string => identity?.split('/')[2] ?? '';
