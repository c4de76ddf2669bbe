import { workflowsOf } from './workflows.ts';

/** Types of the activities that a workflow has scheduled so far, in order. */
export async function activitiesOf(workflowId: string): Promise<string[]> {
  const workflows = await workflowsOf(process.env);
  try {
    const { events } = await workflows.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
  } finally {
    await workflows.close();
  }
}
