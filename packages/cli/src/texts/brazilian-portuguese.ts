import { alerts } from './brazilian-portuguese/alerts.ts';
import { check } from './brazilian-portuguese/check.ts';
import { completion } from './brazilian-portuguese/completion.ts';
import { dashboard } from './brazilian-portuguese/dashboard.ts';
import { doctor } from './brazilian-portuguese/doctor.ts';
import { init } from './brazilian-portuguese/init.ts';
import { keys } from './brazilian-portuguese/keys.ts';
import { metrics } from './brazilian-portuguese/metrics.ts';
import { operate } from './brazilian-portuguese/operate.ts';
import { program } from './brazilian-portuguese/program.ts';
import { project } from './brazilian-portuguese/project.ts';
import { status } from './brazilian-portuguese/status.ts';
import { watch } from './brazilian-portuguese/watch.ts';
import type { Texts } from './texts.ts';

/** The texts in Brazilian Portuguese. */
export const brazilianPortuguese: Texts = {
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
