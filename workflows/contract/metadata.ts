export interface ColumnSchema {
  name: string;
  /** Arrow's type name, e.g. `int64`, `utf8`, `timestamp[us, UTC]`, `list<item: int32>`. */
  type: string;
  nullable: boolean;
}

export interface TechnicalMetadata {
  /** e.g. `csv`, `parquet` */
  format: string;
  columns: ColumnSchema[];
  bytes?: number;
  rows?: number;
  objects?: number;
  /** Types that are others in the engine or the target, e.g. `at: int96 -> timestamp[us]`. */
  conversions?: string[];
  /** Facts of the format for people: compression, row groups, delimiter. */
  details?: Record<string, string>;
}
