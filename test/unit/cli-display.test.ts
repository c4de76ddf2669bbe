import { expect, test } from '@jest/globals';
import { Display, type Terminal } from '../../cli/run/display.ts';
import type { RunProgress } from '../../workflows/contract.ts';

const planning: RunProgress = {
  state: 'Running',
  phase: 'plan',
  startedAt: '2026-01-02T12:00:10Z',
  chunksTotal: 0,
  chunksDone: 0,
  statistics: { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 },
  warnings: [],
};
const copying: RunProgress = { ...planning, phase: 'copy', chunksTotal: 100, chunksDone: 50 };

/** What is written, with `<` for going to the begin of the line and `_` for clearing it. */
function terminal(isTTY: boolean): Terminal & { written: string } {
  return {
    written: '',
    isTTY,
    columns: 30,
    write(text) {
      this.written += text;
    },
    cursorTo() {
      this.written += '<';
      return true;
    },
    clearLine() {
      this.written += '_';
      return true;
    },
  };
}

test('on a terminal there is one line, not wider than it, that gives way to what stays', () => {
  const stream = terminal(true);
  const display = new Display(stream);
  display.progress(planning);
  display.progress(planning);
  display.progress(copying);
  display.note('cancelling');
  display.clear();
  expect(stream.written).toBe('<_ddc: planning<_ddc: copying  [##########----<_ddc: cancelling\n');
});

test('elsewhere there is a line for what is new', () => {
  const stream = terminal(false);
  const display = new Display(stream);
  display.progress(planning);
  display.progress(planning);
  display.progress(copying);
  display.progress({ ...copying, chunksDone: 51 });
  display.progress({ ...copying, chunksDone: 60 });
  display.clear();
  expect(stream.written).toBe(
    'ddc: planning\n' +
      'ddc: copying  [##########----------] 50 %  50 of 100 chunks' +
      stream.written.match(/, about \S+ left/)![0] +
      '\n' +
      'ddc: copying  [############--------] 60 %  60 of 100 chunks' +
      stream.written.match(/, about \S+ left/g)![1] +
      '\n',
  );
});
