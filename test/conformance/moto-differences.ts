const NO_SSE_C = "moto takes SSE-C headers and ignores them: the object is stored and served without a key";
const NO_SOURCE_CONDITIONS = "moto ignores the conditions on the source of a copy";

/** Tests of the suite that moto_server 5.2.1 does not pass, by title, with what it does instead. */
export const MOTO_DIFFERENCES: Readonly<Record<string, string>> = {
  'the key number 13, "newline\\nreturn\\rend", is put, listed, read and deleted':
    "a line break in a key is a 404 of the web framework beneath moto",
  "a key of 1,025 bytes is refused and not stored, under whichever code":
    "moto measures keys in characters, not in bytes",
  "a body that does not have its Content-MD5 is refused and not stored": "moto does not check Content-MD5",
  "a checksum is kept and given back when asked for, and a wrong one is refused": "moto keeps any checksum it is sent",
  "an SSE-C object is read with its key alone": NO_SSE_C,
  "an SSE-C object without its key is 400 to GET and to HEAD": NO_SSE_C,
  "an SSE-C object with another key is refused": NO_SSE_C,
  "SSE-C headers for an object that is not SSE-C are 400": NO_SSE_C,
  "a customer key whose MD5 is that of something else is 400 and stores nothing": NO_SSE_C,
  "an SSE-C object is copied to SSE-S3 with its key, and not without": NO_SSE_C,
  "a single copy resets storage class and website redirect": "moto carries the website redirect of the source over",
  "a copy with a wrong source ETag is 412 and changes nothing": NO_SOURCE_CONDITIONS,
  "the other conditions on the source of a copy are followed": NO_SOURCE_CONDITIONS,
  "a part copied with a wrong source ETag is 412": NO_SOURCE_CONDITIONS,
  "a copy with If-Match on its destination replaces that object alone": "moto ignores If-Match on CopyObject",
  "complete with a wrong If-Match is 412 and leaves the object": "moto ignores If-Match on CompleteMultipartUpload",
  "a multipart object has the ETag of its parts, and parts that HEAD and GET find":
    "HEAD with PartNumber tells the ETag of the part, where S3 tells that of the object",
  "parts out of order, or with another ETag, are refused": "moto looks at the sizes of parts before their order",
  "a part copied from beyond the end of its source is refused": "moto copies what there is of the range",
  "uploads and parts are listed until the upload is aborted": "a part for an aborted upload is a 500",
  "what was there before versioning is the null version, and suspension replaces it alone":
    "under suspension moto forgets every version but the newest",
  "a delete under suspension puts a null marker in the place of the null version":
    "under suspension moto forgets every version but the newest",
  "a retention is told by HEAD and by GetObjectRetention": "the XML of GetObjectRetention is not well-formed",
  "a copy does not carry the lock of its source, unless it is sent again":
    "moto wants a checksum on CopyObject, which has no body",
  "an ACL that was read can be written as it was read": "moto drops the grant to a group from an ACL written as XML",
};
