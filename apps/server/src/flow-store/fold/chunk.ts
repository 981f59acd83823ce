/** One slice of one window of a network. `window` is its start in seconds since 1970. */
export interface SliceTarget {
  readonly networkId: number;
  readonly window: number;
  readonly slice: number;
  /** Only batches above count; 0 unless raw rows that an older fold has read are gone. */
  readonly floorBatch: number;
  /** Lowest batch among its rows above the floor; 0 where there is none. */
  readonly batchFrom: number;
}

/** Windows of one network that lie close together, and what of them is read. */
export interface ChunkSpan {
  readonly networkId: number;
  /** First and last window to fold, seconds. */
  readonly fromWindow: number;
  readonly toWindow: number;
  /** When the view of the network begins, ms: its first record, or the beginning of what is read. */
  readonly viewFromMs: number;
}

/** What one INSERT … SELECT folds. */
export interface FoldChunk {
  readonly spans: readonly ChunkSpan[];
  readonly targets: readonly SliceTarget[];
  /** The slices among them, of all of which every window of the spans is read. */
  readonly slices: readonly number[];
  /** The same for all its targets. */
  readonly floorBatch: number;
  /** True where the spans hold rows of these slices that are not to be folded now. */
  readonly isPartial: boolean;
  /** There are rows in the window before a target that is no target itself: of what goes on, it tells the beginning. */
  readonly hasRowsBefore: boolean;
  readonly hasSeveralExporters: boolean;
  /** False: all its addresses are IPv4, and two of them fit into one word. */
  readonly hasIpv6: boolean;
  /** Raw rows of the targets, those of the windows before not counted. */
  readonly rows: number;
}
