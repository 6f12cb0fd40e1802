import { S3Error } from "../http/s3-error.js";

const MAX_LINE_BYTES = 8192;
const LINE_END = "\r\n";

/** Reads lines and runs of bytes off a stream of chunks. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    let end = this.#pending.indexOf(LINE_END);
    while (end < 0) {
      if (this.#pending.length > MAX_LINE_BYTES) {
        throw new S3Error("InvalidRequest", { message: "A chunk header is longer than 8192 bytes" });
      }
      this.#pending = Buffer.concat([this.#pending, await this.#more()]);
      end = this.#pending.indexOf(LINE_END);
    }
    const text = this.#pending.toString("latin1", 0, end);
    this.#pending = this.#pending.subarray(end + LINE_END.length);
    return text;
  }

  async *bytes(count: number): AsyncIterable<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#pending.length === 0) {
        this.#pending = await this.#more();
      }
      const taken = this.#pending.subarray(0, left);
      this.#pending = this.#pending.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  async #more(): Promise<Buffer> {
    const next = await this.#source.next();
    if (next.done === true) {
      throw new S3Error("IncompleteBody");
    }
    return next.value;
  }
}
