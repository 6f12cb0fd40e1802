const ASCII = /^[^\u0080-\uffff]*$/;

/** Text whose order by code unit is the order of the UTF-8 bytes of the given one, in which S3 lists keys. */
export function byteOrder(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}
