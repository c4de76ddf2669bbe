import protobuf from 'protobufjs';
import type { Footer, Metadata, PostScript, StripeFooter } from './messages.ts';

/** Field numbers as in orc_proto.proto (see messages.ts). */
const SCHEMA = `
syntax = "proto2";
message IntegerStatistics { optional sint64 minimum = 1; optional sint64 maximum = 2; optional sint64 sum = 3; }
message DoubleStatistics { optional double minimum = 1; optional double maximum = 2; optional double sum = 3; }
message StringStatistics {
  optional string minimum = 1; optional string maximum = 2; optional sint64 sum = 3;
  optional string lowerBound = 4; optional string upperBound = 5;
}
message BucketStatistics { repeated uint64 count = 1 [packed = true]; }
message DecimalStatistics { optional string minimum = 1; optional string maximum = 2; optional string sum = 3; }
message DateStatistics { optional sint32 minimum = 1; optional sint32 maximum = 2; }
message TimestampStatistics {
  optional sint64 minimum = 1; optional sint64 maximum = 2;
  optional sint64 minimumUtc = 3; optional sint64 maximumUtc = 4;
  optional int32 minimumNanos = 5; optional int32 maximumNanos = 6;
}
message BinaryStatistics { optional sint64 sum = 1; }
message CollectionStatistics {
  optional uint64 minChildren = 1; optional uint64 maxChildren = 2; optional uint64 totalChildren = 3;
}
message ColumnStatistics {
  optional uint64 numberOfValues = 1;
  optional IntegerStatistics intStatistics = 2;
  optional DoubleStatistics doubleStatistics = 3;
  optional StringStatistics stringStatistics = 4;
  optional BucketStatistics bucketStatistics = 5;
  optional DecimalStatistics decimalStatistics = 6;
  optional DateStatistics dateStatistics = 7;
  optional BinaryStatistics binaryStatistics = 8;
  optional TimestampStatistics timestampStatistics = 9;
  optional bool hasNull = 10;
  optional uint64 bytesOnDisk = 11;
  optional CollectionStatistics collectionStatistics = 12;
}
message Stream { optional uint32 kind = 1; optional uint32 column = 2; optional uint64 length = 3; }
message ColumnEncoding {
  optional uint32 kind = 1; optional uint32 dictionarySize = 2; optional uint32 bloomEncoding = 3;
}
message StripeFooter {
  repeated Stream streams = 1;
  repeated ColumnEncoding columns = 2;
  optional string writerTimezone = 3;
  repeated bytes encryption = 4;
}
message StringPair { optional string key = 1; optional string value = 2; }
message Type {
  optional uint32 kind = 1;
  repeated uint32 subtypes = 2 [packed = true];
  repeated string fieldNames = 3;
  optional uint32 maximumLength = 4;
  optional uint32 precision = 5;
  optional uint32 scale = 6;
  repeated StringPair attributes = 7;
}
message StripeInformation {
  optional uint64 offset = 1;
  optional uint64 indexLength = 2;
  optional uint64 dataLength = 3;
  optional uint64 footerLength = 4;
  optional uint64 numberOfRows = 5;
}
message UserMetadataItem { optional string name = 1; optional bytes value = 2; }
message StripeStatistics { repeated ColumnStatistics colStats = 1; }
message Metadata { repeated StripeStatistics stripeStats = 1; }
message Footer {
  optional uint64 headerLength = 1;
  optional uint64 contentLength = 2;
  repeated StripeInformation stripes = 3;
  repeated Type types = 4;
  repeated UserMetadataItem metadata = 5;
  optional uint64 numberOfRows = 6;
  repeated ColumnStatistics statistics = 7;
  optional uint32 rowIndexStride = 8;
  optional uint32 writer = 9;
  optional bytes encryption = 10;
  optional uint32 calendar = 11;
  optional string softwareVersion = 12;
}
message PostScript {
  optional uint64 footerLength = 1;
  optional uint32 compression = 2;
  optional uint64 compressionBlockSize = 3;
  repeated uint32 version = 4 [packed = true];
  optional uint64 metadataLength = 5;
  optional uint32 writerVersion = 6;
  optional uint64 stripeStatisticsLength = 7;
  optional string magic = 8000;
}`;

/** Bytes that are no ORC metadata; the message says why, for `... is corrupt: <why>`. */
export class OrcError extends Error {}

/** Encoder and decoder of one message. */
export interface Codec<T> {
  /** Throws OrcError when the bytes are not such a message. */
  decode(bytes: Uint8Array): T;
  encode(message: T): Buffer;
}

const { root } = protobuf.parse(SCHEMA, { keepCase: true });

export const postScript = codec<PostScript>('PostScript');
export const footer = codec<Footer>('Footer');
export const stripeFooter = codec<StripeFooter>('StripeFooter');
export const metadata = codec<Metadata>('Metadata');

function codec<T>(name: string): Codec<T> {
  const type = root.lookupType(name);
  return {
    decode(bytes) {
      try {
        return type.toObject(type.decode(bytes), { longs: BigInt, bytes: Buffer, arrays: true }) as T;
      } catch (error) {
        throw new OrcError(`it is no ${name}: ${(error as Error).message}`, { cause: error });
      }
    },
    encode: (message) => Buffer.from(type.encode(type.fromObject(message as object)).finish()),
  };
}
