import { IntegerRuns } from './runs.ts';

const MIN_REPEATS = 3;

/** Run length encoding version 1 (Hive 0.11). https://orc.apache.org/specification/ORCv1/ */
export class IntegerRunsV1 extends IntegerRuns {
  protected override decodeRun(): void {
    const { source, run } = this;
    const control = source.byte();
    if (control < 128) {
      const length = control + MIN_REPEATS;
      const delta = (source.byte() << 24) >> 24;
      this.varint();
      run[0] = source.low;
      run[1] = source.high;
      for (let i = 1; i < length; i++) {
        run[2 * i] = delta;
        run[2 * i + 1] = delta >> 31;
      }
      this.accumulate(1, length, false);
      this.length = length;
      return;
    }
    const length = 256 - control;
    for (let i = 0; i < length; i++) {
      this.varint();
      run[2 * i] = source.low;
      run[2 * i + 1] = source.high;
    }
    this.length = length;
  }
}
