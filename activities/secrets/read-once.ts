import type { ReadResource } from './resource.ts';

/** For one activity, whose references mostly lead to the same resource: what is there when it is first asked for. */
export function readOnce(read: ReadResource): ReadResource {
  const asked = new Map<string, Promise<unknown>>();
  return async (reference) => {
    const { apiVersion, resourceKind, namespace, name } = reference;
    const key = JSON.stringify([apiVersion, resourceKind, namespace, name]);
    const answer = asked.get(key) ?? read(reference);
    asked.set(key, answer);
    return answer;
  };
}
