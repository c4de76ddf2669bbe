import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';

const DIRECTORY = fileURLToPath(new URL('histories', import.meta.url));

export interface RecordedHistory {
  workflowId: string;
  history: History;
}

/** By name. */
export function readHistories(): Record<string, RecordedHistory> {
  const names = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    names.map((file) => {
      const recorded: unknown = JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8'));
      const history = historyFromJSON(recorded);
      const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
      return [file.replace(/\.json$/, ''), { workflowId: started!.workflowId!, history }];
    }),
  );
}

/** Writes the history of a workflow that has ended, without the names of the machines that it ran on. */
export async function recordHistory(client: Client, name: string, workflowId: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  writeFileSync(join(DIRECTORY, `${name}.json`), `${anonymous(historyToJSON(history))}\n`);
}

function anonymous(json: string): string {
  const identities = new Set([...json.matchAll(/"identity": "([^"]+)"/g)].map(([, identity]) => identity!));
  let text = json;
  for (const identity of identities) text = text.replaceAll(identity, 'worker');
  const payloads = [...text.matchAll(/"data": "([^"]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64'));
  for (const name of [hostname(), process.cwd()])
    if (text.includes(name) || payloads.some((payload) => payload.includes(name)))
      throw new Error(`the history names this machine: ${name}`);
  return text;
}
