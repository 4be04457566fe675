import { hasPrometheus } from '../../../test-support/prometheus-process.ts';

/** Says that tests are skipped. */
export function setup(): void {
  if (hasPrometheus()) return;
  process.stderr.write(
    '\n!!! prometheus is not installed (apt install prometheus): THE TESTS OF THE DASHBOARD AND THE ALERT RULES ARE SKIPPED\n\n',
  );
}
