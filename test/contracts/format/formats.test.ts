import { gzipSync, zstdCompressSync } from 'node:zlib';
import { csv } from '../../../activities/formats/csv/csv.ts';
import { json } from '../../../activities/formats/json/json.ts';
import { parquet } from '../../../activities/formats/parquet/parquet.ts';
import { formatContract } from './suite.ts';

formatContract({
  format: csv,
  readsPerChunk: 1,
  hostile: {
    'an object of 0 bytes': Buffer.alloc(0),
    'a ragged row': Buffer.from('a,b\n1,2\n3\n'),
    'a quote that is never closed': Buffer.from('a,b\n1,"2\n3,4\n'),
    'a header with a name twice': Buffer.from('a,A\n1,2\n'),
  },
});

formatContract({
  format: csv,
  options: { csv: { delimiter: ';', escape: '\\', nullValue: 'NULL', encoding: 'UTF-16LE' } },
  readsPerChunk: 1,
  hostile: {
    'half of a character': Buffer.from('\uFEFFa;b\n1;\ud83d\n', 'utf16le'),
    'a byte too few': Buffer.from('\uFEFFa;b\n1;2\n', 'utf16le').subarray(0, -1),
    'the byte order mark of another encoding': Buffer.from('\uFEFFa;b\n1;2\n'),
  },
});

formatContract({
  format: csv,
  options: { csv: { delimiter: '\t', quote: "'", compression: 'gzip' } },
  canBeCut: false,
  readsPerChunk: 1,
  hostile: {
    'what is not compressed': Buffer.from('a\tb\n1\t2\n'),
    'an end cut off': gzipSync('a\tb\n1\t2\n').subarray(0, -9),
    'something behind the end': Buffer.concat([gzipSync('a\tb\n1\t2\n'), Buffer.from('1\t2\n')]),
    'a ragged row': gzipSync('a\tb\n1\t2\n3\n'),
    'nothing but compression': gzipSync(''),
  },
});

formatContract({
  format: csv,
  options: { csv: { delimiter: '|', encoding: 'UTF-16BE', compression: 'zstd' } },
  canBeCut: false,
  readsPerChunk: 1,
  hostile: {
    'an end cut off': zstdCompressSync(Buffer.from('\uFEFFa|b\n1|2\n', 'utf16le')).subarray(0, -2),
    'half of a character': zstdCompressSync(Buffer.from('\uFEFFa|b\n1|\ud83d\n', 'utf16le')),
  },
});

formatContract({
  format: json,
  readsPerChunk: 1,
  asText: ['day', 'at'],
  namesColumnsInRows: true,
  hostile: {
    'an object of 0 bytes': Buffer.alloc(0),
    'something else': Buffer.from('a,b\n1,2\n'),
    'a record that is cut off': Buffer.from('{"a":1}\n{"a":'),
    'an array that is not closed': Buffer.from('[{"a":1},{"a":2}'),
    'a name twice': Buffer.from('{"a":1,"a":2}\n'),
    'text that is not UTF-8': Buffer.from('{"a":"\xff"}\n', 'latin1'),
    'no complete gzip stream': Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]),
  },
});

formatContract({
  format: parquet,
  // the footer again, unless this process has it still
  readsPerChunk: 2,
  hostile: {
    'an object of 0 bytes': Buffer.alloc(0),
    'something else': Buffer.from('a,b\n1,2\n3,4\n5,6\n'),
    'a footer longer than the object': Buffer.concat([Buffer.from('PAR1....'), Buffer.from('ffffff7fPAR1')]),
    'a footer of zeros': Buffer.concat([
      Buffer.from('PAR1'),
      Buffer.from([0, 0, 2, 0, 0, 0]),
      Buffer.from('PAR1'),
    ]),
  },
});
