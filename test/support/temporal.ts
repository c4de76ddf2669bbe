import { Client, Connection } from '@temporalio/client';

/** The Temporal server of this test run. */
export async function withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: process.env['DDC_TEMPORAL_ADDRESS']! });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Types of the activities that a workflow has scheduled so far, in order. */
export async function activitiesOf(workflowId: string): Promise<string[]> {
  return withTemporal(async (client) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
  });
}
