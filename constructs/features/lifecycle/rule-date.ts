import { isKnownLater } from "../literal.js";

/** What is wrong with a day such as `2027-01-31`; S3 acts at midnight UTC. */
export function dateProblem(name: string, date: string): string[] {
  if (isKnownLater(date)) return [];
  const parsed = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(`${date}T`);
  return isDay ? [] : [`${name} "${date}" is no day; give one as in 2027-01-31`];
}
