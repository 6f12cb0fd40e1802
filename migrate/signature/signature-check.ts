/** What a look at the signatures of a run folder came to. */
export type SignatureCheck =
  | { readonly kind: "unsigned" }
  /** No public key was given; `keyids` is what the signatures say of themselves. */
  | { readonly kind: "unchecked"; readonly keyids: readonly string[] }
  /** Every public key that was given has signed. Of the others it is not known. */
  | { readonly kind: "valid"; readonly keyids: readonly string[]; readonly unchecked: readonly string[] }
  /** A finding says why. */
  | { readonly kind: "invalid" };
