import type { Action } from '../reconcile/actions.ts';
import type { TransferResource } from '../reconcile/resource.ts';
import type { EventRecorder } from './events.ts';
import type { TemporalPort } from './temporal-port.ts';
import type { TransferWriter } from './transfers.ts';

/** Leadership ended while actions were being performed: what remains of them is the next leader's. */
export class TermOver extends Error {}

export interface Effects {
  writer: Pick<TransferWriter, 'writeStatus' | 'addFinalizer' | 'removeFinalizer'>;
  events: Pick<EventRecorder, 'record'>;
  temporal: Pick<
    TemporalPort,
    | 'startRun'
    | 'startPlan'
    | 'startDelete'
    | 'cancel'
    | 'tell'
    | 'putSchedule'
    | 'pauseSchedule'
    | 'triggerSchedule'
    | 'deleteSchedule'
  >;
  /** Whether this process is still the leader; asked before every action. */
  mayAct(): boolean;
  /** Told of every new state of the resource that a write brought about. */
  onWritten(resource: TransferResource): void;
  now(): Date;
}

/** When to look at the resource again. */
export interface Outlook {
  awaited: string[];
  requeueAfter?: number;
  requeueAt?: Date;
  retry: boolean;
}

/** Performs actions in order. Whatever an action throws ends the list. @throws TermOver */
export async function perform(
  resource: TransferResource,
  actions: readonly Action[],
  effects: Effects,
): Promise<Outlook> {
  const outlook: Outlook = { awaited: [], retry: false };
  let latest = resource;
  const written = (next: TransferResource): void => {
    latest = next;
    effects.onWritten(next);
  };
  for (const action of actions) {
    if (!effects.mayAct()) throw new TermOver('no longer the leader');
    switch (action.type) {
      case 'addFinalizer':
        written(await effects.writer.addFinalizer(latest));
        break;
      case 'removeFinalizer':
        written(await effects.writer.removeFinalizer(latest));
        break;
      case 'status':
        written(await effects.writer.writeStatus(latest, action.status));
        break;
      case 'event':
        await effects.events.record(latest, action, effects.now());
        break;
      case 'start':
        await effects.temporal.startRun(action.workflowId, action.input);
        break;
      case 'startPlan':
        await effects.temporal.startPlan(action.workflowId, action.input);
        break;
      case 'startDelete':
        await effects.temporal.startDelete(action.workflowId, action.input);
        break;
      case 'cancel':
        await effects.temporal.cancel(action.workflowId);
        break;
      case 'tell':
        if (await effects.temporal.tell(action.workflowId, action.what)) break;
        return { awaited: [], retry: true };
      case 'awaitEnd':
        outlook.awaited.push(action.workflowId);
        break;
      case 'putSchedule':
        await effects.temporal.putSchedule(action.scheduleId, action.schedule);
        break;
      case 'pauseSchedule':
        await effects.temporal.pauseSchedule(action.scheduleId);
        break;
      case 'triggerSchedule':
        await effects.temporal.triggerSchedule(action.scheduleId, action.requestId);
        break;
      case 'deleteSchedule':
        await effects.temporal.deleteSchedule(action.scheduleId);
        break;
      case 'requeueAt':
        outlook.requeueAt = action.time;
        break;
      case 'requeueAfter':
        outlook.requeueAfter = action.milliseconds;
        break;
      case 'retry':
        outlook.retry = true;
        break;
    }
  }
  return outlook;
}
