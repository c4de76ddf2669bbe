/**
 * The messages of ORC's metadata, https://github.com/apache/orc-format/blob/main/src/main/proto/orc/proto/orc_proto.proto
 * 64-bit numbers are bigint, the others number; an absent field is undefined, an absent list is empty.
 * Enumerations are numbers, so that values which came later survive.
 */

export const COMPRESSION = { none: 0, zlib: 1, snappy: 2, lzo: 3, lz4: 4, zstd: 5, brotli: 6 } as const;

export const STREAM = {
  present: 0,
  data: 1,
  length: 2,
  dictionaryData: 3,
  dictionaryCount: 4,
  secondary: 5,
  rowIndex: 6,
  bloomFilter: 7,
  bloomFilterUtf8: 8,
} as const;

export const ENCODING = { direct: 0, dictionary: 1, directV2: 2, dictionaryV2: 3 } as const;

export const KIND = {
  boolean: 0,
  tinyint: 1,
  smallint: 2,
  int: 3,
  bigint: 4,
  float: 5,
  double: 6,
  string: 7,
  binary: 8,
  timestamp: 9,
  list: 10,
  map: 11,
  struct: 12,
  union: 13,
  decimal: 14,
  date: 15,
  varchar: 16,
  char: 17,
  timestampInstant: 18,
} as const;

export const CALENDAR = { unknown: 0, julianGregorian: 1, prolepticGregorian: 2 } as const;

export interface PostScript {
  /** Bytes of the (compressed) footer. */
  footerLength?: bigint;
  compression?: number;
  /** Most bytes that a compressed block decodes to. */
  compressionBlockSize?: bigint;
  version: number[];
  /** Bytes of the (compressed) stripe statistics. */
  metadataLength?: bigint;
  writerVersion?: number;
  stripeStatisticsLength?: bigint;
  magic?: string;
}

export interface Footer {
  headerLength?: bigint;
  contentLength?: bigint;
  stripes: StripeInformation[];
  types: Type[];
  metadata: UserMetadataItem[];
  numberOfRows?: bigint;
  statistics: ColumnStatistics[];
  rowIndexStride?: number;
  /** 0 ORC Java, 1 ORC C++, 2 Presto, 3 Go, 4 Trino, 5 cuDF. */
  writer?: number;
  /** Message Encryption, not taken apart. */
  encryption?: Buffer;
  calendar?: number;
  softwareVersion?: string;
}

export interface StripeInformation {
  offset?: bigint;
  indexLength?: bigint;
  dataLength?: bigint;
  footerLength?: bigint;
  numberOfRows?: bigint;
}

export interface Type {
  kind?: number;
  subtypes: number[];
  fieldNames: string[];
  maximumLength?: number;
  precision?: number;
  scale?: number;
  attributes: { key?: string; value?: string }[];
}

interface UserMetadataItem {
  name?: string;
  value?: Buffer;
}

export interface StripeFooter {
  streams: Stream[];
  columns: ColumnEncoding[];
  writerTimezone?: string;
  encryption: Buffer[];
}

export interface Stream {
  kind?: number;
  column?: number;
  length?: bigint;
}

export interface ColumnEncoding {
  kind?: number;
  dictionarySize?: number;
  bloomEncoding?: number;
}

export interface ColumnStatistics {
  numberOfValues?: bigint;
  intStatistics?: { minimum?: bigint; maximum?: bigint; sum?: bigint };
  doubleStatistics?: { minimum?: number; maximum?: number; sum?: number };
  /** `sum`: bytes of all values. */
  stringStatistics?: {
    minimum?: string;
    maximum?: string;
    sum?: bigint;
    lowerBound?: string;
    upperBound?: string;
  };
  /** Number of true values. */
  bucketStatistics?: { count: bigint[] };
  decimalStatistics?: { minimum?: string; maximum?: string; sum?: string };
  /** Days since 1970-01-01. */
  dateStatistics?: { minimum?: number; maximum?: number };
  /** `sum`: bytes of all values. */
  binaryStatistics?: { sum?: bigint };
  /** Milliseconds since 1970-01-01; the nanoseconds below them plus one. */
  timestampStatistics?: {
    minimum?: bigint;
    maximum?: bigint;
    minimumUtc?: bigint;
    maximumUtc?: bigint;
    minimumNanos?: number;
    maximumNanos?: number;
  };
  hasNull?: boolean;
  bytesOnDisk?: bigint;
  collectionStatistics?: { minChildren?: bigint; maxChildren?: bigint; totalChildren?: bigint };
}

/** What lies before the footer: statistics of every stripe. */
export interface Metadata {
  stripeStats: { colStats: ColumnStatistics[] }[];
}
