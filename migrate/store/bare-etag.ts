/** An ETag without its double quotes: stores disagree on whether they are part of it. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}
