import type { ActionResult } from '../../../src/protocol/actions.ts';
import { request } from '../live/request.ts';
import { live } from '../live/sign-in.ts';
import { texts } from '../texts/texts.ts';

type ActionReply = { readonly result: ActionResult } | { readonly failure: string };

/** Sends an action to a path such as `api/v1/alerts/channels/slack/test`. Signs the page out if the session is over. */
export async function act(path: string): Promise<ActionReply> {
  const reply = await request<ActionResult>('POST', path);
  if (reply.kind === 'answer') return { result: reply.answer };
  const { unreachable, problems } = texts.value.actions;
  if (reply.kind === 'unreachable') return { failure: unreachable };
  const { status, code, title } = reply.problem;
  if (status === 401) live.signedOut(code);
  return { failure: problems[code] ?? title };
}
