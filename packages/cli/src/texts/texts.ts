import type { AlertsTexts } from './english/alerts.ts';
import type { CheckTexts } from './english/check.ts';
import type { CompletionTexts } from './english/completion.ts';
import type { DashboardTexts } from './english/dashboard.ts';
import type { DoctorTexts } from './english/doctor.ts';
import type { InitTexts } from './english/init.ts';
import type { KeysTexts } from './english/keys.ts';
import type { MetricsTexts } from './english/metrics.ts';
import type { OperateTexts } from './english/operate.ts';
import type { ProgramTexts } from './english/program.ts';
import type { ProjectTexts } from './english/project.ts';
import type { StatusTexts } from './english/status.ts';
import type { WatchTexts } from './english/watch.ts';

/** All texts of one language, by command. The English ones decide the type of each part. */
export interface Texts {
  readonly program: ProgramTexts;
  readonly project: ProjectTexts;
  readonly check: CheckTexts;
  readonly keys: KeysTexts;
  readonly status: StatusTexts;
  readonly operate: OperateTexts;
  readonly watch: WatchTexts;
  readonly dashboard: DashboardTexts;
  readonly metrics: MetricsTexts;
  readonly alerts: AlertsTexts;
  readonly init: InitTexts;
  readonly doctor: DoctorTexts;
  readonly completion: CompletionTexts;
}
