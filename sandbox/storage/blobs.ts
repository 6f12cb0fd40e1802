/** Where the bytes of objects are kept. Ids are chosen by the caller and never used twice. */
export interface BlobStore {
  /** Stores all chunks or, where the source fails, nothing. */
  write(id: string, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** Bytes from `start` up to but without `end`. */
  read(id: string, start: number, end: number): AsyncIterable<Buffer>;
  remove(id: string): Promise<void>;
}
