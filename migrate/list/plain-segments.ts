/** No character at all to Unicode, so that keys seldom hold it. */
const STANDS_FOR_A_DOT = "\ufdd0";

/** A key or glob whose segments `.` and `..` are names like any others: to matchers of paths they mean a folder. */
export function plainSegments(text: string): string {
  return text.replace(
    /(^|\/)(\.{1,2})(?=\/|$)/g,
    (_, slash: string, dots: string) => slash + STANDS_FOR_A_DOT.repeat(dots.length),
  );
}
