import type { ProgramName } from './programs.ts';
export async function obtainAll(
  names: readonly ProgramName[],
  options: { env: Record<string, string | undefined>; log: (line: string) => void },
): Promise<Record<ProgramName, string>> {
  return Object.fromEntries(
    names.map((n) => [n, options.env[`DDC_${n.toUpperCase().replaceAll('-', '_')}_BIN`] ?? `/tmp/seed/cache/bin/${n}`]),
  ) as Record<ProgramName, string>;
}
