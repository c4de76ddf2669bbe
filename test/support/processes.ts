import { readFileSync, readdirSync } from 'node:fs';

/** Process ids of all descendants; Linux only. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
    const parent = Number(field(pid, 'PPid') ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(...(children.get(pid) ?? []));
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** A process that was killed but not yet waited for does not count. */
export function isRunning(pid: number): boolean {
  const state = field(pid, 'State');
  return state !== undefined && !state.startsWith('Z') && !state.startsWith('X');
}

function field(pid: number, name: string): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  } catch {
    return undefined;
  }
}
