import { execFile } from 'node:child_process';
import type { Output } from './cluster.ts';

/** Runs the real helm, on the charts of deploy/fybrik. */
export function helm(args: string[], values?: object): Promise<Output> {
  return new Promise((resolve) => {
    const given = values === undefined ? args : [...args, '-f', '-'];
    const child = execFile(process.env['DDC_HELM']!, given, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    child.stdin!.end(values === undefined ? '' : JSON.stringify(values));
  });
}

export const CHARTS = {
  batch: 'deploy/fybrik/charts/ddc-copy-batch',
  stream: 'deploy/fybrik/charts/ddc-copy-stream',
};
