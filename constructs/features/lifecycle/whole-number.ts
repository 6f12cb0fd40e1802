import { isKnownLater } from "../literal.js";

/** Whether `value` is a whole number from `min` (to `max`); what only Terraform knows passes. */
export function isWhole(value: number, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return isKnownLater(value) || (Number.isInteger(value) && value >= min && value <= max);
}
