import type { Check } from "../target.js";
import { checkConditions, checkCopies } from "./copies.js";
import { checkEncryption } from "./encryption.js";
import { checkMultipart } from "./multipart.js";
import { checkListing, checkObjects, checkTagsAndAcls } from "./objects.js";
import { checkLocks, checkVersions } from "./versions.js";

/** The behaviour of S3, as one suite for every server that claims to be S3. */
export function checkS3(check: Check): void {
  checkObjects(check);
  checkListing(check);
  checkConditions(check);
  checkEncryption(check);
  checkCopies(check);
  checkMultipart(check);
  checkVersions(check);
  checkLocks(check);
  checkTagsAndAcls(check);
}
