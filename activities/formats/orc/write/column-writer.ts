import type { Page } from '../../columnar/pages.ts';
import type { ColumnStatistics } from '../messages.ts';

/** Takes the values of one column in one stripe, page by page, without those that are NULL. */
export interface ColumnWriter {
  write(page: Page): void;
  finish(): WrittenColumn;
}

interface WrittenColumn {
  streams: WrittenStream[];
  encoding: number;
  dictionarySize?: number;
  /** What is known beyond the number of values and whether NULL is among them. */
  statistics: ColumnStatistics;
}

export interface WrittenStream {
  /** A code of STREAM. */
  kind: number;
  /** Bytes as they stand in the file. */
  pieces: Buffer[];
}
