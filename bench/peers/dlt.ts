import { fileURLToPath } from 'node:url';
import { obtainPython } from '../../deploy/local/python-packages.ts';
import { log } from '../log.ts';
import { bucketPath, peerEnvironment, type Peer } from './peer.ts';
import { runPython } from './python.ts';

const VERSION = '1.31.0';

/** dlt with its file system destination; rows pass in Arrow batches, its quickest way. */
export const dlt: Peer = {
  name: 'dlt',
  aim: 4,
  async prepare() {
    const packages = await obtainPython(
      { name: `dlt-${VERSION}`, pip: [`dlt[parquet,filesystem]==${VERSION}`, 's3fs'] },
      { env: process.env, log },
    );
    const program = fileURLToPath(new URL('dlt_copy.py', import.meta.url));
    return async (copy) => {
      const { access, source, target, directory } = copy;
      const args = [access.endpoint, bucketPath(source), `s3://${bucketPath(target)}`, directory];
      const env = peerEnvironment(copy, packages, { RUNTIME__DLTHUB_TELEMETRY: 'false' });
      await runPython(program, args, { env, directory });
    };
  },
};
