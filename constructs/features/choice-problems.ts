/** What is said of a value that the property does not have, as it can come from plain JavaScript or from a file. */
export function choiceProblems(property: string, given: unknown, allowed: readonly string[]): string[] {
  return given === undefined || allowed.some((each) => each === given)
    ? []
    : [`${property} "${String(given)}" is not known; give one of ${allowed.map((name) => `"${name}"`).join(", ")}`];
}
