import type { CarriedFacts } from "./object-facts.js";

/** What of the carrying an auditor should know: what was given up, and that the object belongs to somebody else now. Pure. */
export function carriedNotes({ losses, owner, grants }: CarriedFacts): readonly string[] {
  const lost = losses.map(({ words }) => words);
  if (owner === undefined) return lost;
  const access = grants === null ? "has no grant on it any more" : "keeps full control by a grant";
  return [...lost, `its owner changed from ${owner.before} to ${owner.after}, and the former one ${access}`];
}
