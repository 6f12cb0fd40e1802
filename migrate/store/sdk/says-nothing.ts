const NOTHING =
  /Could not load credentials from any providers|Could not resolve credentials using profile: \[default\]/;

/** Whether the SDK found no credentials, without a reason that would help anybody. */
export function saysNothing(words: string): boolean {
  return NOTHING.test(words);
}
