import { writeFileSync } from 'node:fs';

/**
 * From now on a core dump of this process holds none of its memory, where credentials and users' data are. Node has no
 * setrlimit, and a limit of 0 would not keep a kernel from piping the dump to a collector anyway (core(5)); the
 * filter of what is dumped holds for both. Linux only.
 */
export function leaveMemoryOutOfCoreDumps(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // /proc is not there or cannot be written; then the operator's settings count (docs/architecture.md)
  }
}
