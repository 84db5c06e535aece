/** What `npm audit --json` answered. */

/** Answers of a registry that does not offer advisories, such as a mirror. */
const NOT_OFFERED = new Set([404, 405, 501]);

/**
 * @param {{ readonly error?: Error, readonly stdout: string | null, readonly stderr: string | null }} audit
 * @returns {{ readonly words: string, readonly problem?: string }} for the log, and the problem
 */
export function auditOutcome({ error, stdout, stderr }) {
  const failed = (/** @type {string} */ why) => ({
    words: "known vulnerabilities: not known",
    problem: `npm audit: ${why}`,
  });
  if (error !== undefined) return failed(error.message);
  /** @type {{ metadata?: { vulnerabilities?: Record<string, number> }, statusCode?: number, message?: string, error?: { summary?: string } }} */
  let answer;
  try {
    answer = JSON.parse(stdout || "");
  } catch {
    return failed(`no JSON: ${(stderr || stdout || "nothing was printed").slice(0, 300)}`);
  }
  const found = answer.metadata?.vulnerabilities;
  if (found === undefined) {
    if (NOT_OFFERED.has(answer.statusCode ?? 0))
      return { words: "known vulnerabilities: not asked, this registry has no advisories" };
    return failed(answer.message || answer.error?.summary || JSON.stringify(answer).slice(0, 300));
  }
  const words = `known vulnerabilities: ${JSON.stringify(found)}`;
  const { high = 0, critical = 0 } = found;
  return high + critical > 0
    ? { words, problem: `npm audit: ${high} high, ${critical} critical` }
    : { words };
}
