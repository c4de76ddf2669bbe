import { orc } from '../../../activities/formats/orc/orc.ts';
import { formatContract } from './suite.ts';

formatContract({
  format: orc,
  readsPerChunk: 2,
  hostile: { 'an object of 0 bytes': Buffer.alloc(0), 'something else': Buffer.from('a,b\n1,2\n3,4\n5,6\n') },
});
