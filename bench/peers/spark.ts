import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtainPython } from '../../deploy/local/python-packages.ts';
import { log } from '../log.ts';
import { bucketPath, peerEnvironment, type Peer } from './peer.ts';
import { runPython } from './python.ts';

const VERSION = '4.3.0';
/** Of the Hadoop that this Spark is built with. */
const S3A = 'org.apache.hadoop:hadoop-aws:3.5.0';
const JARS = 's3a-jars';
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Spark on both cores of one machine, with Hadoop's S3A. Needs Java 17 or newer. */
export const spark: Peer = {
  name: 'spark',
  aim: 6,
  async prepare() {
    const packages = await obtainPython(
      {
        name: `pyspark-${VERSION}`,
        pip: [`pyspark==${VERSION}`],
        async finish(workshop, directory) {
          const ivy = join(workshop.dir, 'ivy');
          await workshop.run('python3', [script('spark_jars.py'), S3A, ivy], {
            env: { PYTHONPATH: directory },
          });
          await rename(join(ivy, 'jars'), join(directory, JARS));
        },
      },
      { env: process.env, log },
    );
    return async (copy) => {
      const { access, source, target, directory } = copy;
      const paths = [source, target].map((key) => `s3a://${bucketPath(key)}`);
      const args = [join(packages, JARS), access.endpoint, ...paths];
      await runPython(script('spark.py'), args, { env: peerEnvironment(copy, packages), directory });
    };
  },
};
