import { isUtf8 } from 'node:buffer';
import { Flaw } from './flaw.ts';

/** Where bytes that are not UTF-8 stop being it: at the first such run of bytes beyond ASCII. */
export function firstNotUtf8(bytes: Buffer): Flaw {
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && (bytes[i] as number) >= 0x80) continue;
    if (!isUtf8(bytes.subarray(start, i))) break;
    start = i + 1;
  }
  return new Flaw(start, 'not valid UTF-8; save the file as UTF-8');
}
