/** Whether a pattern such as `s3:Get*` names an IAM action. */
export function matchesAction(pattern: string, action: string): boolean {
  const star = pattern.indexOf("*");
  return star < 0 ? pattern === action : action.startsWith(pattern.slice(0, star));
}
