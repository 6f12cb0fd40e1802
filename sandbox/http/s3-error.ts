import { ERROR_CODES, type S3ErrorCode } from "./error-codes.js";

/** Elements of the error document beside code and message, and headers of the answer. */
export interface ErrorDetail {
  readonly message?: string;
  readonly status?: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whatever refuses a request; the handler makes the answer of it. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, detail: ErrorDetail = {}) {
    super(detail.message ?? ERROR_CODES[code].message);
    this.code = code;
    this.status = detail.status ?? ERROR_CODES[code].status;
    this.fields = detail.fields ?? {};
    this.headers = detail.headers ?? {};
  }
}
