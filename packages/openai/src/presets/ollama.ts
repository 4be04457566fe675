import { outOfCredit, type Preset } from './preset.ts';

/** Ollama, on this machine by default. A local server needs no key; for the cloud use `https://ollama.com/v1`. */
export const ollama: Preset = {
  displayName: 'Ollama',
  baseURL: 'http://localhost:11434/v1',
  env: 'OLLAMA_API_KEY',
  documentation: 'https://docs.ollama.com/api/errors',
  // The list of models is public, also at ollama.com: https://github.com/heypinchy/pinchy/pull/154
  probePath: false,
  rules: [
    {
      statuses: [401],
      text: /^unauthorized$/i,
      reason: 'unauthorized',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://github.com/diegosouzapw/OmniRoute/issues/276',
      evidence: 'observed',
    },
    // Per hour, session of five hours, week or month. No response says when one of them ends.
    {
      statuses: [429],
      text: /^you(?:'ve| have| \([^)]*\) have) reached your (?:hourly|session|daily|weekly|monthly) usage limit\b/i,
      reason: 'usage_limit',
      judgement: outOfCredit,
      source: 'https://github.com/continuedev/continue/issues/11444',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^this model requires a subscription\b/i,
      reason: 'subscription_required',
      judgement: { kind: 'caller-error' },
      source: 'https://github.com/ollama/ollama/issues/15741',
      evidence: 'observed',
    },
    {
      statuses: [503],
      text: /^server busy, please try again\b/i,
      reason: 'server_busy',
      judgement: { kind: 'transient' },
      source: 'https://github.com/ollama/ollama/blob/main/server/sched.go',
      evidence: 'observed',
    },
  ],
};
