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
  const parts = lastOfEach(named).map((element) => findPart(upload, element));
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

/** A part that was sent again may be named again: its last line counts. */
function lastOfEach(named: readonly XmlElement[]): readonly XmlElement[] {
  return named.filter((element, index) => {
    const next = named[index + 1];
    return next === undefined || childText(next, "PartNumber") !== childText(element, "PartNumber");
  });
}

function findPart(upload: MultipartUpload, element: XmlElement): UploadedPart {
  const number = Number(childText(element, "PartNumber"));
  const etag = childText(element, "ETag")?.trim().replace(/^"|"$/g, "");
  const part = upload.parts.get(number);
  const algorithm = upload.checksumAlgorithm;
  const checksum = algorithm === undefined ? undefined : childText(element, `Checksum${algorithm}`)?.trim();
  if (part === undefined || part.etag !== etag || (checksum !== undefined && part.checksum !== checksum)) {
    throw new S3Error("InvalidPart", {
      fields: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag ?? "" },
    });
  }
  return part;
}
