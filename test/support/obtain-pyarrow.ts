import type { Log } from '../../deploy/local/progress.ts';
import { obtainPython } from '../../deploy/local/python-packages.ts';

const VERSION = '26.0.0';

/** Python's reader of ORC, for comparison; see obtainPython. */
export async function obtainPyarrow(options: {
  env: Record<string, string | undefined>;
  log: Log;
}): Promise<string> {
  const pip = ['--only-binary', ':all:', '--no-deps', `pyarrow==${VERSION}`];
  return obtainPython({ name: `pyarrow-${VERSION}`, pip }, options);
}
