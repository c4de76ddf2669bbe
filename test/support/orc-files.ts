import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifier, literal } from '../../activities/engine/engine.ts';
import { refuseColumns } from '../../activities/engine/source-columns.ts';
import type { ChunkSource, RangeReader, SourceDescription } from '../../activities/formats/format.ts';
import { footer, postScript } from '../../activities/formats/orc/proto.ts';
import type { Footer, PostScript } from '../../activities/formats/orc/messages.ts';
import { blocksOf } from '../../activities/formats/orc/read/blocks.ts';
import { compressionOf } from '../../activities/formats/orc/read/compression.ts';
import { wholeOf } from '../../activities/formats/orc/read/file.ts';
import { orcSource } from '../../activities/formats/orc/orc.ts';
import { chunkDirectory } from './files.ts';
import type { Workbench } from './files.ts';

const FOLDER = new URL('../contracts/format/fixtures/orc/', import.meta.url).pathname;

export type Row = Record<string, unknown>;

export const orcFixture = (name: string): Buffer => readFileSync(join(FOLDER, `${name}.orc`));

/** Nested values and precise times have no equals in JavaScript: all are compared as the engine prints them. */
export function asText(columns: readonly { name: string }[], relation: string): string {
  const texts = columns.map(({ name }) => `${identifier(name)}::VARCHAR AS ${identifier(name)}`);
  return `SELECT ${texts.join(', ')} FROM ${relation}`;
}

/** What pyarrow or pyorc found in the file, which make.py wrote down as Parquet. */
export async function expectedRows(
  name: string,
  columns: readonly { name: string }[],
  { engine, directory }: Workbench,
): Promise<Row[]> {
  const path = join(directory, `${name}.parquet`);
  copyFileSync(join(FOLDER, `${name}.parquet`), path);
  return engine.query(asText(columns, `read_parquet(${literal(path)})`));
}

export interface OrcRead {
  description: SourceDescription;
  rows: Row[];
  /** Rows of each chunk as the format counted them. */
  counts: number[];
}

/** Describes and reads an object, chunk by chunk. */
export async function readOrc(
  reader: RangeReader,
  bench: Workbench,
  chunkBytes: number = 64 * 1024 * 1024,
): Promise<OrcRead> {
  const { engine, directory } = bench;
  const plan = { chunkBytes, maxChunks: 10_000, hints: {}, options: {}, rowNumbers: true };
  const description = await orcSource.describe(reader, { ...plan, engine, directory });
  refuseColumns(description.columns);
  const source: ChunkSource = { location: reader.location, ...description };
  const rows: Row[] = [];
  const counts: number[] = [];
  for (let index = 0; index < description.cuts.length - 1; index++) {
    const chunk = await orcSource.fetch(reader, source, index, chunkDirectory(bench));
    counts.push(chunk.rows);
    rows.push(...(await engine.query(asText(description.columns, chunk.relation))));
  }
  return { description, rows, counts };
}

/** The same file with another footer and postscript. */
export function retailed(
  file: Buffer,
  change: { footer?: (footer: Footer) => void; script?: (script: PostScript) => void },
): Buffer {
  const scriptStart = file.length - 1 - file.at(-1)!;
  const script = postScript.decode(file.subarray(scriptStart, -1));
  const footerStart = scriptStart - Number(script.footerLength);
  const blockSize = Number(script.compressionBlockSize);
  const { decompress } = compressionOf(script.compression!, blockSize)!;
  const tail = footer.decode(
    wholeOf(blocksOf(file.subarray(footerStart, scriptStart), decompress, blockSize)),
  );
  change.footer?.(tail);
  const plain = footer.encode(tail);
  const footerBytes = decompress === undefined ? plain : inOriginalBlocks(plain, blockSize);
  script.footerLength = BigInt(footerBytes.length);
  change.script?.(script);
  const scriptBytes = postScript.encode(script);
  return Buffer.concat([
    file.subarray(0, footerStart),
    footerBytes,
    scriptBytes,
    Buffer.from([scriptBytes.length]),
  ]);
}

/** As a section of a compressed file whose blocks did not become smaller. */
function inOriginalBlocks(bytes: Buffer, blockSize: number): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    const header = Buffer.alloc(3);
    header.writeUIntLE(block.length * 2 + 1, 0, 3);
    blocks.push(header, block);
  }
  return Buffer.concat(blocks);
}
