import { formatCount, visibleText } from "../model/text.js";

const MAX_NAMES = 5;

/** Some buckets by their names, safe to print: the first few, and how many more there are. */
export function bucketNames(buckets: readonly { readonly bucket: string }[]): string {
  const names = buckets.slice(0, MAX_NAMES).map(({ bucket }) => visibleText(bucket));
  const more = buckets.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${formatCount(more)} more` : names.join(", ");
}
