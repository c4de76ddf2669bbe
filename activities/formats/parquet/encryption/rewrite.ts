import type { FileHandle } from 'node:fs/promises';
import { columnSpans, list, structs } from '../metadata.ts';
import type { Span } from '../metadata.ts';
import { TYPE } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import { CHUNK, COLUMN, GROUP, long, structAt } from './fields.ts';
import { isDictionary } from './pages.ts';
import type { Page } from './pages.ts';

/** A file that grows. */
export class Output {
  readonly #file: FileHandle;
  position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(...buffers: Buffer[]): Promise<void> {
    for (const buffer of buffers) {
      await this.#file.appendFile(buffer);
      this.position += buffer.length;
    }
  }
}

export interface Rewriting {
  pages(column: number, span: Span, metadata: Struct): AsyncIterable<Page>;
  /** The bytes of a page in the new file. `number`: of a data page, from 0; -1 for the dictionary. */
  bytes(column: number, number: number, page: Page): Buffer[];
}

/** Writes a row group's pages anew, column by column; resolves with its metadata for where they have come to lie. */
export async function rewriteGroup(group: Struct, output: Output, rewriting: Rewriting): Promise<Struct> {
  const begin = output.position;
  const spans = columnSpans(group);
  const items: Struct[] = [];
  for (const [column, chunk] of structs(list(group, GROUP.columns)).entries()) {
    const metadata: Struct = new Map(structAt(chunk, CHUNK.metadata));
    const start = output.position;
    let [data, number] = [start, 0];
    let dictionary = false;
    for await (const page of rewriting.pages(column, spans[column]!, metadata)) {
      dictionary ||= isDictionary(page);
      await output.write(...rewriting.bytes(column, isDictionary(page) ? -1 : number++, page));
      if (isDictionary(page)) data = output.position;
    }
    metadata.set(COLUMN.compressedBytes, long(output.position - start)).set(COLUMN.dataPage, long(data));
    metadata.delete(COLUMN.indexPage);
    if (dictionary) metadata.set(COLUMN.dictionaryPage, long(start));
    else metadata.delete(COLUMN.dictionaryPage);
    for (const id of COLUMN.bloomFilter) metadata.delete(id);
    const moved: Struct = new Map(chunk);
    for (const id of CHUNK.indexes) moved.delete(id);
    items.push(
      moved.set(CHUNK.fileOffset, long(start)).set(CHUNK.metadata, { type: TYPE.struct, value: metadata }),
    );
  }
  return new Map(group)
    .set(GROUP.columns, { type: TYPE.list, value: { of: TYPE.struct, items } })
    .set(GROUP.fileOffset, long(begin))
    .set(GROUP.compressedBytes, long(output.position - begin));
}
