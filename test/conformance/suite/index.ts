import type { Check } from "../target.js";
import { checkConditions } from "./conditions.js";
import { checkCopies } from "./copies.js";
import { checkEncryption } from "./encryption.js";
import { checkListing } from "./listing.js";
import { checkLocks } from "./locks.js";
import { checkMultipart } from "./multipart.js";
import { checkObjects } from "./objects.js";
import { checkTagsAndAcls } from "./tags-and-acls.js";
import { checkVersions } from "./versions.js";

/** What S3 does, as one suite for every server that says it is S3. */
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
