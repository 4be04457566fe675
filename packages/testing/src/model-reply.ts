import { randomUUID } from 'node:crypto';
import type { ProviderRequest } from './provider-request.ts';

/** The assistant's text in the responses of models: a text, or a function of the request. */
export type Reply = string | ((request: ProviderRequest) => string);

/** A message of a prompt, as OpenAI and Anthropic write it. */
export interface Message {
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
}

/** A prompt: one text, or messages. */
export type Prompt = string | readonly Message[] | undefined;

/** Returns the assistant's text. */
export function replyTo(request: ProviderRequest, prompt: Prompt, reply: Reply | undefined): string {
  return typeof reply === 'function' ? reply(request) : (reply ?? `You said: ${lastUserText(prompt)}`);
}

function lastUserText(prompt: Prompt): string {
  if (typeof prompt === 'string') return prompt;
  const content = prompt?.findLast((message) => message.role === 'user')?.content ?? '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
}

/** Counts one token per word, so that the usage numbers add up. */
export function countTokens(prompt: Prompt, reply: string): { prompt: number; reply: number } {
  const promptText = typeof prompt === 'string' ? prompt : JSON.stringify(prompt?.map(({ content }) => content));
  return { prompt: splitWords(promptText ?? '').length, reply: splitWords(reply).length };
}

/** Splits a text into the parts that a stream sends one by one. */
export function splitWords(text: string): readonly string[] {
  return text.split(/(?<=\s)/);
}

export function newId(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '');
}
