import type { RunResult } from '../../workflows/contract.ts';
import { printable } from '../table.ts';
import { counted, section } from '../text.ts';

/** What a run has written, for people, as lines. */
export function resultText(result: RunResult): string[] {
  const { statistics, objectCount, durationSeconds, objects, source, destination, warnings, receipt } =
    result;
  const { rowsWritten, bytesWritten } = statistics;
  return [
    `Succeeded: ${counted(rowsWritten, 'row')}, ${counted(bytesWritten, 'byte')} in ` +
      `${counted(objectCount, 'object')}, ${durationSeconds.toFixed(1)} s`,
    ...objects.map(({ bucket, key, bytes }) =>
      printable(`  s3://${bucket}/${key}  ${counted(bytes, 'byte')}`),
    ),
    ...(receipt === undefined ? [] : [printable(`  receipt: ${receipt.key}`)]),
    ...section('CONVERSIONS', [...(source.conversions ?? []), ...(destination.conversions ?? [])]),
    ...section('WARNINGS', warnings),
  ];
}
