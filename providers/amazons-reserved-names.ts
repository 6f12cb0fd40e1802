import type { Refusal } from "./profile.js";

/** Beginnings and ends of bucket names that Amazon keeps for itself; others refuse them too, so that names can move there. */
export const amazonsReservedNames: readonly Refusal[] = [
  { pattern: "^xn--", reason: 'does not begin with "xn--"' },
  { pattern: "^sthree-", reason: 'does not begin with "sthree-"' },
  { pattern: "^amzn-s3-demo-", reason: 'does not begin with "amzn-s3-demo-"' },
  { pattern: "-s3alias$", reason: 'does not end with "-s3alias"' },
  { pattern: "--ol-s3$", reason: 'does not end with "--ol-s3"' },
  { pattern: "\\.mrap$", reason: 'does not end with ".mrap"' },
  { pattern: "--x-s3$", reason: 'does not end with "--x-s3"' },
];
