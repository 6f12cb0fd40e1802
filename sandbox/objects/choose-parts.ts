import { S3Error } from "../http/s3-error.js";
import { children, childText, type XmlElement } from "../http/xml.js";
import type { MultipartUpload, UploadedPart } from "../storage/multipart-upload.js";

/** The parts that a complete request names, in its order, when every one is there and large enough. */
export function chooseParts(
  upload: MultipartUpload,
  request: XmlElement,
  minPartBytes: number,
): readonly UploadedPart[] {
  const named = children(request, "Part");
  if (named.length === 0) {
    throw new S3Error("MalformedXML");
  }
  const parts = named.map((element) => findPart(upload, element));
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (before !== undefined && before.number >= part.number) {
      throw new S3Error("InvalidPartOrder", { fields: { UploadId: upload.uploadId } });
    }
    if (before !== undefined && before.piece.sizeBytes < minPartBytes) {
      throw new S3Error("EntityTooSmall", {
        fields: {
          ProposedSize: String(before.piece.sizeBytes),
          MinSizeAllowed: String(minPartBytes),
          PartNumber: String(before.number),
          ETag: before.etag,
        },
      });
    }
  }
  return parts;
}

function findPart(upload: MultipartUpload, element: XmlElement): UploadedPart {
  const number = Number(childText(element, "PartNumber"));
  const etag = childText(element, "ETag")?.trim().replace(/^"|"$/g, "");
  const part = upload.parts.get(number);
  if (part === undefined || part.etag !== etag) {
    throw new S3Error("InvalidPart", {
      fields: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag ?? "" },
    });
  }
  return part;
}
