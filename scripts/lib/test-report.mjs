/**
 * What a run left out, by reason. A suite that cannot run on a machine is skipped under a title that says why; a
 * test skipped alone is named by itself.
 * @param report jest's JSON report
 */
export function leftOut(report) {
  const counts = new Map();
  for (const test of testsOf(report)) {
    if (!isSkipped(test)) continue;
    const reason = test.ancestorTitles[0] ?? test.title;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

/** One line, e.g. `812 passed, 0 failed, 14 skipped`. A file that could not be run counts as one failure. */
export function totals(report) {
  const skipped = testsOf(report).filter(isSkipped).length;
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return `${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

function testsOf(report) {
  return report.testResults.flatMap((file) => file.assertionResults);
}

function isSkipped(test) {
  return test.status === 'pending' || test.status === 'skipped' || test.status === 'todo';
}
