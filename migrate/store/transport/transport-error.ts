/** What went wrong between this machine and an answer, with a code as sockets have one. */
export interface TransportError extends Error {
  readonly code: string;
}

export function transportError(code: string, message: string, cause?: unknown): TransportError {
  return Object.assign(new Error(message, { cause }), { code });
}
