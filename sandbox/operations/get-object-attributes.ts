import type { Behaviour } from "../behaviour.js";
import { type Answer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, type XmlElement } from "../http/xml.js";
import { readKey } from "../objects/customer-key.js";
import { findBucket, findObject, versionHeader } from "../objects/find.js";
import type { StoredObject } from "../storage/object-version.js";
import type { Call, Context } from "./operation.js";

const MAX_PARTS = 1000;

type Attribute = (object: StoredObject, call: Call, behaviour: Behaviour) => XmlElement;

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  ETag: ({ etag }) => ({ ETag: etag }),
  ObjectSize: ({ sizeBytes }) => ({ ObjectSize: sizeBytes }),
  StorageClass: ({ storageClass }) => ({ StorageClass: storageClass }),
  Checksum: ({ checksum }) =>
    checksum === undefined
      ? {}
      : { Checksum: { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } },
  ObjectParts: describeParts,
};

export function getObjectAttributes(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  readKey(context, bucket, object, call.headers);
  const names = (call.headers["x-amz-object-attributes"] ?? "").split(",").map((name) => name.trim());
  const attributes = names.map((name) => {
    const attribute = ATTRIBUTES[name];
    if (attribute === undefined) {
      throw new S3Error("InvalidArgument", { message: "Invalid attribute name specified." });
    }
    return attribute(object, call, context.behaviour);
  });
  return xmlAnswer(buildXml("GetObjectAttributesResponse", Object.assign({}, ...attributes)), {
    "last-modified": new Date(object.lastModified).toUTCString(),
    ...versionHeader(bucket, object.versionId),
  });
}

function describeParts({ parts, checksum }: StoredObject, call: Call, behaviour: Behaviour): XmlElement {
  if (parts === undefined) {
    return {};
  }
  const marker = Number(call.headers["x-amz-part-number-marker"] ?? "0");
  const limit = Math.min(Number(call.headers["x-amz-max-parts"] ?? MAX_PARTS), MAX_PARTS);
  const page = parts.slice(marker, marker + limit);
  const listed = checksum === undefined && behaviour.attributesListParts === "with-checksums" ? [] : page;
  return {
    ObjectParts: {
      PartsCount: parts.length,
      PartNumberMarker: marker,
      NextPartNumberMarker: marker + page.length,
      MaxParts: limit,
      IsTruncated: marker + page.length < parts.length,
      Part: listed.map((part, index) => ({
        PartNumber: marker + index + 1,
        Size: part.sizeBytes,
        ...(part.checksum !== undefined && { [`Checksum${checksum?.algorithm}`]: part.checksum }),
      })),
    },
  };
}
