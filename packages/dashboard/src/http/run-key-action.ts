import type { ApiKeyManager } from '@api-key-fallback/core';
import type { ActionResult, KeyAction } from '../protocol/actions.ts';
import { defined } from '../protocol/defined.ts';

/** Who does it, and with which key. */
export interface KeyActionTarget {
  readonly manager: ApiKeyManager;
  readonly keyId: string;
  readonly actor: string;
}

/** Does what an operator asks for with a key. */
export async function runKeyAction(action: KeyAction, target: KeyActionTarget): Promise<ActionResult> {
  const { manager, keyId, actor } = target;
  switch (action) {
    case 'reset':
      manager.reset({ keyId }, { actor });
      break;
    case 'disable':
      manager.disable({ keyId }, { actor });
      break;
    case 'enable':
      manager.enable({ keyId }, { actor });
      break;
    case 'prefer':
      manager.prefer({ keyId }, { actor });
      break;
    case 'end-preference':
      // Another key can have been preferred since the page was drawn.
      if (manager.status().preferred?.keyId === keyId) manager.endPreference({ actor });
      break;
    case 'check':
      return checkKey(target);
  }
  return { action };
}

async function checkKey({ manager, keyId, actor }: KeyActionTarget): Promise<ActionResult> {
  const [check] = await manager.checkKeys({ keys: [{ keyId }], actor });
  if (!check) throw new Error('checkKeys() has returned nothing.');
  const { outcome, verdict, reason, latencyMs } = check;
  return { action: 'check', outcome, latencyMs, ...defined({ verdict, reason }) };
}
