let last = 0;

/** An id for the answers to one request, in the form of S3's. */
export function nextRequestId(): string {
  last++;
  return last.toString(16).toUpperCase().padStart(16, "0");
}
