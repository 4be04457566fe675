import { redactor } from '../base/redaction.ts';
import type { EventOrigin } from '../events/events.ts';
import type { CallPlan } from './call-plan.ts';

interface CallFields extends EventOrigin {
  readonly callId: string;
  readonly operation?: string;
  readonly methodName?: string;
}

/** What every event of a call says of it, and what tracers see of it. */
export function callFields({ id, plan }: { readonly id: string; readonly plan: CallPlan }): CallFields {
  const { pool, settings } = plan;
  const { operation, methodName } = settings;
  return {
    ...pool.origin,
    callId: id,
    ...(operation === undefined ? {} : { operation: redactor.redact(operation) }),
    ...(methodName === undefined ? {} : { methodName }),
  };
}
