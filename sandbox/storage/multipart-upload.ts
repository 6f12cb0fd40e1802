import type { ChecksumAlgorithm, Piece, StoredObject } from "./object-version.js";

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly piece: Piece;
  readonly checksum?: string;
}

/** What the object will be, fixed when the upload begins. */
export type UploadPlan = Omit<
  StoredObject,
  "versionId" | "lastModified" | "sizeBytes" | "etag" | "pieces" | "parts" | "uploadId"
>;

export interface MultipartUpload {
  readonly uploadId: string;
  readonly startedAt: number;
  readonly plan: UploadPlan;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
  readonly parts: Map<number, UploadedPart>;
}
