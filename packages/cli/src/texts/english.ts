import { alerts } from './english/alerts.ts';
import { check } from './english/check.ts';
import { completion } from './english/completion.ts';
import { dashboard } from './english/dashboard.ts';
import { doctor } from './english/doctor.ts';
import { init } from './english/init.ts';
import { keys } from './english/keys.ts';
import { metrics } from './english/metrics.ts';
import { operate } from './english/operate.ts';
import { program } from './english/program.ts';
import { project } from './english/project.ts';
import { status } from './english/status.ts';
import { watch } from './english/watch.ts';
import type { Texts } from './texts.ts';

/** The texts in English. */
export const english: Texts = {
  program,
  project,
  check,
  keys,
  status,
  operate,
  watch,
  dashboard,
  metrics,
  alerts,
  init,
  doctor,
  completion,
};
